"""A backtest against the books of its days, looked through one by one."""

import os
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accoil.rule.tree import Names, Scope, check, inlined, mentions
from accoil.score.backtest import EARLIER, Question, backtest
from accoil.score.book import Book
from accoil.score.definition import Definition
from accoil.score.groups import Rules
from tests.drawn_definitions import as_product, peopled, settling
from tests.rule.drawn import rules
from tests.small_worlds import at, did, identified, joins, world
from tests.strategies import Case
from tests.world import Running, engine

WORLDS = int(os.environ.get("RANDOM_WORLDS", "40")) // 4
EVERYONE = 10_000
SEGMENTS = {"Low": {"metric": "score", "below": 25}, "Often": {"metric": "frequency", "at_least": 2}}


@st.composite
def questions(draw: st.DrawFn) -> tuple[Case, Scope, Any, int, int]:
    case = draw(peopled())
    scope = draw(st.sampled_from(("account", "user")))
    outcome = settling(case, scope).settled(draw(rules(scope, named=False, leaves=2)))
    return case, scope, outcome, draw(st.sampled_from((1, 7, 30))), draw(st.integers(1, 3))


def rows_of(book: Book, scope: Scope) -> dict[int, dict[str, Any]]:
    page = book.page(scope, limit=EVERYONE)
    return {row["id"]: row for row in page.rows}


def looked_through(running: Running, question: Question) -> list[tuple[int, dict[str, Any], bool, set[str]]]:
    """Every look: days back, the row, whether the outcome came, the segments it was in."""
    names, looks = {name: check(raw, question.scope) for name, raw in SEGMENTS.items()}, []
    open_to_all = Definition(events=question.definition.events, window=question.definition.window)

    def holds(day: date) -> set[int]:
        whose = question.definition if mentions(question.outcome).metrics else open_to_all
        return set(running.book(whose, day).matching(question.outcome, question.scope))

    for period in range(question.periods, 0, -1):
        day = question.as_of - timedelta(days=question.days * period)
        book = running.book(question.definition, day)
        inside = {name: set(book.matching(rule, question.scope)) for name, rule in names.items()}
        before, after = holds(day), holds(day + timedelta(days=question.days))
        for id, row in rows_of(book, question.scope).items():
            if id not in before:
                looks.append((period, row, id in after, {name for name, ids in inside.items() if id in ids}))
    return looks


@settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
@given(questions())
def test_a_backtest_looks_at_everyone_on_each_day(drawn: tuple[Case, Scope, Any, int, int]) -> None:
    case, scope, raw, days, periods = drawn
    definition = as_product(case.definition)
    outcome = inlined(check(raw, scope), Names(features={k: tuple(v) for k, v in case.definition.features.items()}))
    with engine(case.messages, case.zone) as running:
        question = Question(running.product_id, definition, scope, outcome, case.as_of, days, periods)
        segments = Rules(scope, {name: check(raw, scope) for name, raw in SEGMENTS.items()})
        found = backtest(question, segments)
        looks = looked_through(running, question)
    cases = [row["score"] for _, row, came, _ in looks if came]
    others = [row["score"] for _, row, came, _ in looks if not came]
    assert (found.observed, found.cases) == (len(looks), len(cases))
    assert found.entities == len({row["id"] for _, row, _, _ in looks})
    assert sum(group.observed for group in found.bands) == sum(group.observed for group in found.tenths) == len(looks)
    assert sum(group.cases for group in found.bands) == sum(group.cases for group in found.tenths) == len(cases)
    if cases and others:
        won = sum((case > other) + (case == other) / 2 for case in cases for other in others)
        assert found.score.auc == pytest.approx(won / len(cases) / len(others))
        assert found.earlier[days] == found.score
    else:
        assert found.score.auc is None
    for name in SEGMENTS:
        inside = [came for _, _, came, segments_then in looks if name in segments_then]
        group = found.segments.get(name)
        assert (group.observed, group.cases) == (len(inside), sum(inside)) if group else not inside


TODAY = date(2026, 3, 20)
BY_POINTS = Definition(events={"Report": 1}, window=7, benchmark=10)
CANCELLED = check({"account_trait": "status", "is": "Cancelled"}, "account")


def leaving() -> Any:
    """Ten accounts: those with an even number report much and stay; one quiet one cancels in each of two weeks."""
    found = []
    for number in range(10):
        user, account = f"u{number}", f"a{number}"
        found += [joins(user, account, at(1, month=2), status="Paid")]
        busy = 12 if number % 2 == 0 else 1
        found += [did(user, "Report", at(day, month=month), busy) for month, day in ((2, 25), (3, 4), (3, 11), (3, 18))]
    found += [joins(None, "a1", at(10), status="Cancelled"), joins(None, "a3", at(17), status="Cancelled")]
    return world(*found).messages


def test_low_scores_came_before_those_who_left():
    heard: list[tuple[int, int]] = []
    with engine(leaving(), "UTC") as running:
        question = Question(running.product_id, BY_POINTS, "account", CANCELLED, TODAY, days=7, periods=3)
        found = backtest(question, told=lambda done, of: heard.append((done, of)))
    # Ten accounts, then ten, then nine: a1 had left before the last week began.
    assert (found.observed, found.entities, found.cases) == (29, 10, 2)
    assert found.share == 2 / 29
    # Every one that left stood below every busy one, and even with the quiet ones that stayed.
    assert found.score.auc == pytest.approx((12 * 0.5 + 15 * 0) / 27)
    assert found.score.is_sure
    least, most = found.bands
    assert (least.place, least.observed, least.cases, most.place, most.cases) == (0, 14, 2, 3, 0)
    assert least.lift == pytest.approx((2 / 14) / (2 / 29))
    assert list(found.earlier) == [7, 14, 21]
    assert heard == [(done, 3 + EARLIER + 1) for done in range(3 + EARLIER + 1)]


def test_an_outcome_that_takes_people_out_of_the_profile_is_still_seen():
    messages = [
        *(identified(f"u{number}", at(1), status="Trial") for number in range(4)),
        identified("u1", at(15), status="Paid"),
    ]
    trial = Definition(events={"Report": 1}, filter=check({"user_trait": "status", "is": "Trial"}, "user"))
    paid = check({"user_trait": "status", "is": "Paid"}, "user")
    with engine(messages, "UTC") as running:
        found = backtest(Question(running.product_id, trial, "user", paid, TODAY, days=7, periods=1))
    assert (found.observed, found.cases) == (4, 1)


def test_nothing_received_means_nothing_found():
    with engine([], "UTC") as running:
        found = backtest(Question(running.product_id, BY_POINTS, "account", CANCELLED, TODAY))
    assert (found.observed, found.cases, found.share, found.bands, found.score.auc) == (0, 0, 0.0, [], None)
