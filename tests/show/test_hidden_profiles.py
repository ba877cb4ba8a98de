"""Nothing of a profile that is kept from a member is shown to him: every address there is, walked as the member."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product as every

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse
from django.utils import timezone

from accoil.act import automations
from accoil.act.automations import Draft
from accoil.connect.connection import SignInAgain
from accoil.connect.models import Connection, Entry, Mode, Pass, ProfileSync, Record, Written
from accoil.count.ids import EVENT, id_of
from accoil.score import features
from accoil.score.access import May
from accoil.score.configuration import Configuration
from accoil.score.definition import Definition
from accoil.score.features import Said
from accoil.score.models import Profile
from accoil.segment import journeys, keeping
from accoil.segment.journeys import Stage
from accoil.segment.models import Segment
from accoil.segment.rounds import Rounds
from accoil.show.urls import product as addresses
from tests.show.automating import TAG, made
from tests.show.conftest import World
from tests.show.connected import record
from tests.show.reading import main

# The profile, its segment, its automation, its journey and stage; a profile that was deleted; values of both, so long
# that no id has them in it by chance.
SECRETS = ("Zebra", "Murmur", "Whisper", "Quietpath", "Hushed", "Okapi", "90847110", "90847120")
OWN = {"metric": "raw", "above": 1}
SEARCHES: dict[str, list[str]] = {"connection-check": ["who=ann", "who=Acme"], "connection-ledger": ["search=ann"],
                                  "connection-records": ["match=failed", "kind=account"],
                                  "segments": ["kind=user"], "profiles": ["profile={hidden}"]}  # fmt: skip


@pytest.fixture
def hidden(busy: World, joined: Connection) -> Profile:
    """Bob sees Everyday alone."""
    zebra = Profile.create(busy.web, "Zebra", Definition(events={"Help_Opened": 5, "Report_Created": 2}), busy.ann)
    busy.web.team.members.get(user=busy.bob).access.create(profile=zebra, may=May.NONE)
    zebra.open_to_inbox = True
    zebra.save(update_fields=["open_to_inbox"])
    features.edit(busy.web, lambda kept: [*kept, Said(name="Reporting", events=("Report_Created", "Help_Opened"))])
    Configuration.objects.update_or_create(product=busy.web, defaults={"summary_profile": zebra})
    for scope in ("user", "account"):
        keeping.create(zebra, scope, "Murmur", {"feature": "Reporting", "did": True})
        journeys.create(zebra, scope, "Quietpath", [Stage("Hushed", OWN), Stage("Rest", OWN)])
    told = Draft(name="Whisper", scope="account", when={"enters": "Murmur"}, then=TAG, condition=OWN)
    automations.create(zebra, told, busy.ann, enabled=True)
    keeping.create(busy.profile, "account", "Plain", OWN)
    journeys.create(busy.profile, "account", "Open path", [Stage("First", OWN), Stage("Second", OWN)])
    made(busy)
    Rounds().look(zebra)
    Rounds().look(busy.profile)
    _written_of(joined, zebra, busy)
    return zebra


def _written_of(joined: Connection, zebra: Profile, busy: World) -> None:
    ProfileSync.objects.create(connection=joined, profile=zebra, mode=Mode.ALL)
    ProfileSync.objects.create(connection=joined, profile=busy.profile, mode=Mode.SEGMENTS)
    known = {"connection": joined, "kind": "user", "remote_id": "9"}
    Written.objects.create(**known, profile=zebra, name="Accoil_Zebra_Score", problem="Zebra is used there.")
    Written.objects.create(**known, profile=None, name="Accoil_Okapi_Score", state="archiving", problem="Okapi, too.")
    values = {"Accoil_Zebra_Score": 90847110, "Accoil_Okapi_Score": 90847120}
    kept = "It was kept otherwise than sent: Accoil_Zebra_Score is 90847110 there, not 90847120."
    Record.objects.filter(connection=joined, remote_id="r-ann").update(confirmed=values, problem=kept)
    changes = {name: [None, value] for name, value in values.items()}
    for each in joined.records.all():
        Entry.objects.create(connection=joined, record=each, what="written", changes=changes, reason=kept)
    record(joined, busy.web, "user", "gus", match="matched", problem=kept.replace("Zebra", "Okapi"))
    Pass.objects.create(
        connection=joined, of="full", ended_at=timezone.now(), problem="Accoil_Okapi_Score could not be archived."
    )
    joined.problem = SignInAgain("Accoil_Zebra_Score may not be written.").reason
    joined.waits_until = timezone.now() + timedelta(hours=1)
    joined.save()


def walked(world: World, hidden: Profile) -> Iterator[str]:
    """Every address of the product, for each of its things; also those of the hidden profile."""
    web = world.web
    things: dict[str, list[object]] = {
        "profile_id": [world.profile.pk, hidden.pk],
        "segment_id": list(Segment.every.exclude(kind="built_in").values_list("pk", flat=True)),
        "journey_id": [each.pk for each in (*hidden.journeys.all(), *world.profile.journeys.all())],
        "automation_id": [each.pk for each in (*hidden.automations.all(), *world.profile.automations.all())],
        "account_id": sorted({each.entity for each in Record.objects.filter(kind="account")}),
        "user_id": sorted({each.entity for each in Record.objects.filter(kind="user")}),
        "event_id": [id_of(web.pk, EVENT, "Help_Opened")],
        "feature_id": [features.kept(web)[0].id],
        "tool": ["intercom"],
        "suffix": ["csv"],
    }
    for pattern in addresses:
        assert isinstance(pattern, URLPattern)
        names = [name for name in pattern.pattern.converters if name != "product_id"]
        for values in every(*(things.get(name, [1]) for name in names)):
            try:
                found = reverse(
                    str(pattern.name), kwargs={"product_id": web.pk, **dict(zip(names, values, strict=True))}
                )
            except NoReverseMatch:
                continue
            for query in ["", *SEARCHES.get(str(pattern.name), [])]:
                yield f"{found}?{query.format(hidden=hidden.pk)}" if query else found


def told(client: Client, address: str, **more: object) -> str:
    answer = client.get(address, **more)  # type: ignore[arg-type]
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode("utf-8", "replace")


def test_no_address_shows_a_member_anything_of_a_profile_that_is_kept_from_him(
    ann: Client, bob: Client, busy: World, hidden: Profile
) -> None:
    wrong = []
    for address in walked(busy, hidden):
        for more in ({}, {"headers": {"HX-Request": "true"}}):
            shown = told(bob, address, **more)
            wrong += [f"{address} shows {secret}" for secret in SECRETS if secret in shown]
    assert not wrong, "\n".join(wrong)
    query = f"?profile={hidden.pk}"
    page = reverse("dashboard", args=[busy.web.pk])
    standing = [f"{page}{each}" for each in (f"segments{query}", f"journeys{query}", "automations", f"journeys{query}")]
    standing += [f"{page}journeys/{each.pk}{query}" for each in hidden.journeys.all()]
    met = "".join(told(ann, each) for each in (*standing, f"{page}settings/connections/intercom/ledger"))
    assert [secret for secret in SECRETS if secret not in met] == [], "the owner sees all of it"


def test_a_draft_of_a_hidden_profile_is_not_previewed_nor_compared_with(
    bob: Client, busy: World, hidden: Profile
) -> None:
    form = {"event-0": "Help_Opened", "scored-0": "1", "weight-0": "3", "of": str(hidden.pk)}
    for page in ("preview", "differences"):
        assert bob.post(reverse(page, args=[busy.web.pk]), form).status_code == 404


def test_what_reads_all_profiles_is_not_for_members_to_make(
    ann: Client, bob: Client, busy: World, hidden: Profile
) -> None:
    """A token belongs to the product and reads all of it; assistants ask with one."""
    new = reverse("new-token", args=[busy.web.pk])
    assert bob.post(new, {"name": "Mine"}).status_code == 403
    assert not busy.web.api_tokens.exists()
    assert "Zebra" in main(ann.get(reverse("profiles", args=[busy.web.pk])))
