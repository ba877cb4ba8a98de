"""One user or account, followed from here to the connected tool: where it stops, and why."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from django.utils import timezone

from accoil.connect.models import Connection, Mode, ProfileSync, Record
from accoil.connect.tools import TOOLS
from accoil.count.ids import Kind
from accoil.count.people import called, names
from accoil.score.access import profiles_for
from accoil.score.book import look_at
from accoil.score.found import by_shown
from accoil.show import connection_words as words
from accoil.show.connection_figures import hidden_attributes
from accoil.show.frame import Frame
from accoil.show.words import ago, count, listed

MOST_FOLLOWED = 5


class Step(NamedTuple):
    mark: str
    said: str


class Followed(NamedTuple):
    name: str
    kind: Kind
    link: str
    steps: list[Step]


def followed(frame: Frame, joined: Connection, who: str) -> list[Followed]:
    """Users and accounts of the frame's product that are called so, each followed from here to there."""
    product, today = frame.product.pk, frame.today
    kinds: tuple[Kind, ...] = ("account", "user")
    exactly = [(kind, id) for kind in kinds for id in by_shown(product, kind, "name", who, today)]
    exactly += [("user", id) for id in by_shown(product, "user", "email", who, today)]
    about = [(kind, id) for kind in kinds for id in called(product, kind, who, MOST_FOLLOWED)]
    found = list(dict.fromkeys(exactly or about))[:MOST_FOLLOWED]
    return [_followed(frame, joined, kind, id) for kind, id in found]


def _followed(frame: Frame, joined: Connection, kind: Kind, id: int) -> Followed:
    name = names(frame.product.pk, kind, [id]).get(id, str(id))
    return Followed(name, kind, frame.link(kind, id), list(_steps(frame, joined, kind, id)))


def _steps(frame: Frame, joined: Connection, kind: Kind, id: int) -> Iterator[Step]:
    yield Step("good", f"Accoil knows this {kind}.")
    yield from _seen_by(frame, joined, kind, id)
    record = joined.records.filter(product=frame.product, kind=kind, entity=id).first()
    yield _found_there(record, kind, TOOLS[joined.tool].name)
    if kind == "user":
        yield from _account(frame, joined, id)
    if record and record.match == Record.Is.MATCHED:
        yield _written(record, hidden_attributes(joined, frame.request.user))


def _found_there(record: Record | None, kind: Kind, there: str) -> Step:
    if record is None:
        return Step("fair", f"It was not looked for in {there} yet; “Sync now” does it at once.")
    told = words.match(record)
    if record.match == Record.Is.MATCHED:
        at = f", {ago(record.matched_at, timezone.now())}" if record.matched_at else ""
        return Step("good", f"Matched in {there} {told.why}{at}.")
    return Step("bad", f"{told.words} in {there}: {told.why or 'nobody there has this e-mail address.'}")


def _seen_by(frame: Frame, joined: Connection, kind: Kind, id: int) -> Iterator[Step]:
    """Which of the profiles that are written have it among theirs."""
    synced = ProfileSync.objects.filter(connection=joined, profile__product=frame.product).exclude(mode=Mode.OFF)
    there = TOOLS[joined.tool].name
    inside: list[str] = []
    outside: list[str] = []
    seen = synced.filter(profile__in=profiles_for(frame.request.user, frame.product)).select_related("profile")
    for sync in seen.order_by("profile"):
        row = look_at(frame.product.pk, sync.profile.current.parsed, frame.today).those(kind, [id])
        (inside if row else outside).append(f"“{sync.profile.name}”")
    if not inside and not outside:
        none = f"No profile of {frame.product} is written to {there}: all are off."
        yield Step("bad", f"No profile that you see is written to {there}." if synced.exists() else none)
    if inside:
        yield Step("good", f"In {listed(inside)}, which {'is' if len(inside) == 1 else 'are'} written to {there}.")
    if outside:
        yield Step("fair", f"Not in {listed(outside)}: left out by its filter, an exclusion or an internal domain.")


def _account(frame: Frame, joined: Connection, user: int) -> Iterator[Step]:
    if frame.profile is None:
        return
    rows = look_at(frame.product.pk, frame.definition, frame.today).page("user", ids=[user], limit=1).rows
    account = rows[0].get("account_id") if rows else None
    if not account:
        yield Step("fair", "Belongs to no account in Accoil, so no company gets anything through this user.")
        return
    name = rows[0].get("account_name") or "its account"
    record = joined.records.filter(product=frame.product, kind="account", entity=account).first()
    if record and record.match == Record.Is.MATCHED:
        yield Step("good", f"Belongs to {name}, which is matched {words.match(record).why}.")
    else:
        why = record.reason if record and record.reason else f"it was not found in {TOOLS[joined.tool].name} yet."
        yield Step("fair", f"Belongs to {name}, which has no company there: {why}")


def _written(record: Record, hidden: Collection[str]) -> Step:
    if record.problem:
        return Step("bad", f"The last write failed: {words.reason(record.problem, hidden)}")
    if not record.confirmed_at:
        return Step("fair", "Nothing was written yet.")
    when = ago(record.confirmed_at, timezone.now())
    n = len(record.confirmed.keys() - set(hidden))
    stand = "stands there as Accoil has it" if n == 1 else "stand there as Accoil has them"
    return Step("good", f"{count(n, 'attribute')} {stand}, since {when}.")
