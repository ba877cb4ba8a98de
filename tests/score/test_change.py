"""Why a score changed: the parts always sum to the change, and each is what the specification says.

Half as many worlds as RANDOM_WORLDS in the environment says (60).
"""

import os
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accoil.count.ids import ACCOUNT, USER, Kind, id_of
from accoil.score.change import why
from accoil.score.definition import Definition
from accoil.score.history import history
from tests import reference, reference_change
from tests.drawn_definitions import as_product, peopled
from tests.reference import World
from tests.reference_facts import Message, Row
from tests.small_worlds import at, did, joins
from tests.strategies import EVENTS, Case, cases, definitions
from tests.world import Engine

WORLDS = int(os.environ.get("RANDOM_WORLDS", "60"))
THEN, NOW = date(2026, 3, 13), date(2026, 3, 20)


def told(engine: Engine, *messages: Message | list[Message], zone: str = "UTC") -> int:
    """The number of a new product to which these were sent."""
    product = engine.new_product(zone)
    engine.receive(product, [m for each in messages for m in (each if isinstance(each, list) else [each])])
    return product


def account(product: int, name: str) -> int:
    return id_of(product, ACCOUNT, name)


@settings(max_examples=WORLDS // 2, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    case=st.one_of(cases(), peopled()),
    old=definitions(list(EVENTS[:4])),
    back=st.sampled_from((0, 1, 7, 30)),
    changes=st.booleans(),
)
def test_the_parts_sum_to_the_change_and_equal_the_reference(
    engine: Engine, case: Case, old: reference.Definition, back: int, changes: bool
) -> None:
    world = World(case.messages, case.zone)
    product = told(engine, list(case.messages), zone=case.zone)
    before = (old if changes else case.definition, case.as_of - timedelta(days=back))
    after = (case.definition, case.as_of)
    both: tuple[tuple[Kind, int, list[str]], ...] = (
        ("user", USER, sorted(world.users(case.as_of))),
        ("account", ACCOUNT, sorted(world.users_by_account(case.as_of))),
    )
    for kind, number, names in both:
        for name in names:
            found = why(
                product,
                (as_product(before[0]), before[1]),
                (as_product(after[0]), after[1]),
                kind,
                id_of(product, number, name),
            )
            expected = reference_change.why(world, before, after, kind, name)
            events = expected.pop("events")
            assert {key: found[key] for key in expected} == about(expected), (kind, name)
            assert {row.pop("event"): row for row in found["events"]} == {
                event: {**about(row), "weight": case.definition.events[event]} for event, row in events.items()
            }
            assert sum(found["parts"].values()) == found["change"] == found["score_after"] - found["score_before"]
            moved = sum(row["gained"] - row["aged_out"] for row in found["events"])
            assert moved == pytest.approx(found["raw_after"] - found["raw_before"])
            shown = [
                history(product, as_product(definition), kind, id_of(product, number, name), day, day)[0]["score"]
                for definition, day in (before, after)
            ]
            assert [found["score_before"], found["score_after"]] == shown


def about(row: Row) -> Row:
    """The figures; where they are fractions, as exactly as an engine tells them."""
    return {
        key: pytest.approx(float(value), abs=1e-5) if isinstance(value, Fraction) else value
        for key, value in row.items()
    }


def test_the_worked_example_holds(engine: Engine) -> None:
    """A falls from 50 to 40 points, B (30, then 10) leaves, C (60) joins, the benchmark rises from 100 to 120."""
    others = [[did(f"o{n}", "Open", at(13), 100), did(f"o{n}", "Open", at(20), 120)] for n in range(9)]
    product = told(
        engine,
        joins("a", "acme", at(1)), joins("b", "acme", at(1)), joins("b", "globex", at(18)),
        joins("c", "globex", at(1)), joins("c", "acme", at(15)),
        did("a", "Open", at(10), 50), did("a", "Open", at(16), 40),
        did("b", "Open", at(12), 30), did("b", "Open", at(17), 10),
        did("c", "Open", at(17), 60),
        *[each for other in others for each in other],
    )  # fmt: skip
    opens = Definition(events={"Open": 1})
    found = why(product, (opens, THEN), (opens, NOW), "account", account(product, "acme"))
    assert (found["benchmark_before"], found["benchmark_after"]) == (100, 120)
    assert found["parts"] == {"definition": 0, "membership": -4, "behaviour": -3, "benchmark": -6}
    assert (found["score_before"], found["score_after"], found["change"]) == (59, 46, -13)
    assert (found["joined"], found["left"]) == (1, 1)


def test_somebody_new_has_joined(engine: Engine) -> None:
    """His membership reaches back to before he came, but he was nobody then."""
    alone = Definition(events={"Open": 1}, benchmark=10)
    product = told(
        engine, joins("a", "acme", at(1)), did("a", "Open", at(10), 10), did("a", "Open", at(16), 10),
        joins("new", "acme", at(15)), did("new", "Open", at(15), 1),
    )  # fmt: skip
    found = why(product, (alone, THEN), (alone, NOW), "account", account(product, "acme"))
    assert found["parts"] == {"definition": 0, "membership": 56 - 90, "behaviour": 0, "benchmark": 0}
    assert (found["joined"], found["active_before"], found["active_after"]) == (1, 1, 2)


def test_another_definition_is_told_apart_from_what_people_did(engine: Engine) -> None:
    product = told(engine, did("a", "Open", at(10), 10), did("a", "Open", at(16), 10), did("a", "Share", at(17), 2))
    old, new = Definition(events={"Open": 1}, benchmark=10), Definition(events={"Open": 1, "Share": 5}, benchmark=20)
    found = why(product, (old, THEN), (new, NOW), "user", id_of(product, USER, "a"))
    assert found["parts"] == {"definition": 68 - 90, "membership": 0, "behaviour": 90 - 68, "benchmark": 0}
    assert (found["change"], found["change_alike"], found["definition_changed"]) == (0, 22, True)


def test_an_account_that_was_silent_is_measured_against_the_benchmark_of_now(engine: Engine) -> None:
    product = told(engine, joins("a", "acme", at(1)), did("a", "Open", at(16), 10))
    opens = Definition(events={"Open": 1})
    found = why(product, (opens, THEN), (opens, NOW), "account", account(product, "acme"))
    assert found["parts"] == {"definition": 0, "membership": 0, "behaviour": 90, "benchmark": 0}


def test_nobody_of_that_name_changed_nothing(engine: Engine) -> None:
    product = told(engine, did("a", "Open", at(16), 10))
    opens = Definition(events={"Open": 1})
    found = why(product, (opens, THEN), (opens, NOW), "account", account(product, "never-heard-of"))
    assert (found["change"], set(found["parts"].values()), found["events"]) == (0, {0}, [])
