"""/v2/accounts and /v2/users: lists ranked by score, and everything about one."""

from typing import Annotated, Any

from ninja import Path, Query, Router, Schema
from pydantic import Field

from accoil.count import ids
from accoil.count.ids import Kind
from accoil.score.listed import ORDERS
from accoil.show.api.answered import add, columns
from accoil.show.api.asked import Asked, Asker, Id, Opened, Paging, Row, pages, pagination, sort_of
from accoil.show.api.errors import not_found
from accoil.show.api.expanded import EXPANSIONS, AskedOne, AskedUser, expanded
from accoil.show.api.filtering import Filter, rule_of
from accoil.show.api.matching import Match, matched
from accoil.show.api.shapes import people as shapes
from accoil.show.export import Table
from accoil.show.export.people import COLUMNS, table

OurId = Annotated[int, Path(description="Our id; find it with `match_type` and `match_value`.")]


class Shown(Schema):
    """How a list is narrowed and ordered."""

    search: Annotated[str, Field(max_length=255, description="Part of the name, the id you sent, or the e-mail.")] = ""
    sort: Annotated[
        str, Field(max_length=40, description="A column; with a minus the largest first.", examples=["-score"])
    ] = "-score"
    columns: Annotated[
        str, Field(max_length=1000, description="Of a file: which, in that order; else all.", examples=["name,score"])
    ] = ""


class AskedList(Asked, Match, Filter, Shown, Paging):
    pass


class AskedUsers(AskedList):
    account_id: Id | None = Field(
        None, description="Only those who belong to that account, or did something for it in the window."
    )


def put(router: Router) -> None:
    add(router, "/accounts", accounts, shapes.Accounts, "list_accounts", "accounts", table=accounts_table)
    add(router, "/accounts/{int:account_id}", account, shapes.Account, "get_account", "accounts")
    add(router, "/users", users, shapes.Users, "list_users", "users", table=users_table)
    add(router, "/users/{int:user_id}", user, shapes.User, "get_user", "users")


def accounts(asker: Asker, asked: Query[AskedList]) -> Row:
    """Accounts of a profile, ranked by engagement score. `match_type=tracking_id` finds one by the id you sent."""
    return _listed(asker, asked, "account")


def users(asker: Asker, asked: Query[AskedUsers]) -> Row:
    """Users of a profile, ranked by engagement score. `match_type=tracking_id` finds one by the id you sent."""
    return _listed(asker, asked, "user", account=asked.account_id)


def accounts_table(asker: Asker, asked: Query[AskedList]) -> Table:
    return _table(asker, asked, "account")


def users_table(asker: Asker, asked: Query[AskedUsers]) -> Table:
    return _table(asker, asked, "user", account=asked.account_id)


def account(asker: Asker, account_id: OurId, asked: Query[AskedOne]) -> Row:
    """Every metric of one account."""
    asker.needs("accounts")
    return account_of(Opened(asker, asked), account_id, asked)


def user(asker: Asker, user_id: OurId, asked: Query[AskedUser]) -> Row:
    """Every metric of one user."""
    asker.needs("users")
    opened = Opened(asker, asked)
    row = the_one(opened, "user", user_id)
    shown = _person(opened, "user", row) | {"email": row["email"], "account_id": row["account_id"]}
    return shown | expanded(opened, "user", row, asked)


def account_of(opened: Opened, account_id: int, asked: AskedOne) -> Row:
    row = the_one(opened, "account", account_id)
    shown = _person(opened, "account", row)
    shown["metrics"] |= {
        "total_score": row["total_score"],
        "active_users": row["active_users"],
        "total_users": row["total_users"],
        "active_users_percentage": row["active_percent"],
    }
    shown["_links"]["users"] = opened.link("/v2/users", account_id=account_id)
    return shown | {key: row[key] for key in ("status", "plan", "mrr")} | expanded(opened, "account", row, asked)


def the_one(opened: Opened, kind: Kind, id: int) -> Row:
    """Its row in the book. Raises Wrong (404)."""
    rows = opened.book.page(kind, ids=[id]).rows if ids.NOBODY < id <= ids.LARGEST else []
    if not rows:
        raise not_found(kind)
    return rows[0]


def _listed(asker: Asker, asked: AskedList, kind: Kind, **wanted: Any) -> Row:
    asker.needs(f"{kind}s")
    opened = Opened(asker, asked)
    wanted |= _wanted(opened, asked, kind)
    found = opened.book.page(kind, limit=asked.limit, offset=asked.offset, **wanted)
    return opened.top() | {
        "data": [lean(opened, kind, row) for row in found.rows],
        "pagination": pagination(asked, found.total),
        "_expansions": EXPANSIONS[kind],
        "_links": pages(f"/v2/{kind}s", asked, found.total),
    }


def _table(asker: Asker, asked: AskedList, kind: Kind, **wanted: Any) -> Table:
    asker.needs(f"{kind}s")
    shown = columns(asked.columns, COLUMNS[kind])
    opened = Opened(asker, asked)
    return table(opened.book, kind, shown, **wanted | _wanted(opened, asked, kind))


def _wanted(opened: Opened, asked: AskedList, kind: Kind) -> Row:
    return {
        "search": asked.search,
        "sort": sort_of(asked.sort, ORDERS[kind]),
        "ids": matched(opened, asked, kind),
        "rule": rule_of(opened, asked, kind),
    }


def lean(opened: Opened, kind: Kind, row: Row) -> Row:
    shown = {
        "id": row["id"],
        "tracking_id": row["tracking_id"],
        "name": row["name"],
        "workspace_id": opened.profile.pk,
        "metrics": {
            "engagement_score": row["score"] / 100,
            "score": row["score"],
            "raw_score": row["raw"],
            "change": row["change"],
            "last_seen": row["last_seen"],
        },
        "_links": {"self": opened.link(f"/v2/{kind}s/{row['id']}")},
    }
    return shown | ({"email": row["email"]} if kind == "user" else {})


def _person(opened: Opened, kind: Kind, row: Row) -> Row:
    shown = opened.top() | lean(opened, kind, row) | {"created_at": opened.moment(row["created_on"])}
    shown["metrics"] |= {
        "benchmark": opened.book.benchmark,
        "score_yesterday": row["score_yesterday"] / 100,
        "score_last_period": row["score_last_period"] / 100,
        "score_change": row["change"] / 100,
        "activation_rate": row["activation"],
        "activated_on": row["activated_on"],
        "adoption_rate": row["adoption"],
        "lifetime_adoption_rate": row["lifetime_adoption"],
        "frequency": row["frequency"],
        "overall_scored_events": row["overall_scored_events"],
        "recently_scored_events": row["recently_scored_events"],
        "last_active": row["last_active"],
        "tenure": row["tenure"],
    }
    for name in ("explain", "why", "history"):
        shown["_links"][name] = opened.link(f"/v2/{kind}s/{row['id']}/{name}")
    return shown
