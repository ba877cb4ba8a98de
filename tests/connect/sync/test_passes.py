"""What waits for the full pass, and what is found without one."""

from accoil.connect.models import Mode, Pass
from accoil.score.definition import Definition
from tests.connect.sync.conftest import Synced, works


def test_what_somebody_changed_there_is_found_and_mended(on: Synced) -> None:
    contact = on.workspace.find_contact("ann@acme.example")
    contact.custom_attributes["Accoil_Everyday_Score"] = 3
    on.clock.advance(25 * 3600)
    on.settle()
    on.settle()
    assert contact.custom_attributes["Accoil_Everyday_Score"] == 46
    drift = Pass.objects.filter(connection=on.connection, of=Pass.Of.DRIFT).first()
    assert drift and drift.counts["drifted"] == 1


def test_what_only_others_moved_waits_for_the_full_pass(synced: Synced) -> None:
    moving = {**synced.profile.current.parsed.to_yaml_dict(), "benchmark": "moving_p90"}
    synced.profile.save_definition(Definition.check(moving), None)
    synced.switch(Mode.ALL)
    synced.settle()
    before = synced.stands("bob@acme.example")["Score"]
    works(synced, "ann", "Report_Created", 15)
    works(synced, "ann", "Report_Created", 16)
    synced.settle()
    assert synced.stands("bob@acme.example")["Score"] == before
    synced.clock.advance(6 * 3600 + 1)
    synced.settle()
    assert synced.stands("bob@acme.example")["Score"] != before
