"""Look-backs: the same one runs once, a newer one about the same replaces the older, the rest wait their turn."""

import threading
from collections.abc import Callable, Iterator

import pytest

from accoil.act import running
from accoil.act.running import REPLACED, Run, Runs, Told, Turns
from accoil.count.facts import open_facts
from accoil.refused import Refused
from tests.waiting import until
from tests.world import _engine

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def some_facts() -> None:
    open_facts(_engine().facts)


@pytest.fixture
def opens() -> Iterator[threading.Event]:
    """What is worked out comes no further until it is set."""
    it = threading.Event()
    yield it
    it.set()


def waits(opens: threading.Event, begun: list[str], name: str) -> Callable[[Told], str]:
    def work(told: Told) -> str:
        begun.append(name)
        for day in range(3):
            told(day, 3)
            opens.wait(20)
        return name

    return work


def test_the_same_question_runs_once(opens: threading.Event) -> None:
    runs, turns, begun = Runs[str](), Turns(2), list[str]()
    first = runs.get("a", lambda: Run(turns, waits(opens, begun, "a"), 3))
    assert runs.get("a", lambda: Run(turns, waits(opens, begun, "again"), 3)) is first
    opens.set()
    assert first.wait(20) and first.found == "a" and begun == ["a"]
    assert runs.get("a", lambda: Run(turns, waits(opens, begun, "again"), 3)) is first


def test_so_many_at_once_and_the_rest_in_the_order_they_came(opens: threading.Event) -> None:
    runs, turns, begun = Runs[str](), Turns(2), list[str]()
    made = [
        runs.get(name, lambda name=name: Run(turns, waits(opens, begun, name), 3))  # type: ignore[misc]
        for name in "abcd"
    ]
    until(lambda: len(begun) == 2)
    assert [run.before for run in made] == [0, 0, 1, 2]
    assert not made[3].wait()  # a page does not wait for one that waits
    opens.set()
    assert all(run.wait(20) for run in made)
    assert [run.found for run in made] == ["a", "b", "c", "d"]
    assert sorted(begun[:2]) == ["a", "b"]


def test_a_newer_one_about_the_same_replaces_the_older_and_who_waits_for_it_learns_so(opens: threading.Event) -> None:
    runs, turns, begun = Runs[str](), Turns(1), list[str]()
    old = runs.get("old", lambda: Run(turns, waits(opens, begun, "old"), 3, about="automation 1"))
    other = runs.get("other", lambda: Run(turns, waits(opens, begun, "other"), 3, about="automation 2"))
    until(lambda: begun == ["old"])
    new = runs.get("new", lambda: Run(turns, waits(opens, begun, "new"), 3, about="automation 1"))
    assert old.is_replaced and old.failed == REPLACED and not other.is_replaced
    assert runs.get("old", lambda: pytest.fail("it would replace the newer one")) is old  # told once
    opens.set()
    assert old.wait(20) and old.found is None
    assert new.wait(20) and new.found == "new" and other.wait(20)
    asked_again = runs.get("old", lambda: Run(turns, waits(opens, begun, "old again"), 3, about="automation 1"))
    assert asked_again is not old and asked_again.wait(20) and asked_again.found == "old again"


def test_one_that_is_replaced_before_its_turn_is_never_begun(opens: threading.Event) -> None:
    runs, turns, begun = Runs[str](), Turns(1), list[str]()
    first = runs.get("first", lambda: Run(turns, waits(opens, begun, "first"), 3))
    old = runs.get("old", lambda: Run(turns, waits(opens, begun, "old"), 3, about=1))
    new = runs.get("new", lambda: Run(turns, waits(opens, begun, "new"), 3, about=1))
    assert old.wait(20)
    assert new.before == 1
    opens.set()
    assert first.wait(20) and new.wait(20)
    assert begun == ["first", "new"]


def test_too_many_are_refused_with_a_sentence(opens: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MOST", 3)
    runs, turns, begun = Runs[str](), Turns(1), list[str]()
    for name in "abc":
        runs.get(name, lambda name=name: Run(turns, waits(opens, begun, name), 3))  # type: ignore[misc]
    with pytest.raises(Refused, match="3 such questions wait for their turn already"):
        runs.get("d", lambda: Run(turns, waits(opens, begun, "d"), 3))


def test_what_may_wait_for_others_takes_no_turn(opens: threading.Event) -> None:
    runs, turns, begun = Runs[str](), Turns(1), list[str]()
    asking = threading.Event()

    def ask() -> None:
        asking.set()
        opens.wait(20)

    slow = runs.get("slow", lambda: Run(turns, lambda told: "slow", 1, beforehand=ask))
    assert asking.wait(20)
    quick = runs.get("quick", lambda: Run(turns, lambda told: "quick", 1))
    assert quick.wait(20) and quick.found == "quick" and not slow.is_over
    assert begun == []


def test_one_that_failed_says_so_to_who_waits_and_is_begun_anew_by_the_next() -> None:
    runs, turns, begun = Runs[str](), Turns(1), list[str]()

    def fails(told: Told) -> str:
        begun.append("a")
        raise Refused("There is no room.")

    first = runs.get("a", lambda: Run(turns, fails, 1))
    until(lambda: first.is_over)
    told = runs.get("a", lambda: pytest.fail("who waits learns why, first of all"))
    assert told is first and told.failed == "There is no room."
    assert runs.get("a", lambda: Run(turns, fails, 1)) is not first


def test_one_that_is_replaced_at_work_keeps_its_turn_until_it_stops(opens: threading.Event) -> None:
    runs, turns, begun = Runs[str](), Turns(1), list[str]()
    runs.get("old", lambda: Run(turns, waits(opens, begun, "old"), 3, about=1))
    until(lambda: begun == ["old"])
    new = runs.get("new", lambda: Run(turns, waits(opens, begun, "new"), 3, about=1))
    assert new.before == 1 and begun == ["old"]
    opens.set()
    assert new.wait(20) and new.found == "new"
