"""Users, accounts and events as they are known, beside any score."""

import time
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from accoil.count import days, ids
from accoil.count.facts import Facts, facts
from accoil.count.ids import Kind
from accoil.store.questions import beside
from accoil.store.store import Value

ASK = beside(__file__, "people")

FRESH_FOR = 1.0  # seconds: however fast events come, what forms offer is looked for at most once in this time
KNOWN_KEPT = 50  # answers about products and days

KINDS = {"user": ids.USER, "account": ids.ACCOUNT}


def traits(product_id: int, kind: Kind, id: int, as_of: date | None = None) -> dict[str, Any]:
    """Trait → its latest value, or that at the end of a day, by key."""
    return _traits(product_id, kind, [id], as_of).get(id, {})


def traits_of(product_id: int, kind: Kind, ids: Sequence[int], as_of: date | None = None) -> dict[int, dict[str, Any]]:
    """The same of several; those of whom nothing was told are left out."""
    return _traits(product_id, kind, list(ids), as_of)


def tracking_ids(product_id: int, kind: Kind, ids: Sequence[int]) -> dict[int, str]:
    """The ids the customer sent, by ours."""
    rows = facts().store.rows(ASK["names"], product=product_id, kind=KINDS[kind], ids=list(ids))
    return {row["id"]: row["tracking_id"] for row in rows}


def event_name(product_id: int, id: int) -> str | None:
    """None for an event that was never received."""
    if id > ids.LARGEST:
        return None
    rows = facts().store.rows(ASK["names"], product=product_id, kind=ids.EVENT, ids=[id])
    return rows[0]["tracking_id"] if rows else None


def names(product_id: int, kind: Kind, ids: Sequence[int]) -> dict[int, str]:
    """What to call them: the name, a user's e-mail, else the id they were sent with."""
    told = _traits(product_id, kind, list(ids))
    name_trait = facts().configured(product_id).name if kind == "account" else "name"
    shown = {}
    for id, tracking_id in tracking_ids(product_id, kind, ids).items():
        own = told.get(id, {})
        candidates = (own.get(name_trait), own.get("email") if kind == "user" else None, tracking_id)
        given = (name for name in candidates if name is not None)
        texts = (name if isinstance(name, str) else msgspec.json.encode(name).decode() for name in given)
        shown[id] = next(text for text in texts if text.strip())
    return shown


def called(product_id: int, kind: Kind, text: str, most: int) -> list[int]:
    """Our ids of those whose name, e-mail address or id holds the text, in small or large letters."""
    keys = [facts().configured(product_id).name] if kind == "account" else ["name", "email"]
    given: dict[str, Value] = {"product": product_id, "kind": KINDS[kind], "keys": keys, "text": text, "most": most}
    return [row["id"] for row in facts().store.rows(ASK["called"], **given)]


def adopters(product_id: int, sent: Collection[str]) -> dict[str, str]:
    """Whose these ids are now (tracking ids), of those that turned out to be somebody else's."""
    by_id = {ids.id_of(product_id, ids.USER, text): text for text in sent}
    rows = facts().store.rows(ASK["adopters"], product=product_id, ids=list(by_id)) if by_id else []
    return {by_id[row["id"]]: row["user"] for row in rows}


def accounts_of(product_id: int, users: Collection[str], day: date) -> dict[str, str]:
    """The account (as the customer calls it) that the events of these users count for on a day; both tracking ids."""
    by_id = {ids.id_of(product_id, ids.USER, user): user for user in users}
    question = ASK["account_of_users"]
    rows = facts().store.rows(question, product=product_id, day=days.number(day), ids=list(by_id)) if by_id else []
    return {by_id[row["user_id"]]: row["account"] for row in rows}


def events(product_id: int, kind: Kind, id: int, first: date, last: date, done: str = "counts") -> list[dict[str, Any]]:
    """`event`, `count`, `days` on which it happened, `last_day`; most frequent first. `done`: a table of what was done,
    where it was put aside."""
    places, given = {"whose": f"{kind}_id", "counts": done}, {"first": days.number(first), "last": days.number(last)}
    rows = facts().store.rows(ASK["events_of"], places, product=product_id, id=id, **given)
    return [row | {"last_day": days.day(row["last_day"])} for row in rows]


class _Known(msgspec.Struct):
    facts: Facts
    version: int
    made: float
    rows: list[dict[str, Any]]

    def is_good(self, product_id: int, fresh_for: float) -> bool:
        if self.facts is not facts():
            return False
        return self.version == facts().version[product_id] or time.monotonic() - self.made < fresh_for


_known: dict[tuple[str, int, tuple[Value, ...]], _Known] = {}


def _known_rows(question: str, product_id: int, fresh_for: float, **given: Value) -> list[dict[str, Any]]:
    """The answer, asked anew when something was received since, but once in `fresh_for` seconds at most."""
    key = (question, product_id, tuple(given.values()))
    kept = _known.get(key)
    if kept is None or not kept.is_good(product_id, fresh_for):
        its, version, now = facts(), facts().version[product_id], time.monotonic()
        rows = its.store.rows(ASK[question], product=product_id, **given)
        if len(_known) >= KNOWN_KEPT:
            _known.clear()
        _known[key] = kept = _Known(its, version, now, rows)
    return [dict(row) for row in kept.rows]


def known_events(product_id: int, as_of: date) -> list[dict[str, Any]]:
    """Every event name ever received: `event`, `count_30d`, `users_30d`, `accounts_30d`, `first_day`, `last_day`. Every
    form that offers events asks for them, several times while one page is made."""
    rows = _known_rows("known_events", product_id, FRESH_FOR, as_of=days.number(as_of))
    return [row | {"first_day": days.day(row["first_day"]), "last_day": _day(row["last_day"])} for row in rows]


def accounts_told(product_id: int) -> dict[str, Any]:
    """`accounts`; of them `without_name`, `without_created_at`, `without_mrr`; how many are `paying`, their
    `median_mrr` (cents, None when nobody pays), and how many pay `whole_hundreds` of cents."""
    return _known_rows("accounts_told", product_id, 0.0, **_account_traits(product_id))[0]


def how_many_names(product_id: int) -> dict[str, int]:
    """How many different `events`, `user_traits` and `account_traits` (keys) were ever received."""
    return _known_rows("how_many_names", product_id, 0.0)[0]


def all_names(product_id: int, what: str) -> frozenset[str]:
    """All names of one of those kinds."""
    return frozenset(row["name"] for row in _known_rows("all_names", product_id, 0.0, what=what))


def event_days(product_id: int, first: date) -> dict[str, dict[date, int]]:
    """Event → day → how many people did it, from `first` on."""
    found: dict[str, dict[date, int]] = {}
    for row in facts().store.rows(ASK["event_days"], product=product_id, first=days.number(first)):
        found.setdefault(row["event"], {})[days.day(row["day"])] = row["n"]
    return found


def health(product_id: int) -> dict[str, Any]:
    """What arrived so far, and what is missing in it; times are UTC, None before the first event."""
    row = _known_rows("health", product_id, 0.0, **_account_traits(product_id))[0]
    return row | {key: _time(row[key]) for key in ("first_event_at", "last_event_at")}


def known_traits(product_id: int, kind: Kind) -> list[dict[str, Any]]:
    """Every trait ever told of users or accounts: `key`, `n` of whom it is set, of those of `n_text`s, `n_number`s and
    `n_moment`s as how many it can be read so, and an `example`; the most used first."""
    return _known_rows("known_traits", product_id, 0.0, kind=KINDS[kind])


def _account_traits(product_id: int) -> dict[str, str | None]:
    means = facts().configured(product_id)
    return {"name_trait": means.name, "created_trait": means.created_at}


def exists(product_id: int, kind: Kind, id: int) -> bool:
    if not ids.NOBODY < id <= ids.LARGEST:
        return False
    return bool(facts().store.rows(ASK["exists"], product=product_id, kind=KINDS[kind], id=id)[0]["n"])


def whose(product_id: int, id: int) -> int:
    """The user an id belongs to: itself, unless a user has adopted it."""
    rows = facts().store.rows(ASK["whose"], product=product_id, id=id)
    return int(rows[0]["user_id"]) if rows else id


def _traits(product_id: int, kind: Kind, ids: list[int], as_of: date | None = None) -> dict[int, dict[str, Any]]:
    told: dict[int, dict[str, Any]] = {}
    day = None if as_of is None else days.number(as_of)
    for row in facts().store.rows(ASK["traits"], product=product_id, kind=KINDS[kind], ids=ids, as_of=day):
        told.setdefault(row["id"], {})[row["key"]] = msgspec.json.decode(row["value"])
    return told


def _day(number: int | None) -> date | None:
    return None if number is None else days.day(number)


def _time(ms: int | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)
