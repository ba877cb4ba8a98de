"""What waits for the full pass, and what is found without one."""

import pytest

from accoil.connect import sync
from accoil.connect.models import Mode, Pass
from accoil.connect.passes import STOPPED, TOLD_EVERY, forget_old, passing
from accoil.connect.progress import so_far
from accoil.refused import Refused
from accoil.score.definition import Definition
from tests.connect.sync.conftest import Synced


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
    synced.works("ann", 15)
    synced.works("ann", 16)
    synced.settle()
    assert synced.stands("bob@acme.example")["Score"] == before
    synced.clock.advance(6 * 3600 + 1)
    synced.settle()
    assert synced.stands("bob@acme.example")["Score"] != before


def test_the_first_pass_tells_how_far_it_is(synced: Synced) -> None:
    synced.switch(Mode.ALL)
    synced.settle()
    first = Pass.objects.filter(connection=synced.connection, of=Pass.Of.FULL).last()
    assert first and first.of_total == first.counts["compared"] == first.counts["written"] == 3


def test_sync_now_compares_everything_at_once(on: Synced) -> None:
    on.workspace.find_contact("ann@acme.example").custom_attributes["Accoil_Everyday_Score"] = 3
    passes = Pass.objects.filter(connection=on.connection, of__in=(Pass.Of.FULL, Pass.Of.MATCH)).count()
    on.settle()
    sync.sync_now(on.connection)
    on.settle()
    assert Pass.objects.filter(connection=on.connection, of__in=(Pass.Of.FULL, Pass.Of.MATCH)).count() == passes + 2


def test_how_often_is_between_five_minutes_and_a_day(on: Synced) -> None:
    for seconds in (299, 24 * 3600 + 1):
        with pytest.raises(Refused, match="every 5 minutes at most"):
            sync.set_full_every(on.connection, seconds)
    sync.set_full_every(on.connection, 300)
    full = Pass.objects.filter(connection=on.connection, of=Pass.Of.FULL)
    before = full.count()
    on.clock.advance(301)
    on.settle()
    assert full.count() == before + 1


def test_a_pass_that_was_broken_off_is_begun_anew(on: Synced) -> None:
    Pass.objects.create(connection=on.connection, of=Pass.Of.FULL)
    on.restart()
    on.settle()
    broken = Pass.objects.get(connection=on.connection, problem=STOPPED)
    assert broken.ended_at and not Pass.objects.filter(ended_at=None).exists()


def test_old_lines_of_the_ledger_are_forgotten_and_the_last_runs_kept(on: Synced) -> None:
    assert on.connection.ledger.exists()
    on.clock.advance(31 * 24 * 3600)
    on.settle()
    forget_old(on.connection)
    assert not on.connection.ledger.exists()
    assert Pass.objects.filter(connection=on.connection, of=Pass.Of.FULL).count() == 1


def test_how_far_matching_is_stands_beside_it_while_it_is_under_way(synced: Synced) -> None:
    with passing(synced.connection, Pass.Of.MATCH) as counts:
        running = Pass.objects.filter(ended_at=None)
        so_far(150, 400)
        assert running.values_list("of_total", "counts").get() == (400, {"compared": 150})
        so_far(300, 400)
        assert running.get().counts == {"compared": 150}  # so often nobody looks
        synced.clock.advance(TOLD_EVERY)
        so_far(450, 400)  # some were added meanwhile
        assert running.values_list("of_total", "counts").get() == (450, {"compared": 450})
        counts["user matched"] = 2
    done = Pass.objects.get(connection=synced.connection, of=Pass.Of.MATCH, ended_at__isnull=False)
    assert (done.counts, done.of_total) == ({"user matched": 2}, None)
    so_far(1, 2)  # nobody follows any more
