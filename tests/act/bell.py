"""A small tool of the tests' own, spoken to over real HTTP: it rings bells at people, and at firms."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from accoil.connect.connection import (
    Action,
    Attribute,
    Field,
    Firm,
    Gone,
    Match,
    Message,
    Person,
    Rejected,
    Session,
    SignInAgain,
    Tool,
    ToolError,
    Value,
)
from accoil.connect.http import Answer, Client, Lane
from accoil.connect.models import Connection
from accoil.count.ids import Kind


@dataclass
class Tower:
    """The other side. `says`: (status, body) of the next answers, then 200. `slow`: seconds of each answer."""

    rung: list[dict[str, Any]] = field(default_factory=list)
    says: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)  # e-mail → id
    closed: threading.Event = field(default_factory=threading.Event)  # while set, answers wait for `opens`
    opens: threading.Event = field(default_factory=threading.Event)
    waiting: threading.Event = field(default_factory=threading.Event)
    address: str = ""

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.closed.is_set():
            self.waiting.set()
            self.opens.wait(30)
        if path == "/find":
            return 200, {"id": self.people.get(body["email"])}
        if self.says:
            status, told = self.says.pop(0)
            if status != 200:
                return status, told
        self.rung.append(body)
        return 200, {}


def serve(tower: Tower) -> Iterator[Tower]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, told = tower.answer(self.path, body)
            sent = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(sent)))
            self.send_header("content-type", "application/json")
            if status == 429:
                self.send_header("retry-after", "7")
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *told: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    tower.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield tower
    finally:
        tower.opens.set()
        server.shutdown()
        server.server_close()


def refused(answer: Answer) -> ToolError:
    told = answer.json or {}
    if answer.status == 401:
        return SignInAgain("The bell tower does not know us any more.", status=401)
    if answer.status in (404, 410):
        return Gone("Nobody lives there.", moved_to=told.get("moved_to"), status=answer.status)
    return Rejected(str(told.get("why", "No.")), status=answer.status)


class Bells:
    """A session, as `accoil.connect.connection.Session`."""

    def __init__(self, connection: Connection) -> None:
        self._client = Client(connection.options["url"], {}, limits=Lane(), refused=refused)

    def perform(self, action: str, kind: Kind, remote_id: str, values: dict[str, str]) -> str:
        self._client.call("POST", "/ring", json={"kind": kind, "id": remote_id, **values})
        return f"Rang {values['text']}"

    def match_users(self, people: Sequence[Person]) -> Iterator[Match]:
        for person in people:
            found = self._client.call("POST", "/find", json={"email": person.email}).json["id"]
            reason = "" if found else f"Nobody there has the e-mail {person.email}."
            yield Match(entity=person.entity, remote_id=found, matched_by="e-mail" if found else "", reason=reason)

    def match_accounts(self, firms: Sequence[Firm]) -> Iterator[Match]:
        for firm in firms:
            users = [remote for _, remote in firm.users]
            yield Match(
                entity=firm.entity, remote_id=f"firm of {users[0]}" if users else None, matched_by="its user",
                reason="" if users else "None of its users was found there.",
            )  # fmt: skip

    def places_left(self) -> int | None:
        return None

    def ensure(self, attribute: Attribute) -> str:
        return attribute.name

    def archive(self, attribute: Attribute, remote_id: str) -> None:
        pass

    def clean_up(self) -> None:
        pass

    def write(self, kind: Kind, remote_id: str, values: dict[str, Value]) -> dict[str, Value]:
        return values

    def read(self, kind: Kind, remote_id: str, names: Iterable[str]) -> dict[str, Value]:
        return {}


class Shouts:
    """As `accoil.connect.connection.Sender`."""

    def __init__(self, connection: Connection) -> None:
        self._client = Client(connection.options["url"], {}, limits=Lane(), refused=refused)

    def send(self, action: str, values: dict[str, str], message: Message) -> str:
        told = {"key": message.key, "type": message.type, "at": message.at.isoformat(), "data": message.data}
        self._client.call("POST", "/shout", json={**told, **values})
        return f"Shouted {values['text']}"


def opened(connection: Connection) -> Session:
    return Bells(connection)


TOOL = Tool(
    key="bell",
    name="Bell tower",
    fields=(Field(name="url", label="Address"),),
    actions=(
        Action(
            key="ring",
            label="Ring a bell",
            by_hand="Ring",
            fields=(
                Field(name="text", label="What to ring"),
                Field(
                    name="on",
                    label="At whom",
                    type="choice",
                    choices=(("user", "The user"), ("company", "The company")),
                ),
            ),
        ),
        Action(key="shout", label="Shout", fields=(Field(name="text", label="What to shout"),), needs_match=False),
    ),
    opened=opened,
    sending=Shouts,
)
