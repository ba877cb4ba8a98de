"""Whatever goes wrong in a tool while an automation acts in it, the action is done in the end; twice only where the
tool has no way to tell that it was done already."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from accoil.act import automations, claims, deliveries
from accoil.act.automations import Draft
from accoil.act.deliveries import work
from accoil.act.models import Delivery
from accoil.connect.guard import check_address
from accoil.connect.now import Driven, driven
from accoil.team.models import Member, User
from tests.act.everywhere import FAULTS, SLOW, WAYS, Place
from tests.act.test_acting import BUSY, step
from tests.segment.worlds import Looked
from tests.small_worlds import at, did

ONCE = ("intercom_tag", "segment_track")  # these tell that it was done already
STEP, STEPS = 30, 40  # seconds that pass between two looks at the queue, and how many looks


class Killed(BaseException):
    """Nothing after it is done, as after kill -9."""


@pytest.fixture
def place(
    people: Looked, settings: Any, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Place]:
    """One tool, and an automation that acts in it for whoever becomes busy."""
    monkeypatch.setattr("accoil.act.actions.check_address", check_address)
    author = User.objects.create_user(f"ann-{people.product.pk}@example.com", "a long walk home", "Ann")
    Member.objects.create(team=people.product.team, user=author)
    with WAYS[request.param](people, author, settings) as found:
        draft = Draft(name="Acts", scope="user", when={"becomes": BUSY}, then=[found.then])
        automations.create(people.profile, draft, enabled=True)
        people.look()
        yield found


def work_all() -> None:
    for connection in claims.due_lanes():
        work(connection, threading.Event())


def in_the_end(clock: Driven) -> str:
    """The state that the delivery comes to."""
    for _ in range(STEPS):
        clock.advance(STEP)
        work_all()
        if not Delivery.objects.filter(state__in=("waiting", "taken")).exists():
            break
    return Delivery.objects.get().state


@pytest.mark.parametrize("how", FAULTS)
@pytest.mark.parametrize("place", WAYS, indirect=True)
def test_what_goes_wrong_once_is_done_later(
    people: Looked, place: Place, how: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(claims, "WITHIN", SLOW / 3 if how == "slow" else 10.0)
    place.breaks(how)
    people.receive(did("bob", "Report_Created", at(31), 5))
    step(people)
    with driven(time.time() + 1) as clock:
        work_all()
        monkeypatch.setattr(claims, "WITHIN", 10.0)
        assert in_the_end(clock) == "done"
    is_done_before = how in ("slow", "lose")
    tool = request.node.callspec.params["place"]
    assert place.heard() == (2 if is_done_before and tool not in ONCE else 1)


@pytest.mark.parametrize("place", WAYS, indirect=True)
def test_killed_before_it_is_written_down_it_is_done_again(
    people: Looked, place: Place, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    def killed(*given: Any) -> None:
        raise Killed

    people.receive(did("bob", "Report_Created", at(31), 5))
    step(people)
    with driven(time.time() + 1) as clock:
        with monkeypatch.context() as patched:
            patched.setattr(deliveries, "_each", killed)
            with pytest.raises(Killed):
                work_all()
        assert place.heard() == 1 and Delivery.objects.get().state == "taken"
        assert in_the_end(clock) == "done"
    assert place.heard() == (1 if request.node.callspec.params["place"] in ONCE else 2)
