"""/v2/accounts and /v2/users: lists ranked by score, and everything about one."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from accoil.count import ids, people
from accoil.count.ids import Kind
from accoil.show.api.asked import Asked, Opened, Paging, only, pagination
from accoil.show.api.errors import Wrong

Row = dict[str, Any]

LINKED = {"account": "/v2/accounts", "user": "/v2/users"}
EXPANSIONS = ["traits"]
MOST_TRAITS = 8  # of a user, each named; an account shows all it has


class AskedList(Asked, Paging):
    match_type: str | None = None
    match_value: str | None = Field(None, max_length=255)


class AskedOne(Asked):
    expand: str = ""
    traits: str = ""


def router() -> Router:
    router = Router()
    router.get("/accounts", tags=["accounts"])(accounts)
    router.get("/accounts/{int:account_id}", tags=["accounts"])(account)
    router.get("/users", tags=["users"])(users)
    router.get("/users/{int:user_id}", tags=["users"])(user)
    return router


def accounts(request: HttpRequest, asked: Query[AskedList]) -> Row:
    """Accounts of a profile, ranked by engagement score. `match_type=tracking_id` finds one by the id you sent."""
    opened = Opened(request, asked)
    matched = _matched(opened, asked, ids.ACCOUNT)
    page = opened.book.accounts(limit=asked.limit, offset=asked.offset, ids=matched)
    return _listed(opened, asked, "account", page.rows, page.total)


def users(request: HttpRequest, asked: Query[AskedList]) -> Row:
    """Users of a profile, ranked by engagement score. `match_type=tracking_id` finds one by the id you sent."""
    opened = Opened(request, asked)
    matched = _matched(opened, asked, ids.USER)
    page = opened.book.users(limit=asked.limit, offset=asked.offset, ids=matched)
    return _listed(opened, asked, "user", page.rows, page.total)


def account(request: HttpRequest, account_id: int, asked: Query[AskedOne]) -> Row:
    """Every metric of one account."""
    opened = Opened(request, asked)
    row = only(opened.book.accounts(ids=[account_id]), "account")
    shown = _person(opened, "account", row) | {"created_at": row["created_on"]}
    shown["metrics"] |= {
        "total_score": row["total_score"],
        "active_users": row["active_users"],
        "total_users": row["total_users"],
        "active_users_percentage": row["active_percent"],
    }
    return shown | _expanded(opened, "account", row, asked)


def user(request: HttpRequest, user_id: int, asked: Query[AskedOne]) -> Row:
    """Every metric of one user."""
    opened = Opened(request, asked)
    row = only(opened.book.users(ids=[user_id]), "user")
    shown = _person(opened, "user", row)
    shown |= {"email": row["email"], "account_id": row["account_id"], "created_at": row["created_on"]}
    return shown | _expanded(opened, "user", row, asked)


def _matched(opened: Opened, asked: AskedList, kind: int) -> list[int] | None:
    if (asked.match_type is None) != (asked.match_value is None):
        raise Wrong(400, "missing_match_parameter", "match_type and match_value go together.")
    if asked.match_type is None or asked.match_value is None:
        return None
    if asked.match_type != "tracking_id":
        raise Wrong(400, "invalid_match_type", f"match_type is {asked.match_type!r}; there is: tracking_id.")
    return [ids.id_of(opened.product.pk, kind, asked.match_value)]


def _listed(opened: Opened, asked: AskedList, kind: str, rows: list[Row], total: int) -> Row:
    return opened.top() | {
        "data": [_lean(opened, kind, row) for row in rows],
        "pagination": pagination(asked, total),
        "_expansions": EXPANSIONS,
    }


def _lean(opened: Opened, kind: str, row: Row) -> Row:
    lean = {
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
        "_links": {"self": f"{LINKED[kind]}/{row['id']}?workspace_id={opened.profile.pk}"},
    }
    return lean | ({"email": row["email"]} if kind == "user" else {})


def _person(opened: Opened, kind: str, row: Row) -> Row:
    shown = opened.top() | _lean(opened, kind, row)
    shown["metrics"] |= {
        "benchmark": opened.book.benchmark,
        "score_yesterday": row["score_yesterday"] / 100,
        "score_last_period": row["score_last_period"] / 100,
        "score_change": row["change"] / 100,
        "adoption_rate": row["adoption"],
        "lifetime_adoption_rate": row["lifetime_adoption"],
        "frequency": row["frequency"],
        "overall_scored_events": row["overall_scored_events"],
        "recently_scored_events": row["recently_scored_events"],
        "last_active": row["last_active"],
        "tenure": row["tenure"],
    }
    return shown


def _expanded(opened: Opened, kind: Kind, row: Row, asked: AskedOne) -> Row:
    expanded: Row = {"_expansions": EXPANSIONS}
    for name in filter(None, asked.expand.split(",")):
        if name not in EXPANSIONS:
            raise Wrong(400, "invalid_expand", f"expand is {asked.expand!r}; it can name: {', '.join(EXPANSIONS)}.")
        told = people.traits(opened.product.pk, kind, row["id"])
        if kind == "user":
            wanted = [key for key in asked.traits.split(",") if key]
            if not 1 <= len(wanted) <= MOST_TRAITS:
                raise Wrong(400, "invalid_traits", f"traits must name 1 to {MOST_TRAITS} traits, with commas between.")
            told = {key: told[key] for key in wanted if key in told}
        expanded["traits"] = told
    return expanded
