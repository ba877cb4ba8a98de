"""What is written, for whom, and that nothing is written again."""

from accoil.connect.models import Entry, Mode, Record
from tests.connect.sync.conftest import Synced
from tests.small_worlds import at, did


def test_matched_users_and_their_company_get_all_traits(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    assert synced.stands("ann@acme.example") == {
        "Score": 46, "Segments": "Passive, Red Hot", "AdoptionRate": 50,
        "LifetimeAdoptionRate": 50, "LastActive": 1774872000, "Frequency": 1,
    }  # fmt: skip
    assert synced.stands_at("acme")["AccountActiveUsers"] == 2
    assert synced.record("carla").match == Record.Is.UNMATCHED
    assert "e-mail" in synced.record("carla").reason


def test_a_second_pass_writes_nothing(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    before = synced.written()
    synced.clock.advance(7 * 3600)
    synced.settle()
    assert synced.written() == before
    assert Entry.objects.filter(connection=synced.connection, what=Entry.What.WRITTEN).count() == len(before)


def test_an_event_changes_only_what_it_moves(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    before = len(synced.written())
    synced.looked.receive(did("bob", "Report_Created", at(30), 1))
    synced.settle()
    assert [whose for whose, _ in synced.written()[before:]] == ["bob@acme.example", "acme"]
    assert synced.stands("bob@acme.example")["AdoptionRate"] == 100
    assert "Accoil_Everyday_Frequency" not in synced.written()[before][1]
