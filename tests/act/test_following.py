"""What a draft of a profile means for automations and for other tools, beside segments entered and left."""

import pytest

from accoil.act import automations
from accoil.act.automations import Draft
from accoil.act.models import Firing
from accoil.act.what_if import Drafted, what_if
from accoil.connect.models import Connection, ProfileSync, Record
from accoil.score.definition import Definition
from accoil.segment import keeping
from accoil.show import consequences
from tests.act.conftest import entity
from tests.act.test_acting import RING
from tests.segment.worlds import Looked

NOW = {"Report_Created": 9, "Dashboard_Viewed": 1}


def drafted(people: Looked, **said: object) -> Drafted:
    draft = Definition.check({"events": NOW, "benchmark": {"fixed": 100}} | said)
    return what_if(people.product.pk, people.profile, draft, people.today)


def on(people: Looked, name: str, when: object, **said: object) -> None:
    draft = Draft(name=name, scope="account", when=when, then=RING, **said)  # type: ignore[arg-type]
    automations.create(people.profile, draft, enabled=True)


@pytest.mark.usefixtures("connected")
def test_for_whom_triggers_would_come_true_is_told_and_hidden_segments_are_not(people: Looked) -> None:
    keeping.create(people.profile, "account", "Engaged", {"metric": "score", "at_least": 60})
    on(people, "Engaged", {"leaves": "Engaged"})
    on(people, "Dropped", {"score": {"drops_below": 30}})
    on(people, "Rich", {"score": {"drops_below": 30}}, condition={"metric": "mrr", "above": 100_000})
    on(people, "Risen", {"score": {"rises_above": 90}})
    people.look()
    found = drafted(people, events={"Report_Created": 1})
    assert [(each.name, each.entities) for each in found.automations] == [("Engaged", 1), ("Dropped", 1)]
    assert found.as_answer()["automations"][1] == {
        "name": "Dropped",
        "scope": "account",
        "when": "When an account has a score that drops below 30",
        "entities": 1,
    }
    assert not [each for each in found.numbers.accounts.segments if each.name.startswith("Trigger")]
    assert consequences.automations(found.automations) == (
        "<b>1 account</b> would meet the trigger of <b>Engaged</b>, 1 account that of Dropped; "
        "saving the profile itself fires nothing."
    )
    assert drafted(people).automations == []
    people.profile.save_definition(Definition.check({"events": {"Report_Created": 1}}), None)
    people.look()
    assert Firing.objects.count() == 0


def test_how_many_records_would_be_written_hangs_on_what_is_synced(people: Looked, connected: Connection) -> None:
    for kind, name in (("user", "ann"), ("user", "bob"), ("account", "acme")):
        Record.objects.create(
            connection=connected, product=people.product, kind=kind, entity=entity(people, kind, name),
            match="matched" if name != "bob" else "unmatched", remote_id=name,
        )  # fmt: skip
    less = {"events": {"Report_Created": 1}}
    assert drafted(people, **less).writes == 0  # nothing is synced
    sync = ProfileSync.objects.create(connection=connected, profile=people.profile, mode="all")
    assert drafted(people, **less).writes == 2
    assert drafted(people).writes == 0
    assert drafted(people, events=NOW | {"Dashboard_Viewed": 2}).writes == 0  # nobody has viewed one
    assert drafted(people, events=NOW | {"Invoice_Sent": 1}).writes == 2  # adoption is one of three now
    sync.mode = "segments"
    sync.save()
    assert drafted(people, **less).writes == 2  # out of Slightly or Most Engaged
    assert drafted(people, benchmark={"fixed": 101}).writes == 0
    assert consequences.writes(2) == "<b>2 records</b> in connected tools would be written anew."
