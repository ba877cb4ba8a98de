"""What is remembered stays as long as it is asked for, and no longer than no fact has changed it."""

from accoil.count.facts import Facts
from accoil.score.remembered import Days, Lately
from tests.world import Engine


def test_the_one_that_nobody_asked_for_the_longest_is_let_go_of() -> None:
    gone: list[str] = []
    kept = Lately[str](2, gone.append)
    for key in ("a", "b", "a", "c"):
        kept.get(key, key.upper)
    assert gone == ["B"]
    assert kept.get("a", lambda: "made again") == "A"
    assert kept.get("b", lambda: "made again") == "made again"
    assert gone == ["B", "C"]


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
