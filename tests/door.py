"""A running server as its clients see it: the front door and the read API, over HTTP."""

from __future__ import annotations

import base64
import itertools
import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from accoil.asgi import Server

PATIENCE = 30  # seconds until a server that says nothing has failed

_numbers = itertools.count(1)

Count = tuple[str, str | None, str, date]  # user, account, event, day


@dataclass
class Answer:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        """The code of a refusal."""
        told = self.json() if self.body else {}
        return told.get("code") if isinstance(told, dict) else None


@dataclass
class Door:
    """One product of a server: `key` lets events in, `token` lets numbers out."""

    address: str
    product_id: int
    key: str
    token: str

    def post(self, path: str, body: Any = None, *, method: str = "POST", **headers: str) -> Answer:
        """Sends bytes as they are and anything else as JSON; names of headers have _ for -. The key goes along as
        most clients send it, unless an Authorization header (also an empty one) is given."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {name.replace("_", "-"): text for name, text in headers.items() if text}
        if "Authorization" not in headers:
            given["Authorization"] = basic(f"{self.key}:")
        return ask(self.address, method, path, sent, given)

    def get(self, path: str, **asked: Any) -> Answer:
        query = f"?{urlencode(asked)}" if asked else ""
        return ask(self.address, "GET", f"/api/v2{path}{query}", None, {"Authorization": f"Bearer {self.token}"})

    def counts(self) -> Counter[Count]:
        """Everything counted, page by page."""
        counted: Counter[Count] = Counter()
        most = 10_000
        while True:
            page = self.get("/counts", group_by="user,account,event,day", limit=most, offset=len(counted))
            assert page.status == 200, page
            for row in page.json()["data"]:
                counted[row["user"], row["account"], row["event"], date.fromisoformat(row["day"])] = row["count"]
            if len(page.json()["data"]) < most:
                assert page.json()["total_count"] == counted.total()
                return counted

    def events(self) -> dict[str, int]:
        """Event → how often."""
        answer = self.get("/counts", group_by="event", limit=10_000)
        assert answer.status == 200, answer
        return {row["event"]: row["count"] for row in answer.json()["data"]}


def make_product(server: Server) -> Door:
    """A new product of a new team."""
    from accoil.team.beginning import Wanted, begin

    number = next(_numbers)
    begun = begin(Wanted(team=f"Door {number}", product="Web", email=f"door{number}@example.com"))
    assert begun.ingest_key and begun.api_token
    return Door(server.address, begun.product_id, begun.ingest_key, begun.api_token)


def basic(user: str) -> str:
    return "Basic " + base64.b64encode(user.encode()).decode()


def ask(address: str, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    try:
        connection.request(method, path, body, headers)
        return heard(connection)
    finally:
        connection.close()


def heard(connection: HTTPConnection) -> Answer:
    response = connection.getresponse()
    return Answer(response.status, {name.lower(): text for name, text in response.getheaders()}, response.read())


def refused(answer: Answer, status: int, code: str) -> None:
    """Refusals are JSON with code and message (old clients index both), and error, which one client logs."""
    assert (answer.status, answer.code) == (status, code), answer
    told = answer.json()
    assert told["success"] is False
    assert told["message"] == told["error"]
    assert told["message"].endswith(".")
    assert answer.headers["content-type"] == "application/json"
