"""One automation that acts in every tool at once, while one of them is down: the others are on time, and it is acted in
later, once."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from accoil.act import automations, claims
from accoil.act.automations import Draft
from accoil.act.deliveries import work
from accoil.act.models import Delivery, Firing
from accoil.connect.guard import check_address
from accoil.connect.now import driven
from accoil.team.models import Member, User
from tests.act.everywhere import WAYS, Place
from tests.act.test_acting import BUSY, step
from tests.segment.worlds import Looked
from tests.small_worlds import at, did

STEP, STEPS = 30, 40  # seconds that pass between two looks at the queue, and how many looks the dead one gets


@pytest.fixture
def places(people: Looked, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Place]]:
    """All of them, up, and an automation that acts in each for whoever becomes busy."""
    monkeypatch.setattr("accoil.act.actions.check_address", check_address)
    author = User.objects.create_user(f"ann-{people.product.pk}@example.com", "a long walk home", "Ann")
    Member.objects.create(team=people.product.team, user=author)
    with ExitStack() as open_ones:
        found = {key: open_ones.enter_context(way(people, author, settings)) for key, way in WAYS.items()}
        then = [place.then for place in found.values()]
        draft = Draft(name="Everywhere", scope="user", when={"becomes": BUSY}, then=then)
        automations.create(people.profile, draft, enabled=True)
        people.look()
        yield found


def heard(places: dict[str, Place]) -> dict[str, int]:
    return {key: place.heard() for key, place in places.items()}


def work_all() -> None:
    """All that is due, each lane with a worker of its own, as on the server."""
    for connection in claims.due_lanes():
        work(connection, threading.Event())


@pytest.mark.parametrize("dead", WAYS)
def test_while_one_tool_is_down_all_others_are_on_time_and_it_is_acted_in_later_once(
    people: Looked, places: dict[str, Place], dead: str
) -> None:
    places[dead].down(True)
    people.receive(did("bob", "Report_Created", at(31), 5))
    step(people)
    with driven(time.time() + 1) as clock:
        work_all()
        assert heard(places) == {key: int(key != dead) for key in WAYS}
        waiting = Delivery.objects.get(state="waiting")
        assert (waiting.action, waiting.attempts) == (dead, 1)
        places[dead].down(False)
        for _ in range(STEPS):
            if not Delivery.objects.filter(state="waiting").exists():
                break
            clock.advance(STEP)
            work_all()
        assert heard(places) == dict.fromkeys(WAYS, 1)
        clock.advance(24 * 3600)
        work_all()
    assert heard(places) == dict.fromkeys(WAYS, 1)
    assert Counter(Delivery.objects.values_list("action", "state")) == {(key, "done"): 1 for key in WAYS}
    assert Firing.objects.count() == 1
