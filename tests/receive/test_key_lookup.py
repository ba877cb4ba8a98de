"""Keys that can't be looked up just now."""

from __future__ import annotations

import sqlite3

import pytest

from accoil.asgi import Server
from accoil.receive.keys import Ring
from tests.door import Door, basic

CALL = {"userId": "u", "event": "E"}


def test_a_key_that_cannot_be_looked_up_is_not_refused_for_good(
    server: Server, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert door.post("/v1/track", CALL).status == 200

    def broken() -> Ring:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(server.parts.ring, "_fetch", broken)
    for path in ("/v1/track", "/v1/page"):
        answer = door.post(path, {**CALL, "name": "N"}, Authorization=basic("made a moment ago:"))
        assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "unavailable", "5")
    assert door.post("/v1/track", CALL).status == 200  # one that is known needs no looking up
    monkeypatch.undo()
    assert door.post("/v1/track", CALL, Authorization=basic("nobody:")).status == 401
