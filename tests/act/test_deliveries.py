"""The queue: who does what, what becomes of refusals, and that nothing is lost or done twice."""

import threading
from collections.abc import Callable

import pytest
from msgspec import structs

from accoil.act import claims, queue
from accoil.act.deliveries import work
from accoil.act.models import TOO_LATE, Delivery
from accoil.connect.connection import Session
from accoil.connect.models import Connection, Record, State
from accoil.connect.now import driven, moment
from accoil.connect.tools import TOOLS
from accoil.team.models import Team
from tests.act import bell
from tests.act.bell import Tower
from tests.act.conftest import entity, queued
from tests.segment.worlds import Looked

Join = Callable[[str, str, str], Record]


def put(people: Looked, name: str = "ann", key: str = "1", text: str = "ding", action: str = "ring") -> Delivery:
    return queued(people.product, action, "user", entity(people, "user", name), {"text": text}, key=key)


def do(connection: Connection) -> None:
    work(connection.pk, threading.Event())


def again(delivery: Delivery) -> Delivery:
    return Delivery.objects.get(pk=delivery.pk)


def test_an_action_is_done_to_the_record_there_and_says_what_happened(
    people: Looked, connected: Connection, match: Join, tower: Tower
) -> None:
    match("user", "ann", "c-1")
    delivery = put(people)
    do(connected)
    assert tower.rung == [{"kind": "user", "id": "c-1", "text": "ding"}]
    assert (again(delivery).state, again(delivery).answer) == ("done", "Rang ding")
    assert again(delivery).ended_at is not None


def test_the_same_key_is_queued_once(people: Looked, connected: Connection, match: Join, tower: Tower) -> None:
    match("user", "ann", "c-1")
    assert put(people).pk == put(people, text="dong").pk
    do(connected)
    put(people)
    do(connected)
    assert [each["text"] for each in tower.rung] == ["ding"]


def test_one_claim_of_two_wins_and_a_dead_workers_delivery_is_taken_back(
    people: Looked, connected: Connection, match: Join, tower: Tower
) -> None:
    match("user", "ann", "c-1")
    put(people)
    with driven() as clock:
        (dead,) = claims.claim(connected.pk)
        assert claims.claim(connected.pk) == []
        assert claims.due_lanes() == {}
        clock.advance(claims.LEASE + 1)
        assert claims.due_lanes() == {connected.pk: 1}
        do(connected)
        assert len(tower.rung) == 1
        claims.failed(dead, "it was only slow, and finds that it is not its own any more")
        assert again(dead).state == "done"


def test_try_later_waits_longer_each_time_and_gives_up_in_the_end(
    people: Looked, connected: Connection, match: Join, tower: Tower
) -> None:
    match("user", "ann", "c-1")
    delivery = put(people)
    waits = []
    with driven() as clock:
        for _ in range(claims.MOST_ATTEMPTS):
            tower.says = [(503, {})] * 3
            connected.refresh_from_db()
            Connection.objects.update(waits_until=None, failures=0)
            do(connected)
            waits.append((again(delivery).next_at - moment()).total_seconds())
            clock.advance(8000)
        for wait, longest in zip(waits, (10, 40, 160, 640, 2560, 7200, 7200), strict=False):
            assert longest / 2 - 0.1 <= wait <= longest + 0.1
        assert again(delivery).state == "failed"
        assert again(delivery).answer == "Given up after 10 attempts: It has a problem of its own (status 503)."
        assert tower.rung == []


def test_too_much_in_too_short_a_time_does_not_count_as_an_attempt_and_rests_the_lane(
    people: Looked, connected: Connection, match: Join, tower: Tower
) -> None:
    match("user", "ann", "c-1")
    first, second = put(people), put(people, key="2", text="dong")
    tower.says = [(429, {})]
    with driven() as clock:
        do(connected)
        assert (again(first).state, again(first).attempts, again(second).attempts) == ("waiting", 0, 0)
        assert (again(first).next_at - moment()).total_seconds() == pytest.approx(7, abs=3)
        clock.advance(30)
        do(connected)
    assert {again(first).state, again(second).state} == {"done"}


def test_what_is_too_much_for_as_long_as_it_may_wait_is_given_up(
    people: Looked, connected: Connection, match: Join, tower: Tower
) -> None:
    match("user", "ann", "c-1")
    delivery = put(people)
    tower.says = [(429, {}), (429, {})]
    with driven() as clock:
        do(connected)
        assert again(delivery).state == "waiting"
        Delivery.objects.update(due_at=moment() - TOO_LATE)
        clock.advance(30)
        do(connected)
    assert again(delivery).state == "failed" and "due for too long: It was asked too much" in again(delivery).answer


def test_a_connection_that_is_lost_stops_and_goes_on_when_it_is_back(
    people: Looked, connected: Connection, match: Join, tower: Tower
) -> None:
    match("user", "ann", "c-1")
    delivery = put(people)
    tower.says = [(401, {})]
    do(connected)
    connected.refresh_from_db()
    assert (connected.state, connected.problem) == (
        State.NEEDS_RECONNECT,
        "The bell tower does not know us any more.",
    )
    assert (again(delivery).state, again(delivery).attempts) == ("waiting", 0)
    assert claims.due_lanes() == {}
    Connection.objects.update(state=State.CONNECTED)
    assert claims.due_lanes() == {connected.pk: 1}
    do(connected)
    assert again(delivery).state == "done"


def test_a_refusal_of_the_old_secrets_does_not_stop_a_connection_that_was_just_connected_again(
    people: Looked, connected: Connection, match: Join, tower: Tower, monkeypatch: pytest.MonkeyPatch
) -> None:
    match("user", "ann", "c-1")
    delivery, opened = put(people), connected_again_meanwhile(monkeypatch, connected)
    tower.says = [(401, {})]
    do(connected)
    assert Connection.objects.get(pk=connected.pk).state == State.CONNECTED
    assert again(delivery).state == "waiting"
    do(connected)
    assert again(delivery).state == "done"
    assert opened == [{}, {"token": "new"}]


def test_a_worker_takes_the_new_secrets_of_a_connection_that_was_connected_again(
    people: Looked, connected: Connection, match: Join, tower: Tower, monkeypatch: pytest.MonkeyPatch
) -> None:
    match("user", "ann", "c-1")
    put(people)
    put(people, key="2")
    opened = connected_again_meanwhile(monkeypatch, connected)
    do(connected)
    assert len(tower.rung) == 2
    assert opened == [{}, {"token": "new"}]


def connected_again_meanwhile(monkeypatch: pytest.MonkeyPatch, connected: Connection) -> list[dict[str, str]]:
    """New secrets are saved when the tool was just opened with the old ones. With which it was opened."""
    secrets: list[dict[str, str]] = []

    def opened(connection: Connection) -> Session:
        secrets.append(connection.secrets)
        new = Connection.objects.get(pk=connected.pk)
        new.secrets = {"token": "new"}
        new.save()
        return bell.opened(connection)

    monkeypatch.setitem(TOOLS, "bell", structs.replace(bell.TOOL, opened=opened))
    return secrets


def test_what_is_refused_fails_with_the_reason_and_can_be_tried_again(
    people: Looked, connected: Connection, match: Join, tower: Tower
) -> None:
    match("user", "ann", "c-1")
    delivery = put(people)
    tower.says = [(422, {"why": "The rope is too short."})]
    do(connected)
    assert (again(delivery).state, again(delivery).answer) == ("failed", "The rope is too short.")
    assert queue.retry(again(delivery))
    do(connected)
    assert again(delivery).state == "done"
    assert not queue.retry(again(delivery))
    assert len(tower.rung) == 1


def test_all_that_failed_are_tried_again(people: Looked, connected: Connection, match: Join, tower: Tower) -> None:
    match("user", "ann", "c-1")
    for key in "123":
        put(people, key=key)
    tower.says = [(422, {})] * 3
    do(connected)
    assert queue.counts(Delivery.objects.all())["failed"] == 3
    assert queue.retry_all(Delivery.objects.all()) == 3
    do(connected)
    assert queue.counts(Delivery.objects.all()) == {"waiting": 0, "taken": 0, "done": 3, "failed": 0}


def test_one_that_was_merged_is_followed_once(people: Looked, connected: Connection, match: Join, tower: Tower) -> None:
    record = match("user", "ann", "c-1")
    Record.objects.update(confirmed={"Score": 5})
    delivery = put(people)
    tower.says = [(410, {"moved_to": "c-2"})]
    do(connected)
    assert tower.rung == [{"kind": "user", "id": "c-2", "text": "ding"}]
    record.refresh_from_db()
    assert (record.remote_id, again(delivery).state) == ("c-2", "done")
    assert record.unsure == ["Score"] and record.next_at, "what we wrote may not stand on the one it was merged into"


def test_one_that_is_gone_is_looked_for_anew_once_and_then_fails(
    people: Looked, connected: Connection, match: Join, tower: Tower
) -> None:
    match("user", "ann", "c-1")
    tower.people = {"ann@acme.example": "c-9"}
    delivery = put(people)
    tower.says = [(404, {})]
    do(connected)
    assert [each["id"] for each in tower.rung] == ["c-9"]
    twice = put(people, key="2")
    tower.says = [(404, {}), (404, {})]
    do(connected)
    assert (again(twice).state, again(twice).answer) == ("failed", "Nobody lives there.")
    assert again(delivery).state == "done"


def test_somebody_new_there_is_found_when_it_is_due(people: Looked, connected: Connection, tower: Tower) -> None:
    delivery = put(people)
    with driven() as clock:
        do(connected)
        assert again(delivery).state == "waiting"
        assert again(delivery).answer == "Nobody there has the e-mail ann@acme.example."
        connected.refresh_from_db()
        assert connected.failures == 0  # the tool is not to blame
        tower.people = {"ann@acme.example": "c-1"}
        clock.advance(61)
        do(connected)
    assert again(delivery).state == "done"
    assert tower.rung[0]["id"] == "c-1"


def test_an_account_is_found_through_its_users(people: Looked, connected: Connection, tower: Tower) -> None:
    tower.people = {"ann@acme.example": "c-1"}
    queued(people.product, "ring", "account", entity(people, "account", "acme"), {"text": "ding"}, key="1")
    do(connected)
    assert tower.rung == [{"kind": "account", "id": "firm of c-1", "text": "ding"}]


def test_what_was_queued_before_it_was_connected_fails_and_is_done_after(
    people: Looked, connected: Connection, match: Join, tower: Tower
) -> None:
    Connection.objects.update(state=State.DISCONNECTED)
    delivery = put(people)
    work(None, threading.Event())
    assert again(delivery).answer.startswith("Bell tower is not connected.")
    Connection.objects.update(state=State.CONNECTED)
    match("user", "ann", "c-1")
    assert queue.retry(again(delivery))
    do(connected)
    assert again(delivery).state == "done"


def test_an_action_without_a_record_needs_no_match_and_keeps_its_key_when_it_is_sent_again(
    people: Looked, connected: Connection, tower: Tower
) -> None:
    put(people, action="shout", text="hey")
    tower.says = [(422, {})]
    do(connected)
    assert queue.retry_all(Delivery.objects.all()) == 1
    do(connected)
    (shouted,) = tower.rung
    assert (shouted["key"], shouted["type"], shouted["text"]) == ("1", "automation.fired", "hey")


def test_another_teams_connection_is_never_used(people: Looked, connected: Connection, tower: Tower) -> None:
    stranger = Team.objects.create(name="Strangers")
    Connection.objects.update(team=stranger)
    delivery = put(people)
    assert delivery.connection is None
    do(connected)
    work(None, threading.Event())
    assert tower.rung == []
    assert again(delivery).state == "failed"
