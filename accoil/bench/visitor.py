"""Somebody who has signed in to a server under test, and asks for one page after another over one connection."""

import json
import threading
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

from accoil.bench.invented import LAST_DAY, definition
from accoil.bench.messages import authorization
from accoil.refused import Refused

PATIENCE = 900  # seconds: a year of days of which nothing is known yet may take minutes


class Visitor:
    def __init__(self, port: int, keys: dict[str, Any]) -> None:
        self._port, self._keys = port, keys
        self._own = threading.local()  # a connection for each thread
        self._csrf = self._cookie = ""  # what stands in forms, and what goes with it

    def page(self, name: str, **query: object) -> str:
        """The address of a page of the product."""
        kept = urlencode({key: value for key, value in query.items() if value not in ("", None)})
        return f"/p/{self._keys['product']}/{name}" + (f"?{kept}" if kept else "")

    def get(self, address: str) -> str:
        return self._ask("GET", address, headers=self._signed_in())

    def part(self, address: str) -> str:
        """A part that comes after its page."""
        return self._ask("GET", address, headers=self._signed_in() | {"HX-Request": "true"})

    def api(self, address: str) -> str:
        joint = "&" if "?" in address else "?"
        asked = f"{address}{joint}workspace_id={self._keys['profile']}"
        return self._ask("GET", asked, headers={"Authorization": f"Bearer {self._keys['token']}"})

    def draft(self, weight: int) -> str:
        """What the editor asks when the first slider stands at that weight."""
        if not self._csrf:
            self._csrf = (
                self.get(self.page("profiles/new")).split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
            )
        form: dict[str, object] = {
            "csrfmiddlewaretoken": self._csrf, "of": self._keys["profile"], "window": definition().window,
        }  # fmt: skip
        for place, (event, own) in enumerate(definition().events.items()):
            form |= {f"event-{place}": event, f"scored-{place}": "on", f"weight-{place}": own if place else weight}
        headers = self._signed_in() | {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", self.page("profiles/preview"), urlencode(form).encode(), headers)

    def track(self, user: str, message: str) -> None:
        """One event of today by a user, of the most telling kind."""
        event = max(definition().events, key=lambda name: definition().events[name])
        call = {"userId": user, "event": event, "messageId": message, "timestamp": f"{LAST_DAY}T12:00:00Z"}
        headers = {"Authorization": authorization(self._keys["key"]), "Content-Type": "application/json"}
        self._ask("POST", "/v1/track", json.dumps(call).encode(), headers)

    def _signed_in(self) -> dict[str, str]:
        cookies = f"accoil_session={self._keys['session']}"
        return {"Cookie": f"{cookies}; accoil_csrf={self._cookie}" if self._cookie else cookies}

    def _ask(self, method: str, address: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> str:
        if not hasattr(self._own, "connection"):
            self._own.connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        connection: HTTPConnection = self._own.connection
        connection.request(method, address, body, headers or {})
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status not in (200, 202):
            raise Refused(f"{method} {address} was answered with {answer.status}: {text[:300]}")
        for line in answer.headers.get_all("Set-Cookie") or []:
            if line.startswith("accoil_csrf="):
                self._cookie = line.split("=", 1)[1].split(";")[0]
        return text
