"""Rules a second time, slow and obvious, from their written form: one person or account, one condition after another.

What the specification says of rules, and what is taken for right where it is silent:
* texts are compared with case, but of status traits; blank text counts as unset;
* asked for by one spelling of a standard trait, the others are looked at where that one is unset;
* in a rule about accounts, `user_trait` means that somebody of its users has a trait that is so (or is not so), and
  events are those of all its users together;
* `did: false` means: fewer than `at_least` times;
* a day trait is a local day of the product's time zone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from tests.reference import Definition, Row, World, in_window, score_accounts, score_users
from tests.reference_facts import money, read_time, text

Raw = dict[str, Any]

SPELLINGS = {
    "user": [["accountStatus", "account_status", "status"], ["createdAt", "created_at", "created"]],
    "account": [["createdAt", "created_at", "created"]],
}
STATUS = {"user": {"accountStatus", "account_status", "status"}, "account": {"status"}}
OPPOSITES = {"is_not": "is", "none_of": "one_of", "does_not_contain": "contains", "is_not_set": "is_set"}
NUMBERS: dict[str, Callable[[Any, Any], bool]] = {
    "above": lambda it, than: it > than,
    "below": lambda it, than: it < than,
    "at_least": lambda it, than: it >= than,
    "at_most": lambda it, than: it <= than,
    "between": lambda it, ends: ends[0] <= it <= ends[1],
    "is": lambda it, other: it == other,
    "one_of": lambda it, others: it in others,
    "is_set": lambda it, _: True,
}
TEXTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda it, part: part in it,
    "starts_with": lambda it, part: it.startswith(part),
    "ends_with": lambda it, part: it.endswith(part),
}


@dataclass
class View:
    """A world under a definition as of a day, with the users who count (None: everyone there is)."""

    world: World
    definition: Definition
    as_of: date
    population: set[str] | None = None
    activation: Mapping[tuple[str, str], float | None] = field(default_factory=dict)  # (kind, id) → fraction
    features: Mapping[str, list[str]] = field(default_factory=dict)
    segments: Mapping[str, Raw] = field(default_factory=dict)
    stages: Mapping[str, Raw] = field(default_factory=dict)

    @cached_property
    def users(self) -> set[str]:
        return self.world.users(self.as_of) if self.population is None else self.population

    @cached_property
    def accounts(self) -> set[str]:
        return set(self.world.users_by_account(self.as_of))

    @cached_property
    def facts(self) -> list[tuple[str | None, str | None, str, date, int]]:
        return [(*fact, n) for fact, n in self.world.attributed().items()]

    @cached_property
    def rows(self) -> dict[str, dict[str, Row]]:
        return self.rows_of(self.as_of)

    def rows_of(self, day: date) -> dict[str, dict[str, Row]]:
        return {
            "user": score_users(self.world, self.definition, day),
            "account": score_accounts(self.world, self.definition, day),
        }

    def users_of(self, account: str) -> list[str]:
        return [user for user in self.users if self.world.membership(user, self.as_of) == account]

    def account_of(self, user: str) -> str | None:
        return self.world.membership(user, self.as_of)

    def done(self, scope: str, id: str, events: list[str]) -> list[tuple[date, int]]:
        """The days on which it was done, and how often."""
        return [
            (day, n)
            for user, account, event, day, n in self.facts
            if event in events and day <= self.as_of
            if (user == id if scope == "user" else account == id and user in self.users)
        ]  # fmt: skip

    def created_on(self, scope: str, id: str) -> date:
        given = self.world.given_created_on(scope, id, self.as_of)
        if given is None and scope == "account":
            put_there = self.world.users_by_account(self.as_of).get(id, set()) & self.users
            of_users = [self.world.given_created_on("user", user, self.as_of) for user in put_there]
            given = min((each for each in of_users if each is not None), default=None)
        return self.world.first_day(scope, id) if given is None else given


def holds(raw: Raw, scope: str, id: str, view: View) -> bool:
    """Whether a rule holds for a user or an account."""
    for kind, meaning in KINDS.items():
        if kind in raw:
            return meaning(raw, scope, id, view)
    raise AssertionError(raw)


def _all(raw: Raw, scope: str, id: str, view: View) -> bool:
    return all(holds(part, scope, id, view) for part in raw["all"])


def _any(raw: Raw, scope: str, id: str, view: View) -> bool:
    return any(holds(part, scope, id, view) for part in raw["any"])


def _none(raw: Raw, scope: str, id: str, view: View) -> bool:
    return not any(holds(part, scope, id, view) for part in raw["none"])


def _segment(raw: Raw, scope: str, id: str, view: View) -> bool:
    return holds(view.segments[raw["segment"]], scope, id, view) == raw.get("in", True)


def _stage(raw: Raw, scope: str, id: str, view: View) -> bool:
    stands_in = next((name for name, rule in view.stages.items() if holds(rule, scope, id, view)), None)
    return (stands_in == raw["stage"]) == raw.get("in", True)


def _user_trait(raw: Raw, scope: str, id: str, view: View) -> bool:
    whose = [id] if scope == "user" else view.users_of(id)
    return any(_trait("user", raw["user_trait"], user, *_operator(raw, "user_trait"), view) for user in whose)


def _account_trait(raw: Raw, scope: str, id: str, view: View) -> bool:
    whose = view.account_of(id) if scope == "user" else id
    return _trait("account", raw["account_trait"], whose, *_operator(raw, "account_trait"), view)


def _event(raw: Raw, scope: str, id: str, view: View) -> bool:
    return _did(raw, [raw["event"]], scope, id, view)


def _account_event(raw: Raw, scope: str, id: str, view: View) -> bool:
    whose = view.account_of(id) if scope == "user" else id
    return _did(raw, [raw["account_event"]], "account", whose, view)


def _feature(raw: Raw, scope: str, id: str, view: View) -> bool:
    return _did(raw, view.features[raw["feature"]], scope, id, view)


def _metric(raw: Raw, scope: str, id: str, view: View) -> bool:
    days = raw.get("days")
    operator = {key: value for key, value in raw.items() if key not in ("metric", "days")}
    op, value = next(iter(operator.items()))
    found = figure(raw["metric"], days, scope, id, view)
    if op in ("is_set", "is_not_set"):
        return (found is not None) == ((op == "is_set") == value)
    if op in OPPOSITES:
        return not _compares(found, OPPOSITES[op], value, view)
    return _compares(found, op, value, view)


KINDS: dict[str, Callable[[Raw, str, str, View], bool]] = {
    "all": _all, "any": _any, "none": _none, "segment": _segment, "stage": _stage, "user_trait": _user_trait,
    "account_trait": _account_trait, "event": _event, "account_event": _account_event, "feature": _feature,
    "metric": _metric,
}  # fmt: skip


def _operator(raw: Raw, kind: str) -> tuple[str, Any]:
    return next((key, value) for key, value in raw.items() if key != kind)


def _did(raw: Raw, events: list[str], scope: str, id: str | None, view: View) -> bool:
    done = view.done(scope, id, events) if id is not None else []
    if "within_days" in raw:
        done = [(day, n) for day, n in done if in_window(day, view.as_of, raw["within_days"])]
    if "within_days_of_created" in raw and id is not None:
        created = view.created_on(scope, id)
        done = [(day, n) for day, n in done if (day - created).days < raw["within_days_of_created"]]
    return (sum(n for _, n in done) >= raw.get("at_least", 1)) == raw.get("did", True)


def figure(name: str, days: int | None, scope: str, id: str, view: View) -> Any:
    """In the units of rules: rates in percent."""
    if name == "created_at":
        return view.created_on(scope, id)
    if name == "tenure":
        return max(0, (view.as_of - view.created_on(scope, id)).days)
    if name == "frequency":
        done = view.done(scope, id, list(view.definition.events))
        return len({day for day, _ in done if in_window(day, view.as_of, view.definition.window)})
    if name == "mrr":
        whose = view.account_of(id) if scope == "user" else id
        return None if whose is None else money(view.world.traits("account", whose, view.as_of).get("mrr"))
    if name == "activation":
        activation = view.activation.get((scope, id))
        return None if activation is None else round(100 * activation, 9)
    row = view.rows[scope][id]
    if name == "change" and days is not None:
        before = view.rows_of(view.as_of - timedelta(days=days))[scope].get(id, {"score": 0})
        return row["score"] - before["score"]
    return round(100 * row[name], 9) if name in ("adoption", "lifetime_adoption", "active_percent") else row[name]


def _compares(figure: Any, op: str, value: Any, view: View) -> bool:
    """A number with numbers, or a day with days."""
    if figure is None:
        return False
    if op == "in_last_days":
        return 0 <= (view.as_of - figure).days < value
    if op == "more_than_days_ago":
        return (view.as_of - figure).days > value
    if op in ("before", "after"):
        return NUMBERS[{"before": "below", "after": "above"}[op]](figure, _day(value))
    if isinstance(figure, date):
        value = [_day(each) for each in value] if isinstance(value, list) else _day(value)
    return NUMBERS[op](figure, value)


def _trait(of: str, key: str, id: str | None, op: str, value: Any, view: View) -> bool:
    if op in ("is_set", "is_not_set"):
        return (_told(of, key, id, view) is not None) == ((op == "is_set") == value)
    if op in OPPOSITES:
        return not _trait(of, key, id, OPPOSITES[op], value, view)
    told = _told(of, key, id, view)
    if told is None:
        return False
    shown = text(told)
    assert shown is not None
    fold = str.lower if key in STATUS[of] else str
    if op in TEXTS:
        return TEXTS[op](fold(shown), fold(value))
    if op in ("is", "one_of"):
        return any(_same(told, shown, other, fold) for other in (value if op == "one_of" else [value]))
    last = value[0] if op == "between" else value
    if op in ("before", "after", "in_last_days", "more_than_days_ago") or isinstance(last, str):
        moment = read_time(told)
        return _compares(None if moment is None else moment.astimezone(view.world.zone).date(), op, value, view)
    return _compares(money(told), op, value, view)


def _told(of: str, key: str, id: str | None, view: View) -> Any:
    if id is None:
        return None
    traits = view.world.traits(of, id, view.as_of)
    spellings = next((group for group in SPELLINGS[of] if key in group), [key])
    in_order = [key, *(other for other in spellings if other != key)]
    return next((traits[each] for each in in_order if text(traits.get(each)) is not None), None)


def _same(told: Any, shown: str, other: Any, fold: Callable[[str], str]) -> bool:
    if isinstance(other, bool):
        return shown == ("true" if other else "false")
    if isinstance(other, str) and fold(shown) == fold(other):
        return True
    return money(told) is not None and money(told) == money(other)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
