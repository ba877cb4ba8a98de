"""Texts with names in them, such as “{{ account.name }} is at risk”: what stands between the braces is looked up in a
list of names, and nothing else can stand there."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.rule.values import nearest
from accoil.score.wording import in_percent

Row = Mapping[str, Any]  # of a book
Said = dict[str, str]  # name → what stands in its place

LONGEST = 5_000  # characters, before names are filled in
PLACE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def _plain(key: str) -> Callable[[Row], str]:
    """On one line: what somebody is called must not begin another one."""
    return lambda row: "" if row.get(key) is None else " ".join(str(row[key]).split())


def _percent(key: str) -> Callable[[Row], str]:
    return lambda row: "" if row.get(key) is None else f"{in_percent(row[key])} %"


def _day(key: str) -> Callable[[Row], str]:
    def told(row: Row) -> str:
        day = row.get(key)
        return f"{day.day} {day:%B %Y}" if isinstance(day, date) else ""

    return told


def _money(row: Row) -> str:
    cents = row.get("mrr")
    return "" if cents is None else f"${cents / 100:,.2f}".removesuffix(".00")


_BOTH: dict[str, Callable[[Row], str]] = {
    "name": _plain("name"),
    "id": _plain("tracking_id"),
    "score": _plain("score"),
    "change": lambda row: f"{row['change']:+d}" if row.get("change") is not None else "",
    "activation": _percent("activation"),
    "adoption": _percent("adoption"),
    "frequency": _plain("frequency"),
    "last_active": _day("last_active"),
    "created": _day("created_on"),
}
NAMES: dict[Kind, dict[str, Callable[[Row], str]]] = {
    "account": {
        **_BOTH,
        "active_users": _plain("active_users"),
        "total_users": _plain("total_users"),
        "mrr": _money,
        "plan": _plain("plan"),
        "status": _plain("status"),
    },
    "user": {**_BOTH, "email": _plain("email"), "role": _plain("role")},
}
OTHERS = ("automation.name", "profile.name", "product.name", "reason")


def known_names(scope: Kind) -> list[str]:
    """Names that may stand in a text about an account, or about a user and his account."""
    kinds: tuple[Kind, ...] = ("account",) if scope == "account" else ("user", "account")
    return [f"{kind}.{name}" for kind in kinds for name in NAMES[kind]] + list(OTHERS)


def check_text(text: str, scope: Kind) -> None:
    """Raises Refused, as the end of a sentence, for a name that means nothing there."""
    if len(text) > LONGEST:
        raise Refused(f"it is longer than {LONGEST:,} characters; shorten it")
    known = known_names(scope)
    for place in PLACE.findall(text):
        name = place.strip()
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean {{{{ {near} }}}}?" if near else f"there are: {', '.join(known)}"
            raise Refused(f"{{{{ {name} }}}} is not a name that can stand there; {hint}")


def has_names(text: str) -> bool:
    return PLACE.search(text) is not None


def filled(text: str, said: Said) -> str:
    """With the names replaced; what somebody's name holds is never looked at again."""
    return PLACE.sub(lambda place: said.get(place[1].strip(), ""), text)


def told(kind: Kind, row: Row | None) -> Said:
    """Name → text of one user or account; all empty where nothing is known of it."""
    return {f"{kind}.{name}": tell(row) if row else "" for name, tell in NAMES[kind].items()}
