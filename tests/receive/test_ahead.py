"""Bodies for pages, gathered before a page is drawn."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from accoil.receive.bodies import HELD_FOR_PAGES, Arriving, Gone, ahead

Message = MutableMapping[str, Any]
DISCONNECT: Message = {"type": "http.disconnect"}


def piece(size: int, more: bool) -> Message:
    return {"type": "http.request", "body": b"x" * size, "more_body": more}


def received(*sent: Message) -> int:
    """The size of the body as a page reads it."""
    coming = iter(sent)

    async def receive() -> Message:
        return next(coming)

    async def read() -> int:
        again, size = await ahead(receive), 0
        while True:
            message = await again()
            size += len(message["body"])
            if not message["more_body"]:
                return size

    try:
        return asyncio.run(read())
    finally:
        assert Arriving.held == 0


def test_a_body_comes_as_it_was_sent() -> None:
    assert received(piece(0, False)) == 0
    assert received(piece(10, True), piece(5, False)) == 15
    large = [piece(100_000, True)] * 30
    assert received(*large, piece(1, False)) == 3_000_001


def test_who_hangs_up_early_asks_for_no_page() -> None:
    with pytest.raises(Gone):
        received(piece(10, True), DISCONNECT)


def test_who_hangs_up_in_the_middle_has_not_sent_all() -> None:
    with pytest.raises(ConnectionResetError):
        received(piece(HELD_FOR_PAGES + 1, True), piece(10, True), DISCONNECT)
