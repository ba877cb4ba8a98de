"""All mappings of a product, ready to be asked about every event."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from accoil.receive.mapping.actions import ACTIONS
from accoil.receive.mapping.filter import Filter
from accoil.receive.mapping.filter.meaning import Test
from accoil.receive.mapping.filter.values import text
from accoil.receive.mapping.making import Event, Make, Skipped, as_read, maker
from accoil.receive.mapping.rules import PRESETS, Mapping

# Only these go through mappings. An alias has no preset and must never be lost, and anything else is for the front
# door to refuse.
MAPPED_TYPES = frozenset(action.type for action in ACTIONS.values() if action.type)

_preset_deeds = Counter(preset.does() for preset in PRESETS)


Taker = tuple[Mapping, Test, Make]


class _Takers:
    """The mappings that may take an event of one type. Most of many pick one event by its name."""

    def __init__(self, takers: list[tuple[Taker, frozenset[str] | None]]) -> None:
        names: set[str] = set().union(*(names for _, names in takers if names))
        self._all = [taker for taker, _ in takers]
        self._of_any_name = [taker for taker, names in takers if names is None]
        self._by_name = {name: [taker for taker, names in takers if names is None or name in names] for name in names}

    def of(self, name: Any) -> list[Taker]:
        """In their order; `name` is that of the event, of whatever type it was sent."""
        return self._by_name.get(name, self._of_any_name) if isinstance(name, str) else self._all


class Outcome(msgspec.Struct, frozen=True):
    """What one mapping made of an event: a call, a reason why it could not, or nothing since it did not take it."""

    mapping: Mapping
    call: Event | None = None
    reason: str | None = None


class Mappings:
    """`are_presets`: exactly what the front door does anyway, so it need not ask."""

    def __init__(self, mappings: Iterable[Mapping]) -> None:
        """Raises Refused for a mapping that did not pass `check`."""
        self.enabled = [mapping for mapping in mappings if mapping.enabled]
        self.are_presets = Counter(mapping.does() for mapping in self.enabled) == _preset_deeds
        takers: dict[str, list[tuple[Taker, frozenset[str] | None]]] = {type: [] for type in MAPPED_TYPES}
        for mapping in self.enabled:
            trigger = Filter(mapping.trigger)
            make = maker(ACTIONS[mapping.action], mapping.fields)
            for type in trigger.possible_types(MAPPED_TYPES):
                takers[type].append(((mapping, trigger.matches, make), trigger.possible_names()))
        self._takers = {type: _Takers(each) for type, each in takers.items()}

    @classmethod
    def of(cls, mappings: Iterable[Mapping]) -> "Mappings":
        """Those of a product; a product without any has the presets. To take nothing, switch them off."""
        return cls(list(mappings) or PRESETS)

    def run(self, event: Event) -> list[tuple[int | None, Event]]:
        """The calls to count, each with the id of its mapping; none where the event is dropped.

        Where several mappings act, each call must count once: the oldest mapping's keeps the message id, the others'
        get the id of their mapping (docs/decisions/0005). `event` is left as it is. An event of a type that is not
        mapped comes back alone, with None.
        """
        type = event.get("type")
        if not isinstance(type, str) or type not in MAPPED_TYPES:
            return [(None, event)]
        taken = self._take(event)
        made: list[tuple[int | None, Event]] = [(by.id, call) for by, call in taken if not isinstance(call, Skipped)]
        if len(made) < 2:
            return made
        oldest = min(range(len(made)), key=lambda at: made[at][0] or 0)
        return [(id, call if at == oldest else _with_own_id(call, id)) for at, (id, call) in enumerate(made)]

    def reason(self, event: Event) -> str | None:
        """Why mappings that took an event could make no call of it; None where none took it."""
        skipped = ((by, made) for by, made in self._take(event) if isinstance(made, Skipped))
        return next((f"Mapping “{by.name}”: {made.reason}" for by, made in skipped), None)

    def explain(self, event: Event) -> list[Outcome]:
        """What each enabled mapping would do, for people who try them on an event."""
        taken = {id(mapping): call for mapping, call in self._take(event)}
        return [_outcome(mapping, taken.get(id(mapping))) for mapping in self.enabled]

    def _take(self, event: Event) -> list[tuple[Mapping, Event | Skipped]]:
        type = event.get("type")
        if not isinstance(type, str) or type not in self._takers:
            return []
        takers = self._takers[type].of(event.get("event"))
        seen = as_read(event)
        return [(mapping, make(event, seen)) for mapping, matches, make in takers if matches(seen)]


def _outcome(mapping: Mapping, made: Event | Skipped | None) -> Outcome:
    if isinstance(made, Skipped):
        return Outcome(mapping, reason=made.reason)
    return Outcome(mapping, call=made)


def _with_own_id(call: Event, mapping: int | None) -> Event:
    message = text(call.get("messageId"))
    return {**call, "messageId": f"{message}#mapping-{mapping}"} if message else call
