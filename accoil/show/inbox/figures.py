"""The numbers of those who are looked at, for many calls at once: out of the book as it is now, never out of what was
written to Intercom."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from concurrent.futures import Future
from typing import Any

import msgspec

from accoil.count.ids import Kind
from accoil.score.book import Book
from accoil.score.definition import Definition
from accoil.segment.models import Kind as Made
from accoil.segment.models import Scope, Stay
from accoil.show.inbox.books import Books, Kept
from accoil.show.inbox.choosing import View
from accoil.show.inbox.finding import MOST_ACCOUNTS

EVERYONE = "all"  # the built-in segment that says nothing about anybody
SHOWN = (Made.STAGE, Made.CUSTOM, Made.BUILT_IN)  # the most telling first

Row = dict[str, Any]


class Figures(msgspec.Struct):
    """Of one profile. `inside`: the segments and stages that somebody is in."""

    definition: Definition
    book: Book
    users: dict[int, Row]
    accounts: dict[int, Row]
    inside: dict[tuple[Kind, int], list[str]]
    newer: Future[Book] | None = None  # a book that knows more, if one is being made
    is_recent: bool = True

    def accounts_of(self, view: View) -> list[Row]:
        """Those to choose from: the one the user belongs to first, then by when something was last done for them."""
        user = self.users.get(view.who.user)
        own = [user["account_id"]] if user and user["account_id"] else []
        ids = dict.fromkeys([*own, *view.who.did.accounts])
        return [self.accounts[id] for id in ids if id in self.accounts][:MOST_ACCOUNTS]

    def account_of(self, view: View) -> Row | None:
        there = self.accounts_of(view)
        chosen = (row for row in there if row["id"] == view.account)
        return next(chosen, there[0] if there else None)


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
    return kept.newer


def _of(book: Book, kept: Kept, definition: Definition, views: Sequence[View]) -> Figures:
    ids = list({view.who.user for view in views})
    users = {row["id"]: row for row in book.users(ids=ids, limit=len(ids)).rows}
    firms = {row["account_id"] for row in users.values() if row["account_id"]}
    firms |= {account for view in views for account in view.who.did.accounts}
    accounts = {row["id"]: row for row in book.accounts(ids=list(firms), limit=len(firms)).rows} if firms else {}
    return Figures(
        definition, book, users, accounts, _inside(views[0].profile.pk, [*users, *accounts]), kept.newer, kept.is_recent
    )


def _inside(profile: int, entities: Collection[int]) -> dict[tuple[Kind, int], list[str]]:
    stays = Stay.objects.filter(
        segment__profile=profile, segment__kind__in=SHOWN, entity__in=entities, left_day=None
    ).exclude(segment__kind=Made.BUILT_IN, segment__key=EVERYONE)
    told = stays.values_list("segment__scope", "entity", "segment__kind", "segment__position", "segment__name")
    found: dict[tuple[Kind, int], list[str]] = defaultdict(list)
    for scope, entity, _, _, name in sorted(told, key=lambda row: (SHOWN.index(row[2]), row[3], row[4])):
        found["account" if scope == Scope.ACCOUNT else "user", entity].append(name)
    return found
