"""What tests of slow and odd clients share: whether others are served, and what was counted."""

from __future__ import annotations

import time

from accoil import control
from tests.door import Door, ask
from tests.journey.mortal import Mortal
from tests.journey.raw import call

QUICK = 1.0  # seconds; what others may wait at most, on a busy machine


def others_are_served(door: Door) -> None:
    for path in ("/v1/track", "/v1/batch"):
        began = time.monotonic()
        body = call("Others") if path == "/v1/track" else {"batch": [call("Others")]}
        assert door.post(path, body).status == 200
        assert time.monotonic() - began < QUICK


def sign_in_page_comes(door: Door) -> None:
    began = time.monotonic()
    assert ask(door.address, "GET", "/sign-in/", None, {}).status == 200
    assert time.monotonic() - began < QUICK


def counted(server: Mortal) -> dict[str, int]:
    control.ask(server.data, "checksums")  # answers when everything is counted
    return server.door.events()
