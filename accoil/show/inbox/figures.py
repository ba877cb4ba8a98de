"""The numbers of those who are looked at, for many calls at once: out of the book as it is now, never out of what was
written to Intercom."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

import msgspec

from accoil.count.contacts import names_of_events
from accoil.count.ids import Kind
from accoil.score.book import Book
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.segment.built_in import EVERYONE
from accoil.segment.models import Kind as Made
from accoil.segment.models import Segment, Stay
from accoil.show.inbox.books import Books, Kept
from accoil.show.inbox.choosing import View

SHOWN = (Made.STAGE, Made.CUSTOM, Made.BUILT_IN)  # the most telling first

Row = dict[str, Any]
Inside = dict[tuple[Kind, int], list[str]]


class Figures(msgspec.Struct):
    """Of one profile. `inside`: the segments and stages that somebody is in. `events`: names of those on show."""

    definition: Definition
    book: Book
    users: dict[int, Row]
    accounts: dict[int, Row]
    inside: Inside
    events: dict[int, str]
    newer: Callable[[], Future[Book]] | None = None  # as of a kept book
    is_recent: bool = True


def figures(books: Books, views: Sequence[View]) -> Figures | Future[Book]:
    """Of views of one and the same profile; while there is no book, what it will come out of."""
    first = views[0]
    definition = first.profile.current.parsed
    asked = (first.product.pk, definition, first.product.today())
    kept = books.at_once(*asked)
    if kept.book is not None:
        try:
            return _of(kept.book, kept, definition, views)
        except Exception:
            # Its tables may be gone: other books were asked for meanwhile.
            books.forget(kept.book)
            kept = books.at_once(*asked)
            if kept.newer is None:
                raise
    assert kept.newer is not None
    return kept.newer()


def _of(book: Book, kept: Kept, definition: Definition, views: Sequence[View]) -> Figures:
    users = book.those("user", {view.who.user for view in views})
    firms = {row["account_id"] for row in users.values() if row["account_id"]}
    firms |= {account for view in views for account in view.who.did.accounts}
    accounts = book.those("account", firms)
    profile = views[0].profile
    listed = {event for view in views if view.tab == "user" for event, _ in view.who.did.events}
    return Figures(
        definition,
        book,
        users,
        accounts,
        _inside(profile, {"user": users, "account": accounts}),
        names_of_events(profile.product_id, listed),
        kept.newer,
        kept.is_recent,
    )


def _inside(profile: Profile, entities: Mapping[Kind, Collection[int]]) -> Inside:
    """Names, the most telling first."""
    shown = Segment.objects.filter(profile=profile, kind__in=SHOWN).exclude(kind=Made.BUILT_IN, key=EVERYONE)
    told = shown.values_list("scope", "pk", "name", "kind", "position")
    found: Inside = defaultdict(list)
    for kind, some in entities.items():
        own = [each for each in told if each[0] == kind]
        stays = Stay.objects.filter(segment__in=[pk for _, pk, *_ in own], entity__in=some, left_day=None)
        insiders: dict[int, list[int]] = defaultdict(list)
        for segment, entity in stays.values_list("segment", "entity"):
            insiders[segment].append(entity)
        for _, segment, name, *_ in sorted(own, key=lambda each: (SHOWN.index(each[3]), each[4], each[2])):
            for entity in insiders[segment]:
                found[kind, entity].append(name)
    return found
