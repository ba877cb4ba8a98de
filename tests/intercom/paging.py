"""A page of a list, and the cursor of the next one."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from tests.intercom.calls import Refusal

T = TypeVar("T")


def page(rows: Sequence[T], per_page: int, cursor: str | None, told: Callable[[T], Any]) -> dict[str, Any]:
    start = _start(cursor)
    number, pages = start // per_page + 1, -(-len(rows) // per_page)
    following = start + per_page
    after = {"page": number + 1, "starting_after": _cursor(following), "per_page": per_page}
    return {
        "type": "list",
        "data": [told(row) for row in rows[start:following]],
        "total_count": len(rows),
        "pages": {
            "type": "pages", "page": number, "per_page": per_page, "total_pages": pages,
            **({"next": after} if following < len(rows) else {}),
        },
    }  # fmt: skip


def _cursor(start: int) -> str:
    return urlsafe_b64encode(f"after {start}".encode()).decode()


def _start(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        words, _, number = urlsafe_b64decode(cursor).decode().partition(" ")
        assert words == "after"
        return int(number)
    except (ValueError, AssertionError):
        raise Refusal(400, "invalid_cursor", "starting_after is not one of ours", "starting_after") from None
