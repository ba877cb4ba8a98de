"""What an automation would have done, before it is switched on."""

from datetime import date
from typing import Any

import msgspec
import pytest

from accoil.act import tried
from accoil.act.automations import Draft
from accoil.act.tried import Backtest
from accoil.refused import Refused
from accoil.segment import journeys, keeping
from tests.act.conftest import entity
from tests.act.test_acting import BUSY, RING
from tests.segment.worlds import Looked
from tests.small_worlds import at, did, identified, joins

pytestmark = pytest.mark.usefixtures("tower")


def backtest(people: Looked, when: Any, scope: str = "account", days: int = 30, **said: Any) -> Backtest:
    draft = Draft(name="Draft", scope=scope, when=when, then=RING, **said)  # type: ignore[arg-type]
    run = tried.automation_backtest(people.profile, draft, days)
    assert run.wait(60)
    assert run.failed is None
    assert run.found is not None
    assert run.done == run.of == days
    return run.found


def fired(people: Looked, found: Backtest) -> list[tuple[date, str]]:
    return [(each.day, *people.named(found.scope, [each.entity])) for each in found.fired]


def test_it_tells_how_often_for_whom_and_when(people: Looked) -> None:
    """Acme is busy from the 30th on; corp was for a week at the beginning of March, and again in the middle."""
    people.receive([joins("cleo", "corp", at(1)), *did("cleo", "Report_Created", at(5), 3)])
    people.receive(did("cleo", "Report_Created", at(15), 3))
    found = backtest(people, {"becomes": BUSY})
    assert fired(people, found) == [
        (date(2026, 3, 5), "corp"),
        (date(2026, 3, 15), "corp"),
        (date(2026, 3, 30), "acme"),
    ]
    assert found.words == "Would have fired 3 times in the last 30 days, for 2 accounts."
    assert found.entities == [entity(people, "account", "corp"), entity(people, "account", "acme")]


def test_those_inside_before_the_first_day_do_not_fire(people: Looked) -> None:
    assert fired(people, backtest(people, {"becomes": BUSY}, days=1)) == []
    assert len(backtest(people, {"becomes": BUSY}, days=2).fired) == 1


def test_leaving_a_condition_and_the_cool_down_are_as_when_it_is_on(people: Looked) -> None:
    people.receive([joins("cleo", "corp", at(1), mrr=90_000), *did("cleo", "Report_Created", at(5), 3)])
    people.receive(did("cleo", "Report_Created", at(15), 3))
    left = backtest(people, {"score": {"drops_below": 20}})
    assert fired(people, left) == [(date(2026, 3, 12), "corp"), (date(2026, 3, 22), "corp")]
    cooling = backtest(people, {"score": {"drops_below": 20}}, cool_down_hours=24 * 11)
    assert len(cooling.fired) == 1
    told = "Would have fired once in the last 30 days, for 1 account; once it was too soon after the last time."
    assert cooling.words == told
    rich = backtest(people, {"becomes": BUSY}, condition={"metric": "mrr", "above": 80_000})
    assert {name for _, name in fired(people, rich)} == {"corp"}
    assert rich.not_held == 1


def test_a_stage_leaves_out_those_above_and_a_minimum_stay_is_waited_for(people: Looked) -> None:
    stages = [journeys.Stage("Busy", BUSY), journeys.Stage("Idle", {"all": []})]
    journeys.create(people.profile, "account", "Use", stages)
    assert fired(people, backtest(people, {"stage": "Busy"})) == [(date(2026, 3, 30), "acme")]
    assert {name for _, name in fired(people, backtest(people, {"stage": "Idle"}, days=31))} == {"acme", "beta"}
    keeping.create(people.profile, "account", "Long busy", BUSY, stay_days=1)
    assert fired(people, backtest(people, {"enters": "Long busy"})) == [(date(2026, 3, 31), "acme")]


def test_who_is_new_counts_once(people: Looked) -> None:
    people.receive([identified("cleo", at(20), name="Cleo")])
    draft = Draft(name="Draft", scope="user", when={"new": "user"}, then=[{"ring": {"text": "x"}}])
    run = tried.automation_backtest(people.profile, draft, 20)
    assert run.wait(60)
    assert run.found
    assert fired(people, run.found) == [(date(2026, 3, 20), "cleo")]


def test_a_draft_that_makes_no_sense_is_refused(people: Looked) -> None:
    with pytest.raises(Refused, match="no segment of accounts called “Nowhere”"):
        backtest(people, {"enters": "Nowhere"})


def test_no_day_is_tried_and_no_rule_made_that_needs_what_is_no_longer_kept(people: Looked) -> None:
    product = people.profile.product
    product.kept_from = date(2026, 3, 1)
    product.save()
    with pytest.raises(Refused, match=r"^That looks back to 2026-03-01; daily counts are kept from 2026-03-01 on"):
        backtest(people, {"becomes": BUSY}, days=30)
    long = {"event": "Report_Created", "at_least": 1, "within_days": 60}
    with pytest.raises(Refused, match="when: becomes: That looks back 60 days"):
        backtest(people, {"becomes": long}, days=1)
    with pytest.raises(Refused, match="if: That looks back 60 days"):
        backtest(people, {"becomes": BUSY}, days=1, condition=long)
    with pytest.raises(Refused, match="That looks back 60 days"):
        keeping.create(people.profile, "account", "Long", long)
    definition = people.profile.current.parsed
    with pytest.raises(Refused, match="That looks back 60 days"):
        people.profile.save_definition(msgspec.structs.replace(definition, window=30), None)
