"""What Accoil wrote in other tools is emptied there, and the deletion waits for it."""

from __future__ import annotations

from accoil.connect.models import Connection, Left, Mode, Record, State
from accoil.count import ids
from accoil.count.facts import BEFORE_ALL
from accoil.erase import elsewhere, records
from accoil.erase.asking import begin
from accoil.erase.models import Erasure
from tests.connect.sync.conftest import Synced, clock, intercom, synced  # noqa: F401  the fixtures

ID_IN = {
    "name": "id", "trait": "id", "trait_last": "id", "shown": "id", "message": "user_id", "membership": "user_id",
    "span": "user_id", "counts": "user_id", "ever": "user_id",
}  # fmt: skip


def gone(synced: Synced, name: str) -> int:  # noqa: F811
    """He is in the facts no more, as after all was counted anew; our id of him."""
    product, facts = synced.looked.product.pk, synced.looked.facts.facts
    id = ids.id_of(product, ids.USER, name)
    with facts.store.loading() as loading:
        for table, column in ID_IN.items():
            loading.tell(f"delete from {table} where product = :product and {column} = :id", product=product, id=id)
    facts.moved(product, BEFORE_ALL)
    return id


def deleted(synced: Synced, name: str) -> Erasure:  # noqa: F811
    erasure = begin(synced.looked.product, "user", name, [name, f"{name}@acme.example"])
    gone(synced, name)
    records.sweep(erasure)
    return erasure


def test_every_value_of_ours_is_emptied_there_and_nothing_of_him_is_kept_here(synced: Synced) -> None:  # noqa: F811
    synced.switch(Mode.ALL)
    synced.settle()
    assert synced.stands("ann@acme.example")
    others = synced.stands("bob@acme.example")
    erasure = deleted(synced, "ann")
    assert elsewhere.why_not_done(erasure) == "Intercom is being cleared."
    assert not Record.objects.filter(entity=erasure.entities[0]).exists()

    synced.settle()

    assert elsewhere.why_not_done(erasure) is None
    assert set(synced.stands("ann@acme.example").values()) <= {None}
    assert synced.stands("bob@acme.example").keys() == others.keys()
    assert not Record.objects.filter(entity=erasure.entities[0]).exists()
    assert not Left.objects.exists()
    elsewhere.note(erasure)
    assert (erasure.part("tools")["emptied"], erasure.part("tools")["archived"]) == (1, 0)


def test_while_the_tool_is_not_connected_the_deletion_waits_and_says_why(synced: Synced) -> None:  # noqa: F811
    synced.switch(Mode.ALL)
    synced.settle()
    erasure = deleted(synced, "ann")
    Connection.objects.update(state=State.NEEDS_RECONNECT)
    said = elsewhere.why_not_done(erasure)
    assert said == "Intercom has to be connected again before what stands there can be cleared."
    Connection.objects.update(state=State.DISCONNECTED)  # what stood there is archived, then
    assert elsewhere.why_not_done(erasure) is None


def test_whoever_was_never_written_has_nothing_to_wait_for(synced: Synced) -> None:  # noqa: F811
    synced.switch(Mode.ALL)
    synced.settle()
    erasure = deleted(synced, "carla")
    assert elsewhere.why_not_done(erasure) is None
    elsewhere.note(erasure)
    assert erasure.part("tools").get("emptied", 0) == 0
