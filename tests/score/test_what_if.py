"""A draft against the definition in force: the same as two books, made in full and compared one by one."""

import os
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accoil.rule.tree import Scope, check
from accoil.score import drafted
from accoil.score.book import BANDS, Book
from accoil.score.definition import Definition
from accoil.score.groups import Rules
from accoil.score.what_if import Consequences, differences, what_if
from tests import reference
from tests.drawn_definitions import as_product, peopled, peopled_definitions
from tests.small_worlds import at, did, joins, world
from tests.strategies import EVENTS, USERS, WINDOWS, Case
from tests.world import Running, engine

WORLDS = int(os.environ.get("RANDOM_WORLDS", "40")) // 2
EVERYONE = 10_000
SCOPES: tuple[Scope, ...] = ("account", "user")
SEGMENTS: dict[Scope, dict[str, Any]] = {
    "account": {
        "Most Engaged": {"metric": "score", "at_least": 75},
        "Red Hot": {"metric": "change", "at_least": 10},
        "Many": {"metric": "active_users", "at_least": 2},
        "All": {"all": []},
        "Reporting": {"event": "Report"},
    },
    "user": {
        "Least Engaged": {"metric": "score", "below": 25},
        "Activated": {"metric": "activation", "at_least": 100},
        "Rising": {"metric": "change", "days": 1, "above": 0},
        "Often": {"metric": "frequency", "at_least": 2},
    },
}


@st.composite
def drafts(draw: st.DrawFn) -> tuple[Case, list[Definition]]:
    """A world and its definition, and what somebody makes of it, one change after another."""
    case = draw(peopled())
    known = sorted({message.user for message in case.messages if message.user}) or list(USERS[:3])
    done = sorted({message.event for message in case.messages if message.event}) or list(EVENTS[:3])
    now, found = case.definition, [as_product(case.definition)]
    for _ in range(draw(st.integers(1, 4))):
        other = draw(peopled_definitions(replace(case, definition=now), known, done))
        now = draw(
            st.sampled_from(
                (
                    replace(now, events={name: 1 + (weight * 7) % 10 for name, weight in now.events.items()}),
                    replace(now, events={name: 11 - weight for name, weight in now.events.items()}),
                    replace(now, benchmark=7.5, curve="linear"),
                    replace(now, window=draw(st.sampled_from(WINDOWS))),
                    replace(now, filter=other.filter, daily_cap=other.daily_cap),
                    replace(now, user_steps=other.user_steps, account_steps=other.account_steps),
                    other,
                )
            )
        )
        found.append(as_product(now))
    return case, found


def groups() -> dict[Scope, tuple[Rules, Rules]]:
    rules = {
        scope: Rules(scope, {name: check(SEGMENTS[scope][name], scope) for name in SEGMENTS[scope]}) for scope in SCOPES
    }
    return {scope: (rules[scope], rules[scope]) for scope in SCOPES}


def rows_of(book: Book, scope: Scope) -> dict[int, dict[str, Any]]:
    page = book.page(scope, limit=EVERYONE)
    return {row["id"]: row for row in page.rows}


def bands(rows: dict[int, dict[str, Any]]) -> dict[str, int]:
    found = dict.fromkeys(BANDS, 0)
    for row in rows.values():
        found[next(name for name, low in zip(BANDS, (75, 50, 25, 0), strict=True) if row["score"] >= low)] += 1
    return found


def assert_told(told: Consequences, before: Book, after: Book, scope: Scope) -> None:
    was, will = rows_of(before, scope), rows_of(after, scope)
    assert told.counted == (len(was), len(will))
    assert told.scored == tuple(sum(row["raw"] > 0 for row in rows.values()) for rows in (was, will))
    assert told.bands == (bands(was), bands(will))
    nobody = {"score": 0, "name": ""}
    moves = {id: will.get(id, nobody)["score"] - was.get(id, nobody)["score"] for id in was.keys() | will.keys()}
    assert told.moved == sum(move != 0 for move in moves.values())
    up = sorted((move for move in moves.values() if move > 0), reverse=True)[:10]
    down = sorted(sorted(move for move in moves.values() if move < 0)[:10], reverse=True)
    assert [mover.move for mover in told.movers] == up + down
    for mover in told.movers:
        assert mover.move == moves[mover.id]
        assert mover.score_from == (was[mover.id]["score"] if mover.id in was else None)
        assert mover.name == (will.get(mover.id) or was[mover.id])["name"]
    for passing in told.segments:
        rule = check(SEGMENTS[scope][passing.name], scope)
        inside = [set(book.matching(rule, scope)) for book in (before, after)]
        assert (passing.entered, passing.left) == (len(inside[1] - inside[0]), len(inside[0] - inside[1])), passing
        assert passing.inside == (len(inside[0]), len(inside[1]))


@settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
@given(drafts())
def test_whatever_is_drafted_differs_as_two_books_do(drawn: tuple[Case, list[Definition]]) -> None:
    case, (now, *later) = drawn
    with engine(case.messages, case.zone) as running:
        before = running.book(now, case.as_of)
        for draft in [now, *later]:
            after = running.book(draft, case.as_of)
            told = what_if(running.product_id, now, draft, case.as_of, groups())
            assert told.benchmark == (before.benchmark, after.benchmark)
            for scope in SCOPES:
                assert_told(told.of(scope), before, after, scope)
                assert_listed(running, now, draft, case.as_of, scope, (rows_of(before, scope), rows_of(after, scope)))


def assert_listed(
    running: Running, now: Definition, draft: Definition, as_of: date, scope: Scope, books: tuple[Any, Any]
) -> None:
    was, will = books
    figures = ("score", "raw", "activation")
    expected = {}
    for id in was.keys() | will.keys():
        row = {
            f"{figure}_{way}": side[id][figure] if id in side else None
            for figure in figures
            for way, side in (("from", was), ("to", will))
        }
        if any(row[f"{figure}_from"] != row[f"{figure}_to"] for figure in figures):
            expected[id] = row
    rows, total = differences(running.product_id, now, draft, as_of, scope, limit=EVERYONE)
    assert total == len(rows)
    assert {
        row["id"]: {key: row[key] for key in row if key[:5] in ("score", "raw_f", "raw_t", "activ")} for row in rows
    } == expected
    assert [row["move"] for row in rows] == sorted((row["move"] for row in rows), reverse=True)


NOW = Definition(events={"Report": 5, "Look": 1}, window=7, benchmark=100)
TODAY = date(2026, 3, 20)


def busy() -> list[reference.Message]:
    """Ann reports, Bob looks, Cy does nothing; each in an account of their own."""
    people = [joins(user, f"{user} Ltd", at(1)) for user in ("Ann", "Bob", "Cy")]
    return world(people, did("Ann", "Report", at(19), 10), did("Bob", "Look", at(19), 20)).messages


def test_a_draft_is_told_in_scores_bands_movers_and_segments():
    with engine(busy(), "UTC") as running:
        draft = Definition(events={"Report": 1, "Look": 10}, window=7, benchmark=100)
        told = what_if(running.product_id, NOW, draft, TODAY, groups())
    accounts = told.accounts
    assert (accounts.counted, accounts.scored, accounts.moved) == ((3, 3), (2, 2), 2)
    assert [(mover.name, mover.score_from, mover.score_to) for mover in accounts.movers] == [
        ("Bob Ltd", 37, 99), ("Ann Ltd", 68, 21),
    ]  # fmt: skip
    most = next(each for each in accounts.segments if each.name == "Most Engaged")
    assert (most.entered, most.left, most.inside) == (1, 0, (0, 1))
    assert accounts.bands[1] == {"most": 1, "slightly": 0, "passive": 0, "least": 2}


def test_without_a_definition_in_force_everybody_comes_in_and_nobody_moved():
    with engine(busy(), "UTC") as running:
        told = what_if(running.product_id, None, NOW, TODAY, groups())
    assert (told.accounts.counted, told.accounts.movers) == ((0, 3), [])
    everyone = next(each for each in told.accounts.segments if each.name == "All")
    assert (everyone.entered, everyone.inside) == (3, (0, 3))


def test_facts_that_come_while_sliders_move_are_no_difference():
    with engine(busy(), "UTC") as running:
        what_if(running.product_id, NOW, NOW, TODAY)
        drafted_weights = Definition(events={"Report": 6, "Look": 1}, window=7, benchmark=100)
        receive(running, did("Bob", "Look", at(19, 13), 7))
        told = what_if(running.product_id, NOW, drafted_weights, TODAY)
        assert [mover.name for mover in told.accounts.movers] == ["Ann Ltd"]
        other_window = Definition(events={"Report": 5, "Look": 1}, window=14, benchmark=100)
        assert what_if(running.product_id, NOW, other_window, TODAY).accounts.movers == []
        assert what_if(running.product_id, NOW, NOW, TODAY).accounts.movers == []


def test_a_draft_of_before_facts_came_is_made_anew_when_another_knows_of_them():
    def weighing(report: int, unused: int) -> Definition:
        return Definition(events={"Report": report, "Look": 1, "Unused": unused}, window=7, benchmark=100)

    with engine(busy(), "UTC") as running:
        what_if(running.product_id, weighing(5, 1), weighing(6, 1), TODAY)
        receive(running, did("Bob", "Look", at(19, 13), 7))
        assert what_if(running.product_id, weighing(6, 1), weighing(6, 2), TODAY).accounts.movers == []


def receive(running: Running, messages: list[reference.Message]) -> None:
    from tests.world import _engine

    _engine().receive(running.product_id, messages)


def test_the_list_is_searched_sorted_and_paged():
    with engine(busy(), "UTC") as running:
        draft = Definition(events={"Report": 1, "Look": 10}, window=7, benchmark=100)
        ask = (running.product_id, NOW, draft, TODAY, "user")
        rows, total = differences(*ask, sort="name", limit=1, offset=1)
        assert ([row["name"] for row in rows], total) == (["Bob"], 2)
        rows, total = differences(*ask, search="ann")
        assert ([(row["name"], row["raw_from"], row["raw_to"]) for row in rows], total) == ([("Ann", 50, 10)], 1)


def test_only_a_few_books_of_drafts_are_kept():
    with engine(busy(), "UTC") as running:
        for weight in range(1, 11):
            what_if(running.product_id, NOW, Definition(events={"Report": weight}, window=1), TODAY)
            what_if(running.product_id, NOW, Definition(events={"Report": 5, "Look": weight}, window=14), TODAY)
    assert len(drafted._bases) <= drafted.BASES_KEPT
    assert all(len(base._drafts) <= drafted.DRAFTS_KEPT for base in drafted._bases.values())
