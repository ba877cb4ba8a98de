"""Two who must never see each other: a team with one of everything, marked with a word of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from accoil.act.models import Automation, Batch, Feed
from accoil.asgi import Server
from accoil.connect.models import Connection, ProfileSync, State
from accoil.count import ids
from accoil.erase.models import Erasure
from accoil.receive.importing.state import Import
from accoil.score.definition import Definition
from accoil.score.features import Feature
from accoil.score.models import Profile
from accoil.segment.models import Journey, Segment
from accoil.team.ingest import EVENT, Watched
from accoil.team.invitations import Invitation
from accoil.team.models import ApiToken, IngestKey, Mapping, Member, Product, User
from tests.door import Door
from tests.waiting import until


@dataclass
class Tenant:
    """A product full of life, and what its addresses are made of."""

    door: Door
    mark: str
    product: Product
    user: User
    parts: dict[str, int | str]  # names in address patterns → ids of this product

    @property
    def secrets(self) -> list[str]:
        """What nobody else may ever read."""
        parts = [str(part) for name, part in self.parts.items() if name not in ("tool", "key")]
        return [self.mark, self.door.key, self.door.token, self.user.email, *parts]


def tenant(server: Server, door: Door, mark: str, folder: Path) -> Tenant:
    user, account = f"{mark} user", f"{mark} account"
    batch = [
        {"type": "group", "userId": user, "groupId": account, "traits": {"name": f"{mark} Inc"}},
        {"type": "identify", "userId": user, "traits": {"email": f"{mark}@example.com", "name": f"{mark} Ann"}},
        *({"type": "track", "userId": user, "event": f"{mark} event"} for _ in range(3)),
    ]
    assert door.post("/v1/batch", {"batch": batch}).status == 200
    assert server.wait_counted()
    product = Product.objects.get(pk=door.product_id)
    product.name = f"{mark} product"
    product.save()
    product.team.name = f"{mark} team"
    product.team.save()
    owner = Member.objects.get(team=product.team)
    profile = Profile.create(product, f"{mark} profile", Definition(events={f"{mark} event": 5}))
    # Ids of rows count from 1 in every table: far apart, no number of one tenant is by chance in a page of another.
    token = ApiToken.objects.create(
        pk=profile.pk * 7_919_000 + 3, product=product, name=f"{mark} token", digest=mark * 8, last4="....",
    )  # fmt: skip
    other = IngestKey.objects.create(pk=profile.pk * 7_919_000 + 5, product=product, name=f"{mark} key")
    mapping = Mapping.objects.create(
        pk=profile.pk * 6_101_000 + 7, product=product, name=f"{mark} mapping", trigger="event exists", action="track",
    )  # fmt: skip
    watched = Watched.objects.create(
        pk=profile.pk * 7_919_000 + 11, product=product, kind=EVENT, name=f"{mark} event", silent_since=timezone.now(),
    )  # fmt: skip
    segment = Segment.objects.create(
        pk=profile.pk * 7_919_000 + 17, profile=profile, scope="account", name=f"{mark} segment",
        rule={"metric": "score", "above": 0},
    )  # fmt: skip
    journey = Journey.objects.create(pk=profile.pk * 6_101_000 + 19, profile=profile, scope="user", name=f"{mark} way")
    feature = Feature.objects.create(
        pk=profile.pk * 6_101_000 + 13, product=product, name=f"{mark} feature", position=0
    )
    feature.events.create(product=product, event=f"{mark} event", position=0)
    automation = Automation.objects.create(
        pk=profile.pk * 4_007_000 + 23, profile=profile, scope="account", name=f"{mark} automation",
        trigger={"enters": f"{mark} segment"}, actions=[{"webhook": {"url": f"https://{mark}.example/hook"}}],
        segment=segment,
    )  # fmt: skip
    feed = Feed.objects.create(
        pk=profile.pk * 4_007_000 + 53, profile=profile, author=owner.user, name=f"{mark} feed", is_shared=True,
        cards=[{"card": "new", "scope": "account"}],
    )  # fmt: skip
    connection = Connection.objects.create(
        pk=profile.pk * 4_007_000 + 29, team=product.team, tool="intercom", workspace=f"{mark} workspace",
        workspace_name=f"{mark} workspace", state=State.NEEDS_RECONNECT, problem=f"{mark} problem",
    )  # fmt: skip
    address = Connection.objects.create(
        pk=profile.pk * 4_007_000 + 31, team=product.team, tool="webhook", workspace=f"https://{mark}.example/hook",
        state=State.NEEDS_RECONNECT,
    )  # fmt: skip
    batch_by_hand = Batch.objects.create(
        pk=profile.pk * 4_007_000 + 37, product=product, author=owner.user,
        action="intercom_tag", values={"tag": f"{mark} tag"},
    )  # fmt: skip
    colleague = Member.objects.create(
        pk=profile.pk * 4_007_000 + 41, team=product.team, role="member",
        user=User.objects.create(email=f"{mark}-colleague@example.com"),
    )  # fmt: skip
    invitation = Invitation.objects.create(
        pk=profile.pk * 4_007_000 + 43, team=product.team, by=owner, email=f"{mark}-guest@example.com", digest=mark,
    )  # fmt: skip
    erasure = Erasure.objects.create(
        pk=profile.pk * 4_007_000 + 53, product=product, kind="user", digest=mark * 8, state="done",
        finished_at=timezone.now(), who=f"{mark}-manager@example.com",
    )  # fmt: skip
    ProfileSync.objects.create(connection=connection, profile=profile, mode="all")
    parts: dict[str, int | str] = {
        "tool": "intercom",
        "automation_id": automation.pk,
        "address_id": address.pk,
        "feed_id": feed.pk,
        "batch_id": batch_by_hand.pk,
        "member_id": colleague.pk,
        "invitation_id": invitation.pk,
        "secret": f"{mark}-secret",  # of a link that opens nothing
        "session_id": profile.pk * 4_007_000 + 47,
        "product_id": product.pk,
        "profile_id": profile.pk,
        "workspace_id": profile.pk,
        "token_id": token.pk,
        "key_id": other.pk,
        "mapping_id": mapping.pk,
        "watched_id": watched.pk,
        "segment_id": segment.pk,
        "journey_id": journey.pk,
        "feature_id": feature.pk,
        "event_id": ids.id_of(product.pk, ids.EVENT, f"{mark} event"),
        "erasure_id": erasure.pk,
        "user_id": ids.id_of(product.pk, ids.USER, user),
        "account_id": ids.id_of(product.pk, ids.ACCOUNT, account),
        "key": "score",
        "import_id": imported(server, product, folder / f"{mark}.csv", user).id,
    }
    return Tenant(door, mark, product, owner.user, parts)


def imported(server: Server, product: Product, path: Path, user: str) -> Import:
    """A file of which one row could not be used."""
    path.write_text(f"name,timestamp,user_id\n{path.stem} event,2025-03-01,{user}\n{path.stem} secret,soon,{user}\n")
    started = server.parts.counts.imports.start(path, product.pk)
    until(lambda: server.parts.counts.imports.get(started.id).is_finished)
    assert server.parts.counts.imports.get(started.id).status == "done with errors"
    return started
