"""Disconnecting holds at once, whatever the tool does; what was written is archived as long as that makes sense."""

import gc
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from accoil.act.dry_runs import dry_run
from accoil.connect import ending, sync
from accoil.connect.connection import Closed
from accoil.connect.http import Client
from accoil.connect.intercom import session
from accoil.connect.intercom.connecting import by_token
from accoil.connect.models import Connection, Mode, Pass, ProfileSync, State, Written
from accoil.connect.writing import AT_A_TIME
from accoil.refused import Refused
from tests.connect.sync.conftest import Synced
from tests.connect.sync.test_lanes import another
from tests.small_worlds import at, did, identified
from tests.waiting import until


@pytest.fixture
def dead(on: Synced) -> Iterator[Synced]:
    """All is written; from now on nothing is answered but an error."""
    on.intercom.faults.plan("drop", times=10**6)
    yield on


def test_at_once_nothing_is_written_any_more_and_only_the_token_is_kept(dead: Synced) -> None:
    ending.begin(dead.kept)
    left = dead.kept
    assert left.state == State.DISCONNECTING and set(left.secrets) == {"token"}
    assert not ProfileSync.objects.exists()
    assert session.workspaces.known(dead.connection.pk) is None
    assert not left.passes.filter(ended_at=None).exists()
    with pytest.raises(Refused, match="Intercom is disconnected"):
        sync.set_mode(left, dead.profile, Mode.ALL)


def test_a_write_that_is_on_its_way_is_the_last_one(on: Synced) -> None:
    people = [f"p{n}" for n in range(40)]
    for name in people:
        on.workspace.contact(f"{name}@acme.example", role="user")
    on.looked.receive([message for name in people for message in did(name, "Report_Created", at(30), 1)])
    on.looked.receive([identified(name, at(1), email=f"{name}@acme.example") for name in people])
    on.looked.look()
    on.intercom.faults.plan("slow", "PUT /contacts", times=10**6, seconds=0.3)
    before = len(on.intercom.calls("PUT /contacts"))
    steps = threading.Thread(target=lambda: [on.syncer.step() for _ in range(6)])
    steps.start()
    until(lambda: len(on.intercom.calls("PUT /contacts")) > before)
    began = time.monotonic()
    ending.begin(on.kept)
    assert time.monotonic() - began < 1
    at_the_end = len(on.intercom.calls("PUT /contacts"))
    steps.join(60)
    assert len(on.intercom.calls("PUT /contacts")) - at_the_end <= AT_A_TIME
    on.intercom.faults.clear()
    on.settle()
    assert on.kept.state == State.DISCONNECTED and on.attributes() == set()


def test_archiving_is_tried_again_until_the_tool_answers(dead: Synced) -> None:
    ending.begin(dead.kept)
    for _ in range(5):
        dead.clock.advance(dead.syncer.step())
    assert dead.kept.state == State.DISCONNECTING
    assert dead.attributes() != set()
    dead.intercom.faults.clear()
    dead.clock.advance(3600)
    dead.settle()
    left = dead.kept
    assert (left.state, left.problem, left.secrets) == (State.DISCONNECTED, "", {})
    assert dead.attributes() == set()
    assert session.workspaces.known(dead.connection.pk) is None
    assert left.passes.filter(of=Pass.Of.CLEANING, problem="").exists()


def test_a_tool_that_never_answers_is_given_up_after_a_day_and_says_what_stays(dead: Synced) -> None:
    ending.begin(dead.kept)
    dead.syncer.step()
    dead.clock.advance(timedelta(hours=23).total_seconds())
    dead.syncer.step()
    assert dead.kept.state == State.DISCONNECTING
    dead.clock.advance(timedelta(hours=1, minutes=1).total_seconds())
    dead.syncer.step()
    left = dead.kept
    assert left.state == State.DISCONNECTED and left.secrets == {} and left.archiving_until is None
    assert left.problem.startswith("Intercom did not answer for a day. These attributes stay there: Accoil_Everyday_")
    assert session.workspaces.known(dead.connection.pk) is None


def test_somebody_can_end_it_now_and_connect_again_later(dead: Synced) -> None:
    ending.begin(dead.kept)
    ending.end_now(dead.kept)
    left = dead.kept
    assert left.state == State.DISCONNECTED and left.secrets == {}
    assert left.problem.startswith("It was ended before all was archived. These attributes stay there")
    dead.syncer.step()
    assert dead.kept.state == State.DISCONNECTED
    dead.intercom.faults.clear()
    author = dead.connection.author
    assert author
    by_token(dead.looked.product.team, author, dead.intercom.token(), "secret")
    dead.settle()
    assert dead.attributes() == set()  # nothing asks for them: what stayed is archived now
    assert not Written.objects.exclude(state=Written.Is.ARCHIVED).exists()


def test_who_still_holds_a_session_says_nothing_more_with_it(on: Synced) -> None:
    held = sync.opened(on.kept)
    ending.begin(on.kept)
    before = len(on.intercom.calls(""))
    with pytest.raises(Closed):
        held.read("user", on.record("ann").remote_id, [])
    assert len(on.intercom.calls("")) == before
    assert session.workspaces.known(on.connection.pk) is None


def test_the_connection_of_another_team_goes_on(on: Synced) -> None:
    theirs, contact = another(on)
    ending.begin(on.kept)
    theirs.refresh_from_db()
    assert theirs.state == State.CONNECTED and ProfileSync.objects.filter(connection=theirs).exists()
    assert sync.opened(theirs).places_left() is not None
    assert contact


def test_nothing_in_memory_holds_on_to_the_token(on: Synced) -> None:
    token = on.connection.secrets["token"]
    looked = dry_run(on.kept, on.profile, Mode.OFF)
    assert looked.wait(60) and looked.found
    ending.begin(on.kept)
    on.settle()
    assert on.kept.state == State.DISCONNECTED
    gc.collect()
    alive = gc.get_objects()
    assert not [each for each in alive if isinstance(each, Client) and token in str(each._headers)]
    rows = [each for each in alive if isinstance(each, Connection) and "secret" in each.__dict__]
    assert [each for each in rows if token in each.secret and each is not on.connection] == []
    assert token in on.connection.secret  # what this test itself holds is found
