"""Why a score is what it is, and how it came about day by day."""

from datetime import date, timedelta

from ninja import Query, Router
from pydantic import Field

from accoil.count import people
from accoil.count.ids import Kind
from accoil.score import change_words
from accoil.score.change import why
from accoil.score.explain import explain
from accoil.score.history import history
from accoil.score.in_force import course
from accoil.show.api.answered import add
from accoil.show.api.asked import Asked, Asker, Day, Opened, Row, day_of
from accoil.show.api.errors import invalid, not_found
from accoil.show.api.people import OurId, the_one
from accoil.show.api.shapes import explained as shapes

USUAL_DAYS = 90
MOST_DAYS = 3660  # ten years


class AskedDays(Asked):
    first: Day | None = Field(None, alias="from", description="The first day.")
    last: Day | None = Field(None, alias="to", description="The last day; else `as_of`, else today.")


def put(router: Router) -> None:
    one, other = "/accounts/{int:account_id}", "/users/{int:user_id}"
    add(router, f"{one}/explain", explain_account, shapes.ExplainedAccount, "explain_account", "accounts")
    add(router, f"{one}/history", account_history, shapes.History, "account_history", "accounts")
    add(router, f"{one}/why", why_account, shapes.Why, "why_account", "accounts")
    add(router, f"{other}/why", why_user, shapes.Why, "why_user", "users")
    add(router, f"{other}/explain", explain_user, shapes.Explained, "explain_user", "users")
    add(router, f"{other}/history", user_history, shapes.History, "user_history", "users")


def explain_account(asker: Asker, account_id: OurId, asked: Query[Asked]) -> Row:
    """The events that make the score, with count, weight and points (they sum to `raw`), and its users' scores for it
    (their mean over the active ones is the score)."""
    told = _explained(asker, "account", account_id, asked)
    if "users" not in asker.reads:
        told["users"] = None
    return told


def explain_user(asker: Asker, user_id: OurId, asked: Query[Asked]) -> Row:
    """The events that make the score, with count, weight and points: the points sum to `raw`."""
    return _explained(asker, "user", user_id, asked)


def why_account(asker: Asker, account_id: OurId, asked: Query[AskedDays]) -> Row:
    """Why the score changed from one day to another (one window before, unless `from` is named): whole parts that sum
    to the change, and the points that each event gained and that aged out. Each day as its own version says, or both
    as `version` does."""
    return _why(asker, "account", account_id, asked)


def why_user(asker: Asker, user_id: OurId, asked: Query[AskedDays]) -> Row:
    """Why the score changed from one day to another (one window before, unless `from` is named): whole parts that sum
    to the change, and the points that each event gained and that aged out. Each day as its own version says, or both
    as `version` does."""
    return _why(asker, "user", user_id, asked)


def account_history(asker: Asker, account_id: OurId, asked: Query[AskedDays]) -> Row:
    """Score and raw points of each day: as the version asked for says today, and as it was reported then."""
    return _history(asker, "account", account_id, asked)


def user_history(asker: Asker, user_id: OurId, asked: Query[AskedDays]) -> Row:
    """Score and raw points of each day: as the version asked for says today, and as it was reported then."""
    return _history(asker, "user", user_id, asked)


def opened_at(asker: Asker, kind: Kind, id: int, asked: Asked) -> Opened:
    """The profile on that day, with the one in it. Raises Wrong."""
    asker.needs(f"{kind}s")
    opened = Opened(asker, asked)
    the_one(opened, kind, id)
    return opened


def _explained(asker: Asker, kind: Kind, id: int, asked: Asked) -> Row:
    """Also of somebody who does not count: why not."""
    asker.needs(f"{kind}s")
    opened = Opened(asker, asked)
    if not people.exists(opened.product.pk, kind, id):
        raise not_found(kind)
    told = explain(opened.product.pk, opened.definition, kind, id, opened.as_of)
    if told["not_scored"] is None:
        the_one(opened, kind, id)
    return opened.top_now() | {"id": id} | told


def _why(asker: Asker, kind: Kind, id: int, asked: AskedDays) -> Row:
    opened = opened_at(asker, kind, id, asked)
    first, last = days_of(opened, asked, usual=opened.definition.window + 1)
    if first == last:
        raise invalid("from", f"from and to are both {first}; a change needs two days.")
    before, after = (
        opened.version if asked.version else opened.profile.version_on(day) for day in (first, last)
    )  # fmt: skip
    told = why(opened.product.pk, (before.parsed, first), (after.parsed, last), kind, id)
    versions = {"version_from": before.number, "version_to": after.number}
    return opened.top_now() | {
        "id": id,
        **told,
        **versions,
        "sentence": change_words.sentence(told, opened.product.today()),
    }


def _history(asker: Asker, kind: Kind, id: int, asked: AskedDays) -> Row:
    opened = opened_at(asker, kind, id, asked)
    first, last = days_of(opened, asked)
    rows = course(opened.profile, kind, id, first, last)
    if asked.version:
        said = history(opened.product.pk, opened.definition, kind, id, first, last)
        rows = [{**row, "score": now["score"], "raw": now["raw"]} for row, now in zip(rows, said, strict=True)]
    return opened.top_now() | {"id": id, "from": first, "to": last, "data": rows}


def days_of(opened: Opened, asked: AskedDays, usual: int = USUAL_DAYS) -> tuple[date, date]:
    """First and last day asked for. Raises Wrong for a range that can't be told."""
    last = day_of(opened.product, asked.last, "to", opened.first) if asked.last else opened.as_of
    usually = max(last - timedelta(usual - 1), opened.first or date.min)
    first = day_of(opened.product, asked.first, "from", opened.first) if asked.first else usually
    if first > last:
        raise invalid("from", f"from ({first}) is after to ({last}).")
    if (last - first).days >= MOST_DAYS:
        raise invalid("from", f"from ({first}) is more than {MOST_DAYS} days before to ({last}); ask in parts.")
    return first, last
