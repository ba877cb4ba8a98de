"""Calls that came in lately, to try mappings on. Of their properties and traits only the names are known."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from accoil.receive.debugger import debugger
from accoil.receive.lines import Line, lines

MOST = 6
LOOKED_THROUGH = 200  # of the last calls
VALUE = "…"  # stands for each value, none of which is kept


@dataclass(frozen=True)
class Recent:
    """`number` is that of its line in the debugger."""

    number: int
    label: str
    call: str  # JSON


def recent(product_id: int) -> list[Recent]:
    """The last one of each type and name, newest first."""
    found: dict[tuple[str, str], Recent] = {}
    for line in islice(_lines(product_id), LOOKED_THROUGH):
        if line.type and len(found) < MOST:
            found.setdefault((line.type, line.name), Recent(line.number, line.name or line.type, _written(line)))
    return list(found.values())


def _lines(product_id: int) -> Iterator[Line]:
    for visit in debugger().visits(product_id):
        yield from lines(visit)


def _written(line: Line) -> str:
    call: dict[str, Any] = {"type": line.type}
    ids = {"userId": line.user, "anonymousId": line.anonymous, "groupId": line.account}
    call |= {key: id for key, id in ids.items() if id}
    if line.type == "track":
        call["event"] = line.name
    elif line.type in ("page", "screen"):
        call["name"] = line.name.removeprefix("Viewed ")
    for key, names in (("properties", line.properties), ("traits", line.traits)):
        if names:
            call[key] = dict.fromkeys(names, VALUE)
    return json.dumps(call, indent=2, ensure_ascii=False)
