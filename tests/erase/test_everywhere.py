"""After a deletion nothing about the person is left, and sent again he does not come back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accoil import control
from accoil.act.models import Automation, Delivery, Feed, Firing
from accoil.asgi import Server
from accoil.count import ids
from accoil.count.load import checksums
from accoil.erase import carrying
from accoil.erase.asking import ask
from accoil.erase.models import Erasure
from accoil.receive.journal import Gap
from accoil.score import exclusion
from accoil.score.configuration import Configuration, configurations
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.segment.models import Segment, Stay
from accoil.team import audit
from accoil.team.models import Product, User
from tests.door import Door, make_product
from tests.erase.feeds import feed_of
from tests.erase.searching import ids_in, places
from tests.waiting import until

MARK = "marlow-7e1f"  # stands in everything that is told of the person


def calls(user: str = f"{MARK}-id", account: str = "acme-kept") -> list[dict[str, Any]]:
    tracks = [
        {"type": "track", "userId": user, "event": "Report_Created", "messageId": f"{user} {n}"} for n in range(5)
    ]
    return [
        {"type": "track", "anonymousId": f"{user}-browser", "event": "Page_Seen"},
        {"type": "identify", "userId": user, "anonymousId": f"{user}-browser",
         "traits": {"name": f"Änn {user}", "email": f"{user}@example.com"}},
        {"type": "group", "userId": user, "groupId": account, "traits": {"plan": "Growth"}},
        *tracks,
        {"type": "track", "userId": "bob", "event": "Report_Created", "messageId": "of bob"},
        {"type": "group", "userId": "bob", "groupId": account, "messageId": "bob in acme"},
    ]  # fmt: skip


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "AFTERWARDS", 0.0)


def told(server: Server, door: Door, batch: list[dict[str, Any]]) -> Any:
    answer = door.post("/v1/batch", {"batch": batch})
    assert answer.status == 200, answer
    assert server.wait_counted()
    return answer.json() if answer.body else {}


def user_id(door: Door, name: str = f"{MARK}-id") -> int:
    return ids.id_of(door.product_id, ids.USER, name)


def erased(product: Product, kind: Any, entity: int, author: User | None = None) -> Erasure:
    erasure = ask(product, kind, entity, author)
    until(
        lambda: Erasure.objects.get(pk=erasure.pk).is_done, 60,
        said=lambda: f"still to do: {list(Erasure.objects.filter(finished_at=None).values('pk', 'state', 'problem'))}",
    )  # fmt: skip
    return Erasure.objects.get(pk=erasure.pk)


def lives(door: Door) -> Product:
    """He is in a segment, an automation has fired for him, he was left out once, and the audit log says so."""
    product = Product.objects.get(pk=door.product_id)
    profile = Profile.create(product, "Everyday", Definition(events={"Report_Created": 5}))
    segment = Segment.objects.create(profile=profile, scope="user", name="Some", rule={"metric": "score", "above": 0})
    until(lambda: Stay.objects.filter(segment=segment, entity=user_id(door)).exists())
    automation = Automation.objects.create(profile=profile, scope="user", name="Tell", trigger={"new": "user"})
    firing = Firing.objects.create(automation=automation, move="m", entity=user_id(door), became="fired")
    Delivery.objects.create(
        product=product, firing=firing, action="webhook", kind="user", entity=user_id(door), key=f"k {product.pk}",
        state="done", told={"user": {"name": f"Änn {MARK}-id"}}, answer=f"Told of {MARK}", ended_at=timezone.now(),
    )  # fmt: skip
    feed = Feed.objects.create(profile=profile, name="Weekly")
    Delivery.objects.create(
        product=product, feed=feed, action="email", kind="account", entity=0, key=f"f {product.pk}", state="done",
        told=feed_of(profile, {user_id(door): f"Änn {MARK}-id", 7: "Bob"}), ended_at=timezone.now(),
    )  # fmt: skip
    exclusion.exclude(profile, "user", f"{MARK}-id", None)
    exclusion.include(profile, "user", f"{MARK}-id", None)
    audit.write([product.team], None, "exclude-user", f"Änn {MARK}-id no longer counts under Everyday: version 2.")
    return product


def test_nothing_of_a_deleted_user_is_left_anywhere(server: Server) -> None:
    door = make_product(server)
    told(server, door, calls())
    product = lives(door)
    before = {place.split()[0] for place in places(server.counting, MARK)}
    in_files = {"file"} if connection.vendor == "sqlite" else set()  # PostgreSQL keeps its own; the store's come and go
    assert before >= {"table", "facts", "journal", "debugger"} | in_files, "else nothing is proved"

    erasure = erased(product, "user", user_id(door))

    assert places(server.counting, MARK) == []
    assert ids_in(server.counting, user_id(door)) == []
    assert not Stay.objects.filter(entity=user_id(door)).exists()
    assert door.counts().total() == 1  # bob's
    assert len(door.get("/users", workspace_id=product.profiles.get().pk).json()["data"]) == 1
    parts = {part["where"]: part for part in erasure.parts}
    assert (parts["journal"]["removed"], parts["journal"]["changed"]) == (7, 1)
    assert parts["records"]["counts"]["lines of run logs"] == 1
    assert [sent["by"] for sent in erasure.sent] == ["the automation “Tell”", "the feed “Weekly”"]


def test_what_is_sent_again_is_refused_and_a_rebuild_brings_nothing_back(server: Server) -> None:
    door = make_product(server)
    told(server, door, calls())
    erased(Product.objects.get(pk=door.product_id), "user", user_id(door))
    before = [row for row in checksums(server.counting.facts.store) if row["product"] == door.product_id]

    answer = told(server, door, calls())

    assert answer["rejected"] == 7
    control.ask(server.counting.journal.path.parent, "rebuild")
    after = [row for row in checksums(server.counting.facts.store) if row["product"] == door.product_id]
    assert after == before
    assert MARK not in repr([block.facts.to_pylist() for block in server.counting.journal.blocks(0)])


def test_the_same_name_in_another_team_is_left_alone(server: Server) -> None:
    mine, theirs = make_product(server), make_product(server)
    for door in (mine, theirs):
        told(server, door, calls())
    before = theirs.counts()

    erased(Product.objects.get(pk=mine.product_id), "user", user_id(mine))

    assert theirs.counts() == before
    assert "rejected" not in told(server, theirs, [{"type": "track", "userId": f"{MARK}-id", "event": "More"}])
    assert theirs.counts().total() == before.total() + 1
    erased(Product.objects.get(pk=theirs.product_id), "user", user_id(theirs))  # or other tests would find him


def test_an_account_goes_its_users_stay_and_later_events_count_for_none(server: Server) -> None:
    door = make_product(server)
    told(server, door, calls("ann", f"{MARK}-account"))
    product = Product.objects.get(pk=door.product_id)

    erased(product, "account", ids.id_of(product.pk, ids.ACCOUNT, f"{MARK}-account"))

    assert places(server.counting, f"{MARK}-account") == []
    assert {(user, account) for user, account, _, _ in door.counts()} == {("ann", None), ("bob", None)}
    call = {"type": "track", "userId": "bob", "groupId": f"{MARK}-account", "event": "More"}
    group = {"type": "group", "userId": "bob", "groupId": f"{MARK}-account"}
    assert told(server, door, [call, group])["rejected"] == 1
    assert [key[:2] for key in door.counts() if key[2] == "More"] == [("bob", None)]


def test_a_trait_that_names_accounts_from_now_on_brings_back_none_that_was_deleted(server: Server) -> None:
    door = make_product(server)
    told(server, door, calls("ann", "gone"))
    told(server, door, [{"type": "identify", "userId": "bob", "traits": {"company": "gone", "org": "beta"}}])
    product = Product.objects.get(pk=door.product_id)
    erased(product, "account", ids.id_of(product.pk, ids.ACCOUNT, "gone"))

    for trait, members in (("company", set()), ("org", {"beta"})):
        Configuration.objects.update_or_create(product=product, defaults={"account_id": trait})
        server.counting.facts.configure(configurations())
        server.parts.counts.follow_settings()
        assert server.counting.facts.account_traits[product.pk] == trait
        of = "select distinct name from name where product = :product and kind = :kind"
        rows = server.counting.facts.store.rows(of, product=product.pk, kind=ids.ACCOUNT)
        assert {row["name"] for row in rows} == members


def test_where_the_journal_has_lost_blocks_it_waits_until_somebody_counts_anew_all_the_same(server: Server) -> None:
    door = make_product(server)
    told(server, door, calls())
    lost = Gap(-5, -4)  # of blocks that never were
    server.counting.journal.gaps.append(lost)
    try:
        erasure = ask(Product.objects.get(pk=door.product_id), "user", user_id(door), None)
        until(lambda: "has lost the blocks -4" in Erasure.objects.get(pk=erasure.pk).problem)
        assert "accoil rebuild --anyway" in Erasure.objects.get(pk=erasure.pk).problem
        assert MARK not in repr([block.facts.to_pylist() for block in server.counting.journal.blocks(0)])
        control.ask(server.counting.journal.path.parent, "rebuild anyway")
        until(lambda: Erasure.objects.get(pk=erasure.pk).is_done)
        assert places(server.counting, MARK) == []
    finally:
        server.counting.journal.gaps.remove(lost)


def test_what_is_on_its_way_to_another_tool_stands_in_the_receipt(server: Server) -> None:
    door = make_product(server)
    told(server, door, calls())
    product = Product.objects.get(pk=door.product_id)
    profile = Profile.create(product, "Everyday", Definition(events={"Report_Created": 5}))
    automation = Automation.objects.create(profile=profile, scope="user", name="Tell", trigger={"new": "user"})
    firing = Firing.objects.create(automation=automation, move="m", entity=user_id(door), became="fired")
    taken = Delivery.objects.create(
        product=product, firing=firing, action="webhook", kind="user", entity=user_id(door),
        key=f"on its way {product.pk}", state="taken", leased_until=timezone.now() + timedelta(seconds=90),
    )  # fmt: skip

    erasure = ask(product, "user", user_id(door), None)
    until(lambda: "on its way to another tool" in Erasure.objects.get(pk=erasure.pk).problem)
    assert Delivery.objects.filter(pk=taken.pk).update(state="done", leased_until=None, ended_at=timezone.now())

    until(lambda: Erasure.objects.get(pk=erasure.pk).is_done)
    assert [sent["by"] for sent in Erasure.objects.get(pk=erasure.pk).sent] == ["the automation “Tell”"]
    assert not Delivery.objects.filter(pk=taken.pk).exists()
