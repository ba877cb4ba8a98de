"""Whether somebody is named in what is kept of others. Values are compared: an id such as "12" stands in any text."""

import json
import re
from collections.abc import Collection, Iterator
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


def in_rows(names: Collection[str]) -> re.Pattern[bytes]:
    """Finds these as whole fields of a table, or as whole values in lines of JSON, however either writes them."""
    written: set[str] = set()
    for name in filter(None, names):
        plain, escaped = json.dumps(name, ensure_ascii=False)[1:-1], json.dumps(name)[1:-1]
        written |= {text.replace('"', quote) for text in (name, plain, escaped) for quote in ('"', '""')}
    texts = b"|".join(re.escape(text.encode("utf-8", "surrogatepass")) for text in sorted(written)) or rb"(?!)"
    return re.compile(BEFORE + b"(?:" + texts + b")" + AFTER, re.IGNORECASE | re.MULTILINE)
