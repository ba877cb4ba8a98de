"""Views over the population against the reference, in random worlds, and what they say in a small one."""

import os
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accoil.count.ids import ACCOUNT, USER, id_of
from accoil.score import reach, views
from accoil.score.definition import Definition
from accoil.score.views import View, by_day, events, features, habits_by_day, most, taken_up
from tests.drawn_definitions import as_product, peopled
from tests.reference import Definition as Said
from tests.reference import World
from tests.reference_views import Views
from tests.small_worlds import at, did, joins
from tests.strategies import EVENTS, Case, cases
from tests.world import _engine as shared
from tests.world import engine

WORLDS = int(os.environ.get("RANDOM_WORLDS", "60"))
KINDS = {"user": USER, "account": ACCOUNT}
# What can have no share: a set whose events never happened.
SETS = {"Reports": ["Report", "report"], "Sharing": ["Report Shared", "📈"], "Nothing": ["Never_Seen"]}


def close(expected: Any) -> Any:
    """Equal but for the last bits of fractions."""
    if isinstance(expected, dict):
        return {key: close(value) for key, value in expected.items()}
    if isinstance(expected, list):
        return [close(value) for value in expected]
    return pytest.approx(expected, abs=1e-6) if isinstance(expected, float) else expected


@settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.one_of(cases(), peopled()),
    st.sampled_from(("user", "account")),
    st.sampled_from((1, 7, 30, 45)),
    st.booleans(),
    st.data(),
)
def test_every_view_equals_the_reference(case: Case, kind: Any, length: int, some: bool, data: st.DataObject) -> None:
    world, said = World(case.messages, case.zone), case.definition
    definition = as_product(said)
    first = case.as_of - timedelta(days=length - 1)
    whole = Views(world, said, kind, first, case.as_of)
    names = sorted(whole.heads)
    only = data.draw(st.sets(st.sampled_from(names))) if some and names else None
    expected = Views(world, said, kind, first, case.as_of, only)
    with engine(case.messages, case.zone) as running:
        ids = None if only is None else frozenset(id_of(running.product_id, KINDS[kind], name) for name in only)
        view = View(
            product_id=running.product_id, definition=definition, kind=kind, first=first, last=case.as_of, only=ids
        )
        shown = {row["name"]: row for row in events(view)}
        assert shown.keys() == {event for _, _, event, _ in world.told()}
        for event, row in shown.items():
            assert row == close({**expected.taken_up(event, [event]), "scored": event in said.events})
        assert features(view, SETS) == close([expected.feature(name, of) for name, of in SETS.items()])
        for of in (SETS["Reports"], list(said.events)[:1]):
            assert by_day(view, of) == close(expected.by_day(of))
            assert by_day(view, of) == close(expected.by_day(of)), "remembered"
        if length <= 7 and only is None and said.events:
            assert habits_by_day(view) == close(whole.habits_by_day())
        counted = {row["name"]: row["times"] for row in most(view, SETS["Reports"], limit=1000)}
        assert sum(counted.values()) == expected.times(case.as_of, length, SETS["Reports"])


@pytest.mark.parametrize("kind", ["user", "account"])
def test_many_sets_are_counted_as_few_are(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    messages = [
        joins("ann", "acme", at(1)), *did("ann", "Report", at(20), 3), *did("ann", "Report Shared", at(9)),
        *did("bob", "Report", at(19)), *did("bob", "📈", at(30)),
    ]  # fmt: skip
    with engine(messages, "UTC") as running:
        view = View(
            product_id=running.product_id, definition=Definition(events={"Report": 1}), kind=kind,
            first=date(2026, 3, 17), last=date(2026, 3, 31),
        )  # fmt: skip
        sets = {event: [event] for event in EVENTS}
        few = taken_up(view, sets)
        monkeypatch.setattr(views, "NARROW", 1)
        assert taken_up(view, sets) == few, "wider bits"
        monkeypatch.setattr(views, "WIDE", 1)
        assert taken_up(view, sets) == few, "no bits"


def test_a_late_event_changes_the_days_it_reaches() -> None:
    with engine(did("ann", "Report", at(20)), "UTC") as running:
        view = View(
            product_id=running.product_id, definition=Definition(events={"Report": 1}), kind="user",
            first=date(2026, 3, 1), last=date(2026, 3, 31),
        )  # fmt: skip
        assert [row["day"].day for row in by_day(view, ["Report"]) if row["did"]] == [20]
        shared().receive(running.product_id, did("bob", "Report", at(12)))
        rows = {row["day"].day: row for row in by_day(view, ["Report"])}
        assert (rows[12]["did"], rows[12]["active"], rows[12]["adoption"]) == (1, 1, 1.0)
        assert (rows[18]["did"], rows[18]["active"]) == (0, 1), "six days on she is active still"
        assert (rows[20]["did"], rows[20]["active"], rows[20]["week"]) == (1, 1, pytest.approx(1 / 7))


def test_what_is_remembered_is_not_mixed_up_between_products_and_kinds() -> None:
    definition = Definition(events={"Report": 1})
    span = {"first": date(2026, 3, 25), "last": date(2026, 3, 31), "definition": definition}
    with engine(
        [joins("ann", "acme", at(1)), *did("ann", "Report", at(30)), *did("una", "Report", at(30))], "UTC"
    ) as one:
        users = by_day(View(product_id=one.product_id, kind="user", **span), ["Report"])
        accounts = by_day(View(product_id=one.product_id, kind="account", **span), ["Report"])
    with engine(did("gus", "Report", at(29)), "UTC") as other:
        others = by_day(View(product_id=other.product_id, kind="user", **span), ["Report"])
    assert [row["did"] for row in users] == [0, 0, 0, 0, 0, 2, 0]
    assert [row["did"] for row in accounts] == [0, 0, 0, 0, 0, 1, 0]
    assert [row["did"] for row in others] == [0, 0, 0, 0, 1, 0, 0]
    assert reach._remembered


@pytest.mark.parametrize("kind", ["user", "account"])
def test_days_that_are_over_are_read_again_only_when_something_late_came_for_them(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    came = [
        joins("ann", "acme", at(1)), *did("ann", "Report", at(20), 2), *did("bob", "Report", at(8), 1, "globex"),
        *did("ann", "Report Shared", at(30)),
    ]  # fmt: skip
    sets = {"Report": ["Report"], "Sharing": ["Report Shared"]}
    said = Said(events={"Report": 1})
    monkeypatch.setattr("accoil.score.book.FRESH_FOR", 0.0)
    kept: list[str] = []
    keep = reach.Whose.keep
    monkeypatch.setattr(reach.Whose, "keep", lambda *given, **more: kept.append("kept") or keep(*given, **more))
    more = ([], did("una", "Report", at(31)), did("una", "Report", at(10), 1, "late"), [])
    with engine(came, "UTC") as running:
        view = View(
            product_id=running.product_id, definition=Definition(events={"Report": 1}), kind=kind,
            first=date(2026, 3, 2), last=date(2026, 3, 31),
        )  # fmt: skip
        for place, messages in enumerate(more):
            shared().receive(running.product_id, messages)
            came += messages
            expected = Views(World(came, "UTC"), said, kind, view.first, view.last)
            assert taken_up(view, sets) == close([expected.taken_up(name, of) for name, of in sets.items()])
            assert len(kept) == (1, 1, 2, 2)[place]
