"""What an answer about one user or account holds beside its metrics when `expand` names it."""

from collections.abc import Callable

from pydantic import Field

from accoil.count import people
from accoil.count.ids import Kind
from accoil.score.explain import explain
from accoil.segment.within import within
from accoil.show import insights
from accoil.show.api.asked import Asked, Opened, Row, named, now
from accoil.show.api.errors import invalid

EXPANSIONS: dict[Kind, list[str]] = {
    "account": ["insights", "traits", "segments"], "user": ["traits", "segments"],
}  # fmt: skip
MOST_TRAITS = 8  # of a user, each named; an account shows all it has


class AskedOne(Asked):
    expand: str = Field("", description=f"Any of {', '.join(EXPANSIONS['account'])}, with commas between.")


class AskedUser(Asked):
    expand: str = Field("", description=f"Any of {', '.join(EXPANSIONS['user'])}, with commas between.")
    traits: str = Field("", max_length=4000, description=f"With expand=traits: which, up to {MOST_TRAITS}.")


def expanded(opened: Opened, kind: Kind, row: Row, asked: AskedOne | AskedUser) -> Row:
    wanted = named(asked.expand, EXPANSIONS[kind], "expand")
    keys = _keys(asked.traits) if isinstance(asked, AskedUser) and "traits" in wanted else None
    makes: dict[str, Callable[[], object]] = {
        "insights": lambda: _insights(opened, row),
        "traits": lambda: _traits(opened, kind, row, keys),
        "segments": lambda: _segments(opened, kind, row),
    }
    return {name: makes[name]() for name in wanted} | {"_expansions": EXPANSIONS[kind]}


def _keys(traits: str) -> list[str]:
    wanted = [key for key in traits.split(",") if key]
    if not 1 <= len(wanted) <= MOST_TRAITS:
        raise invalid("traits", f"traits must name 1 to {MOST_TRAITS} traits, with commas between.")
    return wanted


def _traits(opened: Opened, kind: Kind, row: Row, keys: list[str] | None) -> Row:
    told = people.traits(opened.product.pk, kind, row["id"], opened.as_of)
    return told if keys is None else {key: told[key] for key in keys if key in told}


def _insights(opened: Opened, row: Row) -> Row:
    parts = explain(opened.product.pk, opened.definition, "account", row["id"], opened.as_of)["parts"]
    return insights.of_account(row, parts, opened.definition.window, opened.as_of) | {"generated_at": now()}


def _segments(opened: Opened, kind: Kind, row: Row) -> list[Row]:
    found = within(opened.profile, kind, opened.book, opened.segments, row["id"])
    return [{"id": each.pk, "name": each.name, "default": each.is_built_in} for each in found if not each.is_stage]
