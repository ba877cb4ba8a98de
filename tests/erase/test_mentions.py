"""What is kept of others loses the mention of who is deleted, and nothing else: also where the id is "12"."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accoil.act.models import Batch, Delivery, Feed
from accoil.connect.models import Connection, Entry, Record
from accoil.connect.settling import reason_of
from accoil.count import ids
from accoil.count.facts import open_facts
from accoil.erase import naming, records
from accoil.erase.asking import begin
from accoil.erase.models import Erasure
from accoil.score import exclusion
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.team import audit
from accoil.team.models import Product, Team, User
from tests.erase.feeds import feed_of
from tests.world import Engine

pytestmark = pytest.mark.django_db
State = Delivery.State
ID = "12"


def made(team: Team, name: str = "App") -> Profile:
    product = Product.objects.create(team=team, name=name, time_zone="UTC")
    return Profile.create(product, f"Of {name}", Definition(events={"Report_Created": 5}))


@pytest.fixture
def profile(engine: Engine) -> Profile:
    open_facts(engine.facts)  # a feed asks who they are
    return made(Team.objects.create(name="Ours"))


def entity(profile: Profile, name: str = ID, kind: int = ids.USER) -> int:
    return ids.id_of(profile.product_id, kind, name)


def delivered(profile: Profile, key: str, told: Any = None, **more: Any) -> Delivery:
    values: dict[str, Any] = {
        "product": profile.product, "action": "slack", "kind": "user", "entity": 5, "key": key, "told": told or {},
        "state": State.DONE, "ended_at": timezone.now(), **more,
    }  # fmt: skip
    return Delivery.objects.create(**values)


def in_feed(profile: Profile, key: str, named: dict[int, str], state: str = State.DONE) -> Delivery:
    feed, _ = Feed.objects.get_or_create(profile=profile, name="Weekly")
    return delivered(profile, key, feed_of(profile, named), feed=feed, kind="account", entity=-feed.pk, state=state)


def swept(profile: Profile, name: str, names: list[str], kind: Any = "user") -> Erasure:
    erasure = begin(profile.product, kind, name, [*names, name])
    records.sweep(erasure)
    return erasure


def test_of_feeds_only_the_lines_go_that_tell_of_who_is_deleted(profile: Profile) -> None:
    of_others = in_feed(profile, "others", {7: "Bob", 8: "12 Monkeys"})
    waits = in_feed(profile, "waits", {7: "Bob", entity(profile): "Ann"}, State.WAITING)
    alone = in_feed(profile, "alone", {entity(profile): "Ann"})
    before = of_others.told

    erasure = swept(profile, ID, [])

    of_others.refresh_from_db()
    waits.refresh_from_db()
    assert of_others.told == before
    assert [line["name"] for line in waits.told["cards"][0]["lines"]] == ["Bob"]
    assert (waits.state, Delivery.objects.filter(pk=alone.pk).exists()) == (State.WAITING, False)
    assert len(erasure.sent) == 1
    assert erasure.part("records")["counts"] == {"lines of feeds": 2}


def test_a_line_of_somebody_else_says_no_more_that_they_belong_to_a_deleted_account(profile: Profile) -> None:
    feed = in_feed(profile, "users", {7: "Bob", 8: "Cleo"})
    for line, account in zip(feed.told["cards"][0]["lines"], ("Acme", "Other"), strict=True):
        line["about"] = account
    feed.save()
    erasure = swept(profile, ID, ["Acme"], "account")
    feed.refresh_from_db()
    told = [(line["name"], line["about"]) for line in feed.told["cards"][0]["lines"]]
    assert told == [("Bob", ""), ("Cleo", "Other")]
    assert erasure.part("records")["counts"] == {"lines of feeds": 1}


def test_lines_of_feeds_from_before_ids_stood_in_them_are_found_by_name(profile: Profile) -> None:
    feed = in_feed(profile, "old", {7: 'Zoë “Z” "Q" Ä', 8: "Bob"})
    for line in feed.told["cards"][0]["lines"]:
        del line["entity"]
    feed.save()
    swept(profile, ID, ['Zoë “Z” "Q" Ä'])
    feed.refresh_from_db()
    assert [line["name"] for line in feed.told["cards"][0]["lines"]] == ["Bob"]


def test_texts_go_of_deliveries_that_told_of_the_account_and_of_no_others(profile: Profile) -> None:
    theirs = delivered(profile, "a", {"account": {"id": ID, "name": "Acme"}, "user": {"id": "ann"}})
    other = delivered(profile, "b", {"account": {"id": "112", "score": 12, "change": "12"}, "because": "score 12"})
    filled = delivered(profile, "c", values={"text": "Müller & Söhne is at risk"}, answer="Told #sales")
    plain = delivered(profile, "d", values={"text": "12 days, Müllerin"}, answer="Sent 12")

    swept(profile, ID, ["Müller & Söhne"], "account")

    texts = {each.key: (each.told, each.values, each.answer) for each in Delivery.objects.all()}
    assert texts[theirs.key] == texts[filled.key] == ({}, {}, "")
    assert texts[other.key] == (other.told, {}, "")
    assert texts[plain.key] == ({}, plain.values, plain.answer)


def test_what_is_being_told_of_them_is_left_until_it_is_over(profile: Profile) -> None:
    now = {"state": State.TAKEN, "leased_until": timezone.now() + timedelta(seconds=9), "ended_at": None}
    feed = in_feed(profile, "feed", {entity(profile, kind=ids.ACCOUNT): "Acme"})
    of_user = delivered(profile, "of user", {"account": {"id": ID}})
    late = delivered(profile, "late", {"account": {"id": ID}}, state=State.WAITING, ended_at=None)
    Delivery.objects.exclude(pk=late.pk).update(**now)

    erasure = swept(profile, ID, ["Acme"], "account")

    assert not Delivery.objects.filter(pk=late.pk).exists()
    for each in (feed, of_user):
        assert not records.sweep(erasure)
        Delivery.objects.filter(pk=each.pk).update(state=State.DONE, ended_at=timezone.now())
    assert records.sweep(erasure)
    assert [each.told for each in Delivery.objects.all()] == [{}]


def test_notes_of_versions_lose_the_id_only_where_it_was_left_out(profile: Profile) -> None:
    by_hand = profile.save_definition(Definition(events={"Report_Created": 6}), None, "Window 12 days")
    exclusion.exclude(profile, "user", ID, None)
    exclusion.exclude(profile, "user", "bob", None)
    exclusion.include(profile, "user", ID, None)

    swept(profile, ID, [])

    by_hand.refresh_from_db()
    assert by_hand.note == "Window 12 days"
    notes = list(profile.versions.order_by("number").values_list("note", flat=True))[2:]
    assert notes == ["A deleted user excluded", "User bob excluded", "A deleted user included again"]
    assert [version.parsed.exclude.users for version in profile.versions.order_by("number")][2:] == [
        (), ("bob",), ("bob",)
    ]  # fmt: skip


LINES = [
    ("exclude-user", "12 no longer counts under Of App: version 12, from today.",
     "A deleted user no longer counts under Of App: version 12, from today."),
    ("include-user", "Ann Lee counts again under Of App: version 3, from today.",
     "A deleted user counts again under Of App: version 3, from today."),
    ("exclude-user", "112 no longer counts under Of App: version 12, from today.", None),
    ("exclude-user", "12 no longer counts under Of Another: version 2, from today.", None),
    ("exclude-account", "12 no longer counts under Of App: version 2, from today.", None),
    ("apply", "accoil apply all.toml: ~ window 12 days; user 12 excluded.",
     "accoil apply all.toml: ~ window 12 days; a deleted user excluded."),
    ("begin-on-users", "Add Intercom Tag “12” to 12 users: 12, Ann Lee, Ann and 9 more.",
     "Add Intercom Tag “12” to 12 users: a deleted user, a deleted user, Ann and 9 more."),
    ("begin-on-accounts", "Add Intercom Tag “12” to 1 account: 12.", None),
]  # fmt: skip


@pytest.mark.parametrize(("action", "before", "after"), LINES)
def test_lines_of_the_audit_log_lose_the_name_and_nothing_else(
    profile: Profile, action: str, before: str, after: str | None
) -> None:
    made(profile.product.team, "Another")
    audit.write([profile.product.team], None, action, before)
    swept(profile, ID, ["Ann Lee"])
    assert profile.product.team.audit.get().what == (after or before)


def test_what_was_done_by_hand_in_another_product_stays_in_the_audit_log(profile: Profile) -> None:
    author = User.objects.create(email="kim@example.com")
    other = made(profile.product.team, "Another")
    Batch.objects.create(product=other.product, author=author, action="intercom_tag")
    said = "Add Intercom Tag “x” to 1 user: 12."
    audit.write([profile.product.team], author, "begin-on-users", said)  # of before products were noted
    by_file = "accoil apply all.yaml: ~ profile X (user 12 excluded)."
    audit.write([profile.product.team], author, "apply", by_file, product=other.product)
    swept(profile, ID, [])
    assert {line.what for line in profile.product.team.audit.all()} == {said, by_file}


def test_a_line_that_is_known_to_be_of_the_product_loses_the_name_whatever_its_profile_is_called_now(
    profile: Profile,
) -> None:
    made(profile.product.team, "Another")  # with the profile “Of Another”, as the one of App was called then
    author = User.objects.create(email="kim@example.com")
    Batch.objects.create(product=Product.objects.exclude(pk=profile.product_id).get(), author=author, action="tag")
    for action, said in (
        ("exclude-user", "Ann Lee no longer counts under Of Another: version 2, from today."),
        ("begin-on-users", "Add Intercom Tag “x” to 1 user: Ann Lee."),
    ):
        audit.write([profile.product.team], author, action, said, product=profile.product)
    swept(profile, ID, ["Ann Lee"])
    assert not [line.what for line in profile.product.team.audit.all() if "Ann Lee" in line.what]


def test_whoever_is_on_one_record_there_with_them_is_told_of_no_name(profile: Profile) -> None:
    connection = Connection.objects.create(team=profile.product.team, tool="intercom")
    record = Record.objects.create(
        connection=connection, product=profile.product, kind="user", entity=5, match=Record.Is.AMBIGUOUS,
        reason=reason_of("user", "Jane Doe"),
    )  # fmt: skip
    entry = Entry.objects.create(connection=connection, record=record, what="skipped", reason=record.reason)
    other = Entry.objects.create(connection=connection, record=record, what="skipped", reason=reason_of("user", "Jo"))
    assert "Jane Doe" in entry.reason

    swept(profile, ID, ["Jane Doe"])

    for each in (record, entry, other):
        each.refresh_from_db()
    assert record.reason == entry.reason == "Another user is on the same record there, and its numbers are written."
    assert "Jo" in other.reason


@pytest.mark.parametrize("row", [b"12,Login", b"Login;12", b'{"user_id": 12}', b'{"user_id":"12","a":1}', b'"12",x\r'])
def test_an_id_is_found_in_rows_of_files_as_a_whole_field(row: bytes) -> None:
    assert naming.in_rows([ID])(b"name,id\n" + row)


@pytest.mark.parametrize(
    "row", [b"2026-03-12,Login", b"Login,2026-03-01 12:00", b'{"score":112}', b"12 days,x", b"a12,"]
)
def test_an_id_is_not_found_in_other_fields(row: bytes) -> None:
    assert not naming.in_rows([ID])(b"name,id\n" + row)


@pytest.mark.parametrize(
    "row", ["Login,zoë@example.com", r'{"id": "zo\u00EB@example.com"}', '"{""email"": ""zoë@example.com""}",x']
)
def test_letters_are_found_however_they_are_written(row: str) -> None:
    assert naming.in_rows(["zoë@example.com"])(row.encode())
