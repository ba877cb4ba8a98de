"""What is said about the rule in a form while somebody writes it: what it means, and how many it holds for."""

from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml
from django.http import QueryDict

from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.rule.tree import EVERYTHING, Allowed, Rule, check
from accoil.score.file_format import load
from accoil.show.rules import drafts, form, making
from accoil.show.rules.drafts import Branch
from accoil.show.rules.form import Offered

Values = dict[str, Any]
Written = dict[str, Any]

EMPTY = Branch()
LONGEST = 50_000  # characters of a rule: it holds 100 conditions at most, and a page waits while it is read


@dataclass(frozen=True)
class Typed:
    """One rule of a form: as rows, or as text. `name` stands before the names of its fields."""

    name: str
    branch: Branch = EMPTY
    text: str | None = None

    @property
    def is_text(self) -> bool:
        return self.text is not None

    def written(self) -> Written | None:
        """As in a definition file; None while nothing is typed. Raises Refused."""
        if self.text is None:
            return making.rule(self.branch)
        return read_text(self.text)

    def as_text(self) -> "Typed":
        raw = self.written()
        return Typed(self.name, self.branch, as_yaml(raw) if raw else "")

    def as_rows(self, scope: Kind, allowed: Allowed = EVERYTHING) -> "Typed":
        raw = self.written()
        return Typed(self.name, drafts.written(check(raw, scope, allowed)) if raw else Branch())


def typed(fields: QueryDict, name: str) -> Typed:
    """What was sent, with what the pressed button does to it."""
    text = fields.get(f"{name}-text")
    if text is not None:
        return Typed(name, EMPTY, text.replace("\x00", "").replace("\r\n", "\n"))
    whose, _, do = fields.get("do", "").partition(" ")
    branch = drafts.read(fields, name)
    return Typed(name, drafts.acted(branch, do) if whose == name else branch)


def turned(each: Typed, do: str, scope: Kind, allowed: Allowed = EVERYTHING) -> tuple[Typed, str]:
    """From rows to text or back, if a button asks for it; with what keeps it from that."""
    try:
        match do.split():
            case [each.name, "as_text"]:
                return each.as_text(), ""
            case [each.name, "as_rows"]:
                return each.as_rows(scope, allowed), ""
    except Refused as wrong:
        return each, str(wrong)
    return each, ""


def of_rule(name: str, rule: Rule | None) -> Typed:
    return Typed(name, drafts.written(rule) if rule else Branch())


def shown(each: Typed, fields: QueryDict, offer: Offered, top: str = "group") -> Values:
    """For the template. `is_new`: other fields are to be shown than the page has."""
    values = form.shown(each.branch, each.name, offer, top)
    had = fields.get(f"{each.name}-shape", values["shape"])
    pressed = fields.get("do", "").startswith(f"{each.name} ")
    return {**values, "text": each.text, "is_text": each.is_text, "is_new": pressed or had != values["shape"]}


def read_text(text: str) -> Written | None:
    """Raises Refused with the line that is wrong."""
    if len(text) > LONGEST:
        raise Refused(f"This is {len(text):,} characters long; a rule may have {LONGEST:,}.")
    read = _read(text)
    if isinstance(read, Refused):
        raise Refused(str(read))
    return deepcopy(read)


@lru_cache(maxsize=32)
def _read(text: str) -> Written | Refused | None:
    """Kept: one request asks several times what a text says, and so does the next one, when somebody goes on typing."""
    if not text.strip():
        return None
    try:
        raw = load(text)
    except Refused as wrong:
        return wrong
    return raw if isinstance(raw, dict) else Refused("A rule is a mapping such as {metric: score, below: 25}.")


def as_yaml(raw: Written) -> str:
    return yaml.safe_dump(raw, sort_keys=False, allow_unicode=True, default_flow_style=None, width=100)
