"""Bodies for pages: forms are here as a whole before a page is drawn, files come as they come."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from accoil.receive.answers import Refused
from accoil.receive.bodies import FORMS, LARGEST_FORM, Gone, as_it_comes, form

Message = MutableMapping[str, Any]
DISCONNECT: Message = {"type": "http.disconnect"}


def piece(size: int, more: bool) -> Message:
    return {"type": "http.request", "body": b"x" * size, "more_body": more}


def received(*sent: Message, **headers: bytes) -> int:
    """The size of the body as a page reads it."""
    coming = iter(sent)

    async def receive() -> Message:
        return next(coming)

    async def read() -> int:
        named = {name.replace("_", "-").encode(): text for name, text in headers.items()}
        async with form(receive, named) as body:
            assert next(coming, None) is None, "all of it has been received"
            return len(body)

    try:
        return asyncio.run(read())
    finally:
        assert FORMS.held == 0


def test_a_form_is_here_before_its_page_is_drawn() -> None:
    assert received(piece(0, False)) == 0
    assert received(piece(10, True), piece(5, False)) == 15
    assert received(*[piece(100_000, True)] * 29, piece(100_000, False)) == LARGEST_FORM


def test_who_hangs_up_before_the_form_is_whole_asks_for_no_page() -> None:
    with pytest.raises(Gone):
        received(piece(10, True), DISCONNECT)
    with pytest.raises(Gone):
        received(piece(2_000_000, True), DISCONNECT)


@pytest.mark.parametrize("sent", [[piece(LARGEST_FORM + 1, False)], [piece(2_000_000, True), piece(2_000_000, False)]])
def test_a_form_may_be_so_large_and_no_larger(sent: list[Message]) -> None:
    with pytest.raises(Refused) as refused:
        received(*sent)
    assert (refused.value.status, str(refused.value)) == (413, "Send at most 3,000,000 bytes at once.")


def test_a_form_that_says_how_large_it_is_is_not_heard_out() -> None:
    with pytest.raises(Refused) as refused:
        received(piece(10, True), content_length=b"10000000000")
    assert refused.value.status == 413


def test_forms_together_are_bounded_until_their_pages_are_drawn_and_small_ones_always_find_room() -> None:
    async def whole(size: int) -> None:
        async def receive() -> Message:
            return piece(size, False)

        async with form(receive, {}):
            if FORMS.held + size <= FORMS.most:
                return await whole(size)
            with pytest.raises(Refused) as refused:
                await whole(size)
            assert refused.value.status == 503
            await small()

    async def small() -> None:
        async def receive() -> Message:
            return piece(FORMS.spared, False)

        async with form(receive, {}):
            pass

    asyncio.run(whole(LARGEST_FORM))
    assert FORMS.held == 0


def test_who_hangs_up_in_the_middle_of_files_has_not_sent_all() -> None:
    coming = iter([piece(10, True), DISCONNECT])

    async def receive() -> Message:
        return next(coming)

    async def read() -> None:
        again = as_it_comes(receive)
        assert (await again())["more_body"]
        await again()

    with pytest.raises(ConnectionResetError):
        asyncio.run(read())
