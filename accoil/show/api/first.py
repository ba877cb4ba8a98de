"""/v1/accounts: one account by its id or by what it is known by, for clients of the original's first API."""

from ninja import Query, Router
from pydantic import Field

from accoil.show.api.answered import add
from accoil.show.api.asked import Asker, Id, Opened, Row
from accoil.show.api.errors import Wrong, not_found
from accoil.show.api.expanded import AskedOne
from accoil.show.api.matching import Match, matched
from accoil.show.api.people import account_of
from accoil.show.api.shapes import people as shapes


class AskedFirst(AskedOne, Match):
    id: Id | None = Field(None, description="Our id: the fastest way.")


def put(router: Router) -> None:
    add(router, "/accounts", account, shapes.Account, "v1_get_account", "accounts")


def account(asker: Asker, asked: Query[AskedFirst]) -> Row:
    """Every metric of one account, found by `id`, or by `match_type` and `match_value`."""
    asker.needs("accounts")
    opened = Opened(asker, asked)
    found = matched(opened, asked, "account") if asked.id is None else [asked.id]
    if found is None:
        raise Wrong(400, "missing_match_parameter", "Name the account: id, or match_type and match_value.")
    if not found:
        raise not_found("account")
    return account_of(opened, found[0], asked)
