"""What is remembered stays as long as it is asked for, and no longer than no fact has changed it."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from accoil.count.facts import Facts
from accoil.score import remembered, summaries
from accoil.score.definition import Definition
from accoil.score.remembered import Days, Lately
from accoil.team.models import Product
from tests.small_worlds import at, did
from tests.world import Engine


def test_the_one_that_nobody_asked_for_the_longest_is_let_go_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "STILL_ASKED", 0.0)
    gone: list[str] = []
    kept = Lately[str](2, gone.append)
    for key in ("a", "b", "a", "c"):
        kept.get(key, key.upper)
    assert gone == ["B"]
    assert kept.get("a", lambda: "made again") == "A"
    assert kept.get("b", lambda: "made again") == "made again"
    assert gone == ["B", "C"]


def test_what_somebody_may_be_asking_still_is_let_go_of_later(monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[str] = []
    kept = Lately[str](1, gone.append)
    for key in ("a", "b", "c"):
        kept.get(key, key.upper)
    assert gone == []
    monkeypatch.setattr(remembered, "STILL_ASKED", 0.0)
    kept.get("c", lambda: "made again")
    assert gone == ["A", "B"]


def test_days_are_forgotten_from_the_first_one_on_that_a_load_touched(engine: Engine) -> None:
    facts = Facts(engine.facts.store)
    known = Days[str](facts, 1)
    known.found().update({5: "five", 6: "six", 7: "seven"})
    facts.moved(2, first_day=1)
    assert known.found().keys() == {5, 6, 7}
    facts.moved(1, first_day=6)
    assert known.found() == {5: "five"}
    known.found()[6] = "six anew"
    assert known.found() == {5: "five", 6: "six anew"}


def test_days_are_at_hand_until_a_load_touches_them(engine: Engine) -> None:
    facts = Facts(engine.facts.store)
    known = Days[str](facts, 1)
    known.found().update({5: "five", 6: "six", 7: "seven"})
    assert known.at_hand(range(5, 8)) == ["five", "six", "seven"]
    assert known.at_hand(range(5, 9)) is None
    facts.moved(1, first_day=6)
    assert known.at_hand(range(5, 6)) == ["five"]
    assert known.at_hand(range(5, 7)) is None


def test_who_asks_for_days_that_are_known_does_not_wait_while_others_are_found_out(
    new_product: Callable[..., Product], receive: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page needs the benchmarks of ninety days, which are there, while a year of them is being summed up."""
    product = new_product()
    receive(product, did("u", "Open", at(10)))
    asked = summaries.summaries(product.pk, Definition(events={"Open": 1}))
    known = asked.rows(date(2026, 3, 8), date(2026, 3, 12))
    begun, go_on, find_out = threading.Event(), threading.Event(), summaries.each_day

    def slowly(*which: Any, **how: Any) -> Any:
        begun.set()
        assert go_on.wait(20)
        return find_out(*which, **how)

    monkeypatch.setattr(summaries, "each_day", slowly)
    ahead = threading.Thread(target=asked.rows, args=(date(2026, 2, 1), date(2026, 2, 20)))
    ahead.start()
    try:
        assert begun.wait(20)
        assert asked.rows(date(2026, 3, 8), date(2026, 3, 12)) == known
        assert not asked.lacks(date(2026, 3, 8), date(2026, 3, 12))
        assert asked.lacks(date(2026, 2, 1), date(2026, 2, 20))
    finally:
        go_on.set()
        ahead.join(20)
    assert not asked.lacks(date(2026, 2, 1), date(2026, 2, 20))
