"""Doubts about a trigger that can be read: names that were never received, and events that count twice."""

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

from accoil.receive.mapping import Mapping
from accoil.receive.mapping.filter import Filter, tree

EVENT = tree.Path(("event",))


class Doubt(NamedTuple):
    """`write`: what to write somewhere else to remove it."""

    sentence: str
    write: str = ""


def twice(trigger: Filter, others: Iterable[Mapping]) -> list[Doubt]:
    """One for each event the trigger asks for by name that another mapping takes as well."""
    said = []
    for name in dict.fromkeys(_names(trigger.tree)):
        event = {"type": "track", "event": name, "userId": "somebody"}
        takers = [other.name for other in others if other.enabled and Filter(other.trigger).matches(event)]
        if name and takers and trigger.matches(event):
            sentence = f"“{takers[0]}” takes “{name}” too, so both count. To leave it out there, add to its trigger:"
            said.append(Doubt(sentence, f"and event != {tree.scalar(name)}"))
    return said


def unseen(trigger: Filter, known: Collection[str]) -> list[Doubt]:
    """One for each name the trigger asks for and nothing was counted under."""
    return [Doubt(_sentence(name, known)) for name in dict.fromkeys(_names(trigger.tree)) if name and name not in known]


def _sentence(name: str, known: Collection[str]) -> str:
    said = f"Nothing was counted as “{name}” yet"
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"{said}; did you mean “{near[0]}”?" if near else f"{said}."


def _names(condition: tree.Condition) -> Iterator[str]:
    """Of the events it asks for, not of those it leaves out."""
    match condition:
        case tree.All(parts) | tree.Any(parts):
            for part in parts:
                yield from _names(part)
        case tree.Compare("=", left, tree.Value(str(name))) if left == EVENT:
            yield name
        case tree.Compare("in", left, tree.Listing(values)) if left == EVENT:
            yield from (value for value in values if isinstance(value, str))
