"""What a person has done to ticked rows: each has its result."""

import threading
from collections.abc import Callable

import pytest

from accoil.act import queue
from accoil.act.deliveries import work
from accoil.connect.models import Connection, Record, State
from accoil.refused import Refused
from tests.act.bell import Tower
from tests.act.conftest import entity
from tests.segment.worlds import Looked

Join = Callable[[str, str, str], Record]


def test_by_hand_each_row_has_its_result_at_once(
    people: Looked, connected: Connection, match: Join, tower: Tower
) -> None:
    match("user", "ann", "c-1")
    both = [entity(people, "user", name) for name in ("ann", "bob", "ann")]
    batch = queue.by_hand(people.product, None, "ring", {"text": "ding"}, "user", both)
    assert queue.counts(batch.deliveries.all())["waiting"] == 2
    work(connected.pk, threading.Event())
    found = {each.entity: (each.state, each.answer) for each in batch.deliveries.all()}
    assert found == {
        both[0]: ("done", "Rang ding"),
        both[1]: ("failed", "Nobody there has the e-mail bob@beta.example."),
    }


def test_by_hand_is_refused_with_a_sentence(people: Looked, connected: Connection) -> None:
    ann = [entity(people, "user", "ann")]

    def refused(action: str, values: dict[str, str], entities: list[int]) -> str:
        with pytest.raises(Refused) as no:
            queue.by_hand(people.product, None, action, values, "user", entities)
        return str(no.value)

    assert refused("ring", {}, ann) == "ring: text is missing; write it."
    assert "write it as it should be" in refused("ring", {"text": "{{ user.name }}"}, ann)
    assert refused("shout", {"text": "x"}, ann) == "Shout can't be done by hand to users."
    assert refused("ring", {"text": "x"}, []) == "Tick the users it is to be done to."
    Connection.objects.update(state=State.DISCONNECTING)
    assert refused("ring", {"text": "x"}, ann).startswith("Bell tower is being disconnected. When that is over,")
    Connection.objects.update(state=State.DISCONNECTED)
    assert refused("ring", {"text": "x"}, ann).startswith("Bell tower is not connected. Connect it in Settings")
