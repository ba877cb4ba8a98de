"""A mapping as somebody is writing it: read from the form, shown again as typed, made a mapping when asked."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.http import QueryDict

from accoil.receive.mapping import Mapping, check
from accoil.receive.mapping.actions import ACTIONS, Action
from accoil.receive.mapping.actions import Field as ActionField
from accoil.receive.mapping.fields import from_text, to_text
from accoil.receive.mapping.filter import Filter, FilterError
from accoil.receive.mapping.rules import check_form
from accoil.refused import At, Refused
from accoil.show import mapping_hints

NEW_TRIGGER = 'type = "track" and event = ""'  # picks nothing yet; the name is to be filled in


@dataclass(frozen=True)
class Typed:
    """One field of the action, with what stands in it and what is wrong with that ("": nothing)."""

    field: ActionField
    text: str

    @property
    def form(self) -> Any:
        """Raises Refused."""
        return from_text(self.text)

    @property
    def error(self) -> str:
        try:
            check_form(self.field, self.form)
        except Refused as wrong:
            return str(wrong).removeprefix(f"{self.field.label}: ")
        return ""

    @property
    def is_default(self) -> bool:
        return self.text == self.field.default


@dataclass(frozen=True)
class Broken:
    """Where a trigger can't be read: the line up to the place, and what follows."""

    sentence: str
    before: str
    after: str


@dataclass(frozen=True)
class Draft:
    """What the form holds. Texts stay as typed until `mapping` reads them; `id` is 0 for a new one."""

    id: int = 0
    name: str = ""
    trigger: str = ""
    action: Action = ACTIONS["track"]
    enabled: bool = True
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> list[Typed]:
        return [Typed(each, self.texts.get(each.key, each.default)) for each in self.action.fields]

    @property
    def broken(self) -> Broken | None:
        try:
            Filter(self.trigger, is_new=True)
        except FilterError as wrong:
            line = self.trigger[: wrong.position].rpartition("\n")[2]
            return Broken(str(wrong), line, self.trigger[wrong.position :].partition("\n")[0])
        except Refused as wrong:
            return Broken(str(wrong), "", "")
        return None

    @property
    def in_words(self) -> str:
        """What the trigger picks. Ask only when it is not broken."""
        return Filter(self.trigger).to_words()

    def doubts(self, known_events: Collection[str], others: Iterable[Mapping]) -> list[mapping_hints.Doubt]:
        """What can be read and may yet not be meant; `others` are the mappings beside it."""
        if self.broken or not self.enabled:
            return []
        trigger = Filter(self.trigger)
        return mapping_hints.unseen(trigger, known_events) + mapping_hints.twice(trigger, others)

    def mapping(self) -> Mapping:
        """Raises Refused with a sentence about the first thing that is wrong."""
        fields = {}
        for typed in self.fields:
            with At(typed.field.label):
                fields[typed.field.key] = typed.form
        raw = {"name": self.name, "trigger": self.trigger, "action": self.action.key, "fields": fields}
        return check({**raw, "enabled": self.enabled}, id=self.id)


def written(mapping: Mapping, id: int | None = None, **other: Any) -> Draft:
    """A mapping as a draft."""
    return Draft(
        id=mapping.id if id is None else id,
        name=other.get("name", mapping.name),
        trigger=mapping.trigger,
        action=ACTIONS[mapping.action],
        enabled=other.get("enabled", mapping.enabled),
        texts={key: to_text(form) for key, form in mapping.fields.items()},
    )


def read(form: QueryDict, id: int = 0) -> Draft:
    """What was typed. What stood there by default for the action shown before becomes the default of the chosen one."""
    typed = {key: (form.get(key) or "").replace("\x00", "").replace("\r\n", "\n") for key in form}
    shown = ACTIONS.get(typed.get("shown", ""))
    action = ACTIONS.get(typed.get("action", ""), ACTIONS["track"])
    trigger = typed.get("trigger", "")
    if shown and shown is not action and trigger.strip() in ("", shown.trigger, NEW_TRIGGER):
        trigger = action.trigger
    texts = {}
    for each in action.fields:
        text = typed.get(f"field-{each.key}")
        before = shown.field(each.key) if shown else None
        if text is not None and (before is None or shown is action or text != before.default):
            texts[each.key] = text.strip()
    return Draft(id, typed.get("name", ""), trigger, action, typed.get("enabled") == "1", texts)


def stamp(mapping: Mapping) -> str:
    """Differs for mappings that differ: whoever saves must have seen what he replaces."""
    return hashlib.sha256(msgspec.json.encode(mapping.to_yaml_dict(), order="sorted")).hexdigest()[:16]
