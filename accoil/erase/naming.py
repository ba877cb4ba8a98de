"""Whether somebody is named in what is kept of others. Values are compared: an id such as "12" stands in any text."""

import json
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

LEAST = 4  # characters of a name that is looked for within texts; shorter ones are words of every day

BEFORE, AFTER = rb"""(?:^|[,;\t|"'\[]|":)[ \t]*""", rb"""[ \t]*(?:$|[\r,;\t|"'\]}])"""


def is_named(told: Any, names: Collection[str]) -> bool:
    """In any text of a value that was read from JSON: as all of it, or as words of their own."""
    telling = [name for name in names if len(name) >= LEAST and not name.isnumeric()]
    folded = {name.casefold() for name in names}
    return any(text.strip().casefold() in folded or _stands_in(text, telling) for text in _texts(told))


def _texts(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for value in told.values():
            yield from _texts(value)
    elif isinstance(told, list):
        for value in told:
            yield from _texts(value)


def _stands_in(text: str, names: Collection[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) for name in names)


def in_rows(names: Collection[str]) -> Callable[[bytes], bool]:
    """Whether lines hold one of these as a whole field of a table, or as a whole value of JSON, however it is written
    there."""
    written: set[str] = set()
    for name in filter(None, names):
        plain, escaped = json.dumps(name, ensure_ascii=False)[1:-1], json.dumps(name)[1:-1]
        written |= {text.replace('"', quote) for text in (name, plain, escaped) for quote in ('"', '""')}
    texts = [text.encode("utf-8", "surrogatepass").lower() for text in sorted(written)]
    whole = re.compile(BEFORE + b"(?:" + b"|".join(map(re.escape, texts)) + b")" + AFTER, re.MULTILINE)

    def is_in(lines: bytes) -> bool:
        lower = lines.lower()  # a text alone is found fifteen times as fast
        return any(text in lower for text in texts) and whole.search(lower) is not None

    return is_in
