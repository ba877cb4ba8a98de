"""The columns that lists of accounts and users can have, and which of them somebody chose."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.count.people import all_names
from accoil.show import words
from accoil.show.frame import Frame
from accoil.show.lists import Column
from accoil.show.made_of import SAYINGS
from accoil.show.meanings import PEOPLE
from accoil.show.models import ListColumns
from accoil.show.tables import trait

Row = dict[str, Any]
TRAIT = "trait:"
HAVE_COLUMNS = {"name", "email", "role", "plan", "status", "mrr"}  # traits that the book has as figures of its own
MOST_TRAITS = 100  # to choose from
MOST_SHOWN = 16

# What a cell is told with beside its row: the day looked at, days of the window, how many activation steps there are.
Telling = tuple[date, int, int]


@dataclass(frozen=True)
class Shown(Column):
    """`part`: drawn by the template (score, change, line); else `text` says what stands in it, and `unit` what that is
    where a phone shows no head."""

    key: str = ""
    part: str = ""
    text: Callable[[Row, Telling], str] = lambda row, told: ""
    unit: str = ""

    def __post_init__(self) -> None:
        if self.key in PEOPLE:
            object.__setattr__(self, "says", self.key)

    @property
    def trait(self) -> str:
        """The trait it shows, "" for any other."""
        return self.key.removeprefix(TRAIT) if self.key.startswith(TRAIT) else ""


def _of(key: str) -> Callable[[Row, Telling], str]:
    return lambda row, told: "" if row[key] is None else str(row[key])


def _percent(key: str) -> Callable[[Row, Telling], str]:
    return lambda row, told: "" if row[key] is None else words.percent(row[key])


def _day(key: str) -> Callable[[Row, Telling], str]:
    return lambda row, told: words.day(row[key], told[0]) if row[key] else "never"


def _activation(row: Row, told: Telling) -> str:
    return "" if row["activation"] is None else f"{round(row['activation'] * told[2])} of {told[2]}"


def _frequency(row: Row, told: Telling) -> str:
    return f"{row['frequency']} of {told[1]}"


def _mrr(row: Row, told: Telling) -> str:
    return "" if row["mrr"] is None else words.money(row["mrr"])


NAME = {"account": Column("Account", "name"), "user": Column("User", "name")}
_FIRST = (
    Shown("Score", "-score", "second", key="score", part="score"),
    Shown("Change", "-change", "beside", key="change", part="change"),
    Shown("30 days", key="line", part="line"),
    Shown("Activation", "-activation", "number", key="activation", text=_activation),
)
_LAST = (
    Shown("Adoption", "-adoption", "number", key="adoption", text=_percent("adoption")),
    Shown("Adoption ever", "-lifetime_adoption", "number", key="lifetime_adoption", text=_percent("lifetime_adoption")),
    Shown("Points", "-raw", "number", key="raw", text=lambda row, told: words.number(row["raw"])),
    Shown("Last active", "-last_active", "number fourth", key="last_active", text=_day("last_active")),
    Shown("Since", "-created_on", "number", key="created_on", text=_day("created_on")),
)
ACCOUNTS: tuple[Shown, ...] = (
    *_FIRST,
    Shown("Active users", "-active_users", "number third", ("active_users", "total_users"), "active_users",
          text=lambda row, told: f"{row['active_users']} of {row['total_users']}", unit=" users active"),
    Shown("Users active", "-active_percent", "number", key="active_percent", text=_percent("active_percent")),
    Shown("Days active", "-frequency", "number", key="frequency", text=_frequency),
    *_LAST,
    Shown("MRR", "-mrr", "number", key="mrr", text=_mrr),
    Shown("Plan", "plan", key="plan", text=_of("plan")),
    Shown("Status", "status", key="status", text=_of("status")),
)  # fmt: skip
USERS: tuple[Shown, ...] = (
    *_FIRST,
    Shown("Account", "account_name", "name third hush", key="account_name", text=_of("account_name")),
    Shown("E-mail", "email", "name", key="email", text=_of("email")),
    Shown("Role", "role", key="role", text=_of("role")),
    Shown("Days active", "-frequency", "number", key="frequency", text=_frequency),
    *_LAST,
)  # fmt: skip
EVERY: dict[Kind, tuple[Shown, ...]] = {"account": ACCOUNTS, "user": USERS}
USUAL: dict[Kind, tuple[str, ...]] = {
    "account": ("score", "change", "line", "activation", "active_users", "adoption", "last_active", "mrr"),
    "user": ("score", "change", "line", "activation", "account_name", "frequency", "adoption", "last_active"),
}


def sortable(kind: Kind) -> tuple[Column, ...]:
    """Everything a list can be sorted by, shown or not: an address that a colleague sent keeps its order."""
    return (NAME[kind], *EVERY[kind])


def offered(frame: Frame, kind: Kind) -> list[Shown]:
    """All that can be chosen: figures, the owner of an account, then traits. Activation only where there are steps."""
    traits = sorted(all_names(frame.product.pk, f"{kind}_traits"), key=str.lower)
    owner = facts().configured(frame.product.pk).owner if kind == "account" else None
    told = [Shown("Owner", css="name", key=TRAIT + owner, text=_trait(owner))] if owner else []
    told += [
        Shown(words.event(key).capitalize(), css="name", key=TRAIT + key, text=_trait(key))
        for key in traits[:MOST_TRAITS]
        if key != owner and key not in HAVE_COLUMNS
    ]
    return [*(each for each in EVERY[kind] if each.key != "activation" or _steps(frame, kind)), *told]


def _trait(key: str) -> Callable[[Row, Telling], str]:
    return lambda row, told: trait(key, row["traits"][key], told[0]) if row["traits"].get(key) is not None else ""


def _steps(frame: Frame, kind: Kind) -> int:
    return len(frame.definition.activation.steps(kind))


def chosen(frame: Frame, kind: Kind) -> list[Shown]:
    """Those that the person wants to see, in the order in which they are offered."""
    kept = ListColumns.objects.filter(user=frame.author, product=frame.product, kind=kind).first()
    keys = kept.keys if kept else USUAL[kind]
    return [each for each in offered(frame, kind) if each.key in keys][:MOST_SHOWN]


def choose(frame: Frame, kind: Kind, keys: Iterable[str]) -> None:
    """Remembers them for the person; none: the usual ones again."""
    wanted = set(keys)
    known = [each.key for each in offered(frame, kind) if each.key in wanted][:MOST_SHOWN]
    mine = ListColumns.objects.filter(user=frame.author, product=frame.product, kind=kind)
    if not known or known == [each.key for each in offered(frame, kind) if each.key in USUAL[kind]]:
        mine.delete()
    else:
        ListColumns.objects.update_or_create(
            user=frame.author, product=frame.product, kind=kind, defaults={"keys": known}
        )


def with_cells(frame: Frame, kind: Kind, shown: Sequence[Shown], rows: Sequence[Row]) -> list[Row]:
    """The rows, each with what stands in its columns as `cells`."""
    told = (frame.today, frame.definition.window, _steps(frame, kind))
    return [{**row, "cells": [_cell(column, row, told) for column in shown]} for row in rows]


def _cell(column: Shown, row: Row, told: Telling) -> dict[str, str]:
    text = column.text(row, told)
    says = column.says if (text or column.part) and column.says in SAYINGS else ""
    return {"part": column.part, "css": column.css, "text": text, "unit": column.unit, "says": says}
