"""One call of the widget with all that it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from accoil.count.ids import Kind
from accoil.show.inbox.asked import Contact
from accoil.show.inbox.choosing import View
from accoil.show.inbox.figures import Figures
from accoil.show.inbox.finding import MOST_ACCOUNTS
from accoil.team.models import Product

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Looked:
    """One call: whom it shows to, what, and from where links go out ("": no links)."""

    view: View
    figures: Figures
    contact: Contact
    products: Mapping[int, Product]
    origin: str

    @cached_property
    def user(self) -> Row | None:
        return self.figures.users.get(self.view.who.user)

    @property
    def name(self) -> str:
        """What to call the person."""
        return str(self.user["name"]) if self.user else self.contact.called

    @cached_property
    def accounts(self) -> Sequence[Row]:
        """Those to choose from: the one the user belongs to first, then by when something was last done for them."""
        own = [self.user["account_id"]] if self.user and self.user["account_id"] else []
        there = self.figures.accounts
        return [there[id] for id in dict.fromkeys([*own, *self.view.who.did.accounts]) if id in there][:MOST_ACCOUNTS]

    @cached_property
    def account(self) -> Row | None:
        chosen = (row for row in self.accounts if row["id"] == self.view.account)
        return next(chosen, self.accounts[0] if self.accounts else None)

    @property
    def window(self) -> int:
        return self.figures.definition.window

    @property
    def today(self) -> date:
        return self.figures.book.as_of

    def segments(self, kind: Kind, row: Row) -> list[str]:
        return self.figures.inside.get((kind, row["id"]), [])
