"""The form of a rule, ready for the template: groups and lines, each with its place and what can be chosen in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accoil.count.ids import Kind
from accoil.count.people import all_names, known_events
from accoil.rule.tree import Names
from accoil.rule.vocabulary import EVENTS, EVERYTHING, METRICS, OPERATORS, Allowed
from accoil.show import words
from accoil.show.rules import words as said
from accoil.show.rules.drafts import DEEPEST, EVERYONE, NAMED, Branch, Row

MOST_SHOWN = 300  # names in a list to choose from; any other can be typed

Values = dict[str, Any]
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Offered:
    """What a line can be about, in groups: (heading, [(text that stands for it, words)])."""

    scope: Kind
    groups: Sequence[tuple[str, Choices]] = field(default_factory=list)

    def has(self, what: str) -> bool:
        return any(what == value for _, choices in self.groups for value, _ in choices)


def offered(product_id: int, scope: Kind, today: date, known: Names, allowed: Allowed = EVERYTHING) -> Offered:
    """Everything known in the product that a rule about that scope can ask for."""
    events = sorted(known_events(product_id, today), key=lambda row: (-row["users_30d"], row["event"]))
    names = [(row["event"], words.event(row["event"])) for row in events[:MOST_SHOWN]]
    someone = "Somebody did" if scope == "account" else "Did"
    figures = [(f"metric:{name}", label) for name, label in said.metrics(scope, allowed.metrics).items()]
    groups: list[tuple[str, list[tuple[str, str]]]] = [
        ("Numbers", [(EVERYONE, "Everyone"), *figures]),
        ("Features used", [(f"feature:{name}", name) for name in known.features]),
        (someone, [*((f"event:{name}", label) for name, label in names), ("event:", "Another event…")]),
    ]
    if scope == "user":
        groups.append(
            (
                "Somebody on the account did",
                [
                    *((f"account_event:{name}", f"{label}, by anyone") for name, label in names),
                    ("account_event:", "Another event, by anyone…"),
                ],
            )
        )
    for of in ("account", "user") if scope == "account" else ("user", "account"):
        keys = sorted(all_names(product_id, f"{of}_traits"), key=str.lower)[:MOST_SHOWN]
        whose = "Traits of the account" if of == "account" else "Traits of the user"
        if (of, scope) == ("user", "account"):
            whose = "Traits of one of its users"
        traits = [(f"{of}_trait:{key}", key) for key in keys]
        groups.append((whose, [*traits, (f"{of}_trait:", "Another trait…")]))
    if allowed.groups:
        groups.append(("Segments", [(f"segment:{name}", name) for name in known.segments]))
        groups.append(("Stages", [(f"stage:{name}", name) for name in known.stages]))
    return Offered(scope, [(heading, choices) for heading, choices in groups if choices])


def shown(branch: Branch, name: str, offer: Offered, top: str = "group") -> Values:
    """The whole form. `top`: "group" shows how the lines are joined; "list" has each stand for itself."""
    return {
        "name": name,
        "offer": offer,
        "top": top,
        "shape": shape(branch),
        "group": _group(branch, name, "", offer),
    }


def shape(branch: Branch) -> str:
    """Differs when other fields are to be shown."""
    parts = [
        f"({shape(each)})" if isinstance(each, Branch) else f"{each.what}|{each.op}|{each.span}"
        for each in branch.parts
    ]
    return ",".join(parts)


def _group(branch: Branch, name: str, at: str, offer: Offered) -> Values:
    parts = []
    for number, part in enumerate(branch.parts):
        here = f"{at}.{number}".lstrip(".")
        group = isinstance(part, Branch)
        parts.append(_group(part, name, here, offer) if isinstance(part, Branch) else _row(part, name, here, offer))
        parts[-1] |= {"is_group": group, "place": here}
    return {
        "how": branch.how,
        "place": at,
        "parts": parts,
        "joins": [(key, label) for key, label in said.HOW.items()],
        "may_nest": at.count(".") < DEEPEST - 1,
        "prefix": name,
        "label": f"group {at}" if at else "the rule",
    }


def _row(row: Row, name: str, at: str, offer: Offered) -> Values:
    ops = said.operators(row.kind, row.subject) if row.what not in ("", EVERYONE) else {}
    op = row.op if row.op in ops else next(iter(ops), "")
    takes = OPERATORS.get(op, "") if row.kind not in (*EVENTS, *NAMED) else ""
    unit = METRICS[row.subject].unit if row.kind == "metric" and row.subject in METRICS else ""
    is_day = takes == "day" or (takes == "range" and unit == "day")
    chosen = row.what if offer.has(row.what) else f"{row.kind}:" if offer.has(f"{row.kind}:") else row.what
    return {
        "row": row,
        "what": chosen,
        "stranger": "" if offer.has(chosen) or not chosen else row.subject,
        "typed": row.subject if chosen.endswith(":") else "",
        "named": chosen.endswith(":"),
        "ops": list(ops.items()),
        "op": op,
        "is_event": row.kind in EVENTS,
        "is_change": row.what == "metric:change",
        "spans": list(said.SPANS.items()),
        "takes": takes,
        "value_type": "date" if is_day else "text",
        "value_mode": "decimal" if takes in ("number", "days") or (unit and not is_day) else "",
        "hint": {"several": "Trial, Free", "days": "30", "number": "0"}.get(takes, ""),
        "suffix": {"in_last_days": "days", "more_than_days_ago": "days ago"}.get(op, ""),
        "prefix": name,
        "number": at,
    }
