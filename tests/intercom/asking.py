"""A plain client of the stand-in, for its own tests."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from tests.door import Answer, ask
from tests.intercom.contract import VERSION
from tests.intercom.intercom import Intercom


class Asking:
    def __init__(self, intercom: Intercom, token: str | None = None) -> None:
        self.intercom = intercom
        self.token = intercom.token() if token is None else token

    def __call__(self, method: str, path: str, body: Any = None, *, version: str = VERSION, **query: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}", "Intercom-Version": version, "Accept": "application/json"}
        raw = None
        if body is not None:
            raw, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        where = path + (f"?{urlencode(query)}" if query else "")
        return ask(self.intercom.address, method, where, raw, {k: v for k, v in headers.items() if v})

    def code(self, *asked: Any, **query: Any) -> tuple[int, str]:
        """Status and code of a refusal."""
        answer = self(*asked, **query)
        return answer.status, answer.json()["errors"][0]["code"]
