"""An automation that can't act says why and what to do; what is too old when it can again is passed over, and told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accoil.act import claims, queue
from accoil.act.acting import Acting
from accoil.act.deliveries import Deliveries
from accoil.act.hindered import hindrances
from accoil.act.models import Automation, Delivery
from accoil.connect.models import Connection, State
from accoil.connect.now import driven
from accoil.segment import keeping
from accoil.segment.models import Round
from tests.act.conftest import entity, queued
from tests.act.test_acting import BUSY, put, rises, step, told
from tests.segment.worlds import Looked
from tests.small_worlds import at, did, joins

pytestmark = pytest.mark.usefixtures("connected")


def why(looked: Looked, automation: Automation) -> list[str]:
    return hindrances(looked.product.team, [Automation.objects.get(pk=automation.pk)]).get(automation.pk, [])


def test_what_it_names_is_gone_and_comes_back_and_what_is_too_old_by_then_is_not_acted_upon(people: Looked) -> None:
    keeping.create(people.profile, "account", "Busy", BUSY)
    automation = put(people, {"enters": "Busy"})
    assert why(people, automation) == []
    Automation.objects.update(trigger={"enters": "Bussy"})
    rises(people)
    step(people)
    Round.objects.update(at=timezone.now() - timedelta(hours=25))
    people.receive([joins("cleo", "corp", at(31)), *did("cleo", "Report_Created", at(31), 5)])
    step(people)
    (sentence,) = why(people, automation)
    assert "no segment of accounts called “Bussy”; did you mean “Busy”?" in sentence
    assert sentence.endswith("Until it is edited it does nothing; what is older than 24 hours then is passed over.")
    assert told(automation) == []
    Automation.objects.update(trigger={"enters": "Busy"})
    step(people)
    (late, because), (fired, _) = told(automation)
    assert (late, fired) == ("late", "fired") and why(people, automation) == []
    assert because.endswith("Not done: that was 25 hours ago, and the automation could not act before now.")
    assert {each.entity for each in Delivery.objects.all()} == {entity(people, "account", "corp")}


def test_one_that_waits_for_a_segment_that_is_gone_says_so(people: Looked) -> None:
    automation = put(people, {"becomes": BUSY})
    Automation.objects.update(segment=None)
    assert why(people, automation) == [
        "What it waits for is gone, so it never fires. Edit it, and choose something else."
    ]
    Automation.objects.update(enabled=False)
    assert why(people, automation) == []


def test_a_mistake_of_ours_is_told_and_forgotten_when_it_is_over(
    people: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    automation = put(people, {"becomes": BUSY})
    with monkeypatch.context() as wrong:
        wrong.setattr("accoil.act.acting.since_watermark", lambda *given: 1 / 0)
        rises(people)
        step(people)
    assert why(people, automation) == ["Something of ours went wrong (ZeroDivisionError); it is tried again by itself."]
    Acting().step()
    assert why(people, automation) == [] and [became for became, _ in told(automation)] == ["fired"]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (
            State.NEEDS_RECONNECT,
            "needs to be connected again, in Settings > Connections. Until then what is to be done",
        ),
        (State.DISCONNECTED, "is not connected, so what is to be done there fails. Connect it in Settings"),
        (State.DISCONNECTING, "is not connected, so what is to be done there fails."),
    ],
)
def test_a_connection_that_does_not_work_is_told(
    people: Looked, connected: Connection, state: State, says: str
) -> None:
    automation = put(people, {"becomes": BUSY})
    Connection.objects.update(state=state)
    (sentence,) = why(people, automation)
    assert says in sentence


def test_another_teams_connection_does_not_count(people: Looked, connected: Connection) -> None:
    automation = put(people, {"becomes": BUSY})
    other = people.product.team._meta.model.objects.create(name="Other")
    Connection.objects.update(team=other)
    (sentence,) = why(people, automation)
    assert "is not connected" in sentence


def test_what_waited_too_long_for_a_connection_is_not_done_unless_somebody_says_so(
    people: Looked, connected: Connection
) -> None:
    Connection.objects.update(state=State.NEEDS_RECONNECT)
    with driven() as clock:
        key = entity(people, "account", "acme")
        old = queued(people.product, "ring", "account", key, {"text": "ding", "on": "company"}, key="1")
        clock.advance(23 * 3600)
        new = queued(people.product, "ring", "account", key, {"text": "ding", "on": "company"}, key="2")
        Delivery.objects.filter(pk=new.pk).update(next_at=timezone.now() + timedelta(hours=23))
        Deliveries().step()
        assert {each.state for each in Delivery.objects.all()} == {"waiting"}
        clock.advance(2 * 3600)
        Deliveries().step()
        states = dict(Delivery.objects.values_list("key", "state"))
        assert states == {"1": "failed", "2": "waiting"}
        old.refresh_from_db()
        assert old.answer == claims.LATE and "Trying it again does it all the same" in old.answer
        assert queue.retry(old) and Delivery.objects.get(key="1").state == "waiting"
