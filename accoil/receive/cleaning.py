"""JSON as some clients really write it, and values as every store takes them."""

import json
import math
from typing import Any

import msgspec

DEEPEST = 100  # levels of lists and objects
LONGEST_WHOLE = 4_000  # digits; Python refuses to read 4,301


class TooDeep(ValueError):
    """Nested deeper than anything that is meant."""

    def __init__(self) -> None:
        super().__init__(f"This is nested more than {DEEPEST} levels deep.")


def any_json(text: bytes) -> Any:
    """A byte-order mark, NaN, broken UTF-8 and lone surrogates are read too. Raises ValueError, RecursionError."""
    return json.loads(text.decode("utf-8-sig", "replace"), parse_int=_whole, parse_constant=lambda _: None)


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= LONGEST_WHOLE else None


def unwrap(raw: msgspec.Raw) -> Any:
    """The value of JSON that is well-formed, though not always well spelled. Raises TooDeep, RecursionError."""
    try:
        return clean(msgspec.json.decode(raw))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return clean(any_json(bytes(raw)))


def clean(value: Any, level: int = 0) -> Any:
    """The same value without what stores refuse: lone surrogates, NUL, NaN and infinities. Raises TooDeep."""
    if level > DEEPEST:
        raise TooDeep
    if isinstance(value, str):
        return value if value.isascii() and "\x00" not in value else _clean_text(value)
    if isinstance(value, dict):
        # Nearly every value is plain text: asking for that here is half the work of asking in a call for each.
        if level == DEEPEST and value:
            raise TooDeep
        return {
            key if key.isascii() and "\x00" not in key else _clean_text(key): inner
            if isinstance(inner, str) and inner.isascii() and "\x00" not in inner
            else clean(inner, level + 1)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [clean(inner, level + 1) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _clean_text(text: str) -> str:
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
