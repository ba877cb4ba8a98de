"""One call of the widget with all that it shows."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from accoil.count.ids import Kind
from accoil.show.inbox.asked import Contact
from accoil.show.inbox.choosing import View
from accoil.show.inbox.figures import Figures
from accoil.team.models import Product

Row = Mapping[str, Any]


class Looked(msgspec.Struct, frozen=True):
    """One call: whom it shows to, what, and from where links go out ("": no links)."""

    view: View
    figures: Figures
    contact: Contact
    products: Mapping[int, Product]
    origin: str

    @property
    def user(self) -> Row | None:
        return self.figures.users.get(self.view.who.user)

    @property
    def name(self) -> str:
        """What to call the person."""
        return str(self.user["name"]) if self.user else self.contact.called

    @property
    def account(self) -> Row | None:
        return self.figures.account_of(self.view)

    @property
    def window(self) -> int:
        return self.figures.definition.window

    @property
    def today(self) -> date:
        return self.figures.book.as_of

    def segments(self, kind: Kind, row: Row) -> list[str]:
        return self.figures.inside.get((kind, row["id"]), [])
