"""A rule as somebody is writing it: rows in groups, read from a form, shown again as typed, made a rule when asked.

A field is called by the rule's name in the form, what it is, and its place: `rule-op-0.2` is the operator in the third
row of the first group. What a row is about is one text: `metric:score`, `event:Report_Created`, `user_trait:plan`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from accoil.rule.tree import Event, Group, Metric, Rule, Segment, Stage, Trait
from accoil.rule.vocabulary import GROUPS, METRICS, OPERATORS, TRAITS
from accoil.show.whole import whole

NAMED = ("segment", "stage")
EVERYONE = "everyone"  # what a line says that holds for all: a group of nothing in files
MOST_ROWS = 200
DEEPEST = 6  # groups that the form shows within each other

_TRAITS = {of: key for key, of in TRAITS.items()}
Form = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One condition. Texts stay as typed; `more` is the second of two; `days` also of a change."""

    what: str = ""
    op: str = ""
    value: str = ""
    more: str = ""
    times: str = ""
    span: str = ""  # "", "last" or "created"
    days: str = ""
    name: str = ""  # typed, where `what` only says of which kind it is

    @property
    def kind(self) -> str:
        return self.what.partition(":")[0]

    @property
    def subject(self) -> str:
        return self.what.partition(":")[2] or self.name.strip()


@dataclass(frozen=True)
class Branch:
    how: str = "all"
    parts: tuple["Row | Branch", ...] = ()


Part = Row | Branch


def read(form: Form, name: str) -> Branch:
    """What the fields of that rule hold."""
    places: dict[str, list[int]] = {}
    start = f"{name}-place-"
    for key in form:
        if key.startswith(start) and len(places) < MOST_ROWS:
            above, _, last = key.removeprefix(start).rpartition(".")
            if (number := whole(last, -1)) >= 0:
                places.setdefault(above, []).append(number)
    return _branch(form, name, "", places)


def _branch(form: Form, name: str, at: str, places: Mapping[str, list[int]]) -> Branch:
    how = form.get(f"{name}-how-{at}", "all")
    parts: list[Part] = []
    for number in sorted(places.get(at, ())):
        here = f"{at}.{number}".lstrip(".")
        if form.get(f"{name}-place-{here}") == "group" and here.count(".") < DEEPEST:
            parts.append(_branch(form, name, here, places))
        else:
            fields = ("what", "op", "value", "more", "times", "span", "days", "name")
            parts.append(Row(**{each: _text(form, f"{name}-{each}-{here}") for each in fields}))
    return Branch(how if how in GROUPS else "all", tuple(parts))


def _text(form: Form, key: str) -> str:
    return str(form.get(key) or "").replace("\x00", "").strip()


def acted(branch: Branch, do: str) -> Branch:
    """With what a button does: `row PLACE` and `group PLACE` add to a group, `away PLACE` takes out."""
    verb, _, place = do.partition(" ")
    at = [number for each in place.split(".") if (number := whole(each, -1)) >= 0]
    match verb:
        case "row":
            return _changed(branch, at, lambda found: replace(found, parts=(*found.parts, Row())))
        case "group":
            new = Branch("any" if branch.how == "all" else "all", (Row(),))
            return _changed(branch, at, lambda found: replace(found, parts=(*found.parts, new)))
        case "away" if at:
            return _changed(branch, at[:-1], lambda found: replace(found, parts=_without(found.parts, at[-1])))
    return branch


def _changed(branch: Branch, at: Sequence[int], change: Any) -> Branch:
    if not at:
        return change(branch)  # type: ignore[no-any-return]
    first, *rest = at
    parts = tuple(
        _changed(part, rest, change) if number == first and isinstance(part, Branch) else part
        for number, part in enumerate(branch.parts)
    )
    return replace(branch, parts=parts)


def _without(parts: tuple[Part, ...], number: int) -> tuple[Part, ...]:
    return parts[:number] + parts[number + 1 :]


def written(rule: Rule) -> Branch:
    """A rule as a draft; one condition alone stands in a group of its own."""
    part = _part(rule)
    return part if isinstance(part, Branch) else Branch("all", (part,))


def steps(rules: Sequence[Rule]) -> Branch:
    """Several rules, each a part of its own."""
    return Branch("all", tuple(_part(rule) for rule in rules))


def _part(rule: Rule) -> Part:
    match rule:
        case Group("all", ()):
            return Row(EVERYONE)
        case Group(how, rules):
            return Branch(how, tuple(_part(part) for part in rules))
        case Trait(of, key, op, value):
            return Row(f"{_TRAITS[of]}:{key}", op, *_shown(op, value))
        case Metric(name, op, value, days):
            value, more = _shown(op, value, cents=METRICS[name].unit == "cents")
            return Row(f"metric:{name}", op, value, more, days="" if days is None else str(days))
        case Event():
            return _event_row(rule)
        case Segment(name, inside) | Stage(name, inside):
            kind = "segment" if isinstance(rule, Segment) else "stage"
            return Row(f"{kind}:{name}", "in" if inside else "not_in")


def _event_row(rule: Event) -> Row:
    span = "last" if rule.within_days is not None else "created" if rule.within_days_of_created is not None else ""
    days = rule.within_days or rule.within_days_of_created
    return Row(
        f"{rule.kind}:{rule.name}",
        "did" if rule.did else "did_not",
        times=str(rule.at_least),
        span=span,
        days="" if days is None else str(days),
    )


def _shown(op: str, value: Any, cents: bool = False) -> tuple[str, str]:
    if OPERATORS[op] == "yes":
        return "", ""
    texts = [_plain(each, cents) for each in (value if isinstance(value, tuple) else (value,))]
    return (texts[0], texts[1]) if op == "between" else (", ".join(texts), "")


def _plain(value: Any, cents: bool) -> str:
    if cents:
        value = round(value / 100, 12)
    return f"{value:.15g}" if isinstance(value, float) else str(value)
