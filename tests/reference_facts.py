"""What was received, made sense of a second time: the facts under `reference.py`.

Slow and obvious, in plain Python, sharing nothing with the product but the specification. Where that is silent,
this is what is taken for right:
* a date without a time ("2026-03-01") is midnight UTC, as every time without a zone is UTC;
* of `createdAt`, `created_at`, `created` the first that is set and can be read as a time counts;
* a name, e-mail, role, plan or status that is no text shows as its JSON text; blank text is as good as none;
* mrr is a number or text that is one ("9900", "-10.5", "1e3", blanks around it allowed); "$99", "1_000", "inf",
  booleans, lists and objects are no mrr;
* "its users" of an account (for its created-at) are those who put it into the profile: by a membership or an
  attributed event on a day not after the day asked for;
* an account is first seen on the day of the first message that names it, so an event that reaches it only because
  its user joined later can be older;
* an id is one and the same in whatever field it came: as user id, as anonymous id, as previous id;
* of two links told at the same moment the one to the larger user id (as text) comes first;
* a link that would close a circle counts as not sent, and so does one of an id that is somebody's by then;
* an anonymous id of a group call means nothing, and so does one beside a user id on an event.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]
Fact = tuple[str, str | None, str, date]  # user, account, event, day


@dataclass(frozen=True)
class Message:
    """An accepted call. `account` is the group id: of the group call, of the identify, or the track call's own.
    `anonymous` is the anonymous id, of an alias the previous one."""

    kind: str  # event | identify | group | alias
    message_id: str
    at_ms: int  # UTC
    user: str | None = None
    account: str | None = None
    event: str | None = None
    traits: dict[str, Any] = field(default_factory=dict)
    anonymous: str | None = None


class World:
    """All messages in the order of the journal: of two with one id the first is the one that counts. `received` are
    those as they came, `messages` the same under the users they are of (None: nobody's). `means` says which traits are
    used for what where that is not the usual: account_id, name, created_at, owner."""

    def __init__(self, messages: Iterable[Message], zone: str, **means: str | None) -> None:
        first: dict[str, Message] = {}
        for message in messages:
            first.setdefault(message.message_id, message)
        self.means = means
        self.received = [self._with_account(each) for each in first.values()]
        self.zone = ZoneInfo(zone)
        self.adopters = self._adopters()
        known = {each.user for each in self.received}
        self.messages = [replace(each, user=self._person(each, known)) for each in self.received]

    def _with_account(self, message: Message) -> Message:
        """An identify call without a group id joins the account that the configured trait names: text or a number."""
        value = message.traits.get(self.means.get("account_id") or "")
        if message.kind != "identify" or message.account is not None or isinstance(value, bool):
            return message
        named = json_text(value) if isinstance(value, int | float) else value
        return replace(message, account=named) if isinstance(named, str) and named.strip() else message

    def _adopters(self) -> dict[str, str]:
        """Whose each id was told to be first, one link after the other in the order of their times."""
        links = [
            (each.at_ms, each.anonymous, each.user)
            for each in self.received
            if each.kind in ("identify", "alias") and each.user is not None and each.anonymous is not None
        ]
        links.sort(key=lambda link: link[2], reverse=True)
        links.sort(key=lambda link: link[0])
        adopters: dict[str, str] = {}
        for _, id, user in links:
            if id not in adopters and self._end(user, adopters) != id:
                adopters[id] = user
        return adopters

    def _end(self, id: str, adopters: dict[str, str]) -> str:
        while id in adopters:
            id = adopters[id]
        return id

    def _person(self, message: Message, known: set[str | None]) -> str | None:
        id = message.user
        if id is None and message.kind in ("event", "identify"):
            id = message.anonymous
        if id is None:
            return None
        end = self._end(id, self.adopters)
        return end if end in known else None

    def day(self, at_ms: int) -> date:
        return datetime.fromtimestamp(at_ms // 1000, self.zone).date()

    def counts(self) -> Counter[Fact]:
        """How many messages of (user, account given or None, event, day)."""
        return Counter(
            (each.user, each.account, each.event, self.day(each.at_ms))
            for each in self.messages
            if each.kind == "event" and each.user is not None and each.event is not None
        )

    def attributed(self) -> Counter[Fact]:
        """The same with the account each event belongs to: its own, else the user's in force on that day."""
        total: Counter[Fact] = Counter()
        for (user, given, event, day), n in self.counts().items():
            account = given if given is not None else self.membership(user, day)
            total[user, account, event, day] += n
        return total

    def told(self) -> Counter[tuple[str | None, str | None, str, date]]:
        """Every event, also those of nobody: without a user, for the account they name."""
        total: Counter[tuple[str | None, str | None, str, date]] = Counter(self.attributed())
        for each in self.messages:
            if each.kind == "event" and each.user is None and each.event is not None and each.anonymous is not None:
                total[None, each.account, each.event, self.day(each.at_ms)] += 1
        return total

    def memberships(self, user: str) -> list[tuple[int, str]]:
        """(since, account) in order; of equal times the larger account id stands last."""
        return sorted(
            (each.at_ms, each.account)
            for each in self.messages
            if each.kind in ("group", "identify") and each.user == user and each.account is not None
        )

    def membership(self, user: str, day: date) -> str | None:
        joined = self.memberships(user)
        if not joined:
            return None
        by_then = [account for since, account in joined if self.day(since) <= day]
        if by_then:
            return by_then[-1]
        earliest = joined[0][0]
        return max(account for since, account in joined if since == earliest)

    def traits(self, kind: str, id: str, day: date) -> Row:
        """The traits of a "user" or an "account" at the end of a day; what was unset is not in it."""
        last: dict[str, tuple[tuple[int, bool, str], Any]] = {}
        for each in self.messages:
            about = each.user if kind == "user" else each.account
            if each.kind != {"user": "identify", "account": "group"}[kind] or about != id:
                continue
            if self.day(each.at_ms) > day:
                continue
            for key, value in each.traits.items():
                rank = (each.at_ms, value is not None, json_text(value))
                if key not in last or rank > last[key][0]:
                    last[key] = (rank, value)
        return {key: value for key, (_, value) in last.items() if value is not None}

    def first_day(self, kind: str, id: str) -> date:
        named = (each for each in self.messages if id == (each.user if kind == "user" else each.account))
        return self.day(min(each.at_ms for each in named))

    def users(self, as_of: date) -> set[str]:
        """Everyone who was seen on that day or before."""
        return {m.user for m in self.messages if m.user is not None and self.day(m.at_ms) <= as_of}

    def users_by_account(self, as_of: date) -> dict[str, set[str]]:
        """The accounts in the profile with the users who put them there."""
        found: dict[str, set[str]] = {}
        for user, account, _, day in self.attributed():
            if account is not None and day <= as_of:
                found.setdefault(account, set()).add(user)
        for user in self.users(as_of):
            for since, account in self.memberships(user):
                if self.day(since) <= as_of:
                    found.setdefault(account, set()).add(user)
        return found

    def given_created_on(self, kind: str, id: str, as_of: date) -> date | None:
        traits = self.traits(kind, id, as_of)
        chosen = self.means.get("created_at") if kind == "account" else None
        for key in (chosen,) if chosen else ("createdAt", "created_at", "created"):
            moment = read_time(traits.get(key))
            if moment is not None:
                return moment.astimezone(self.zone).date()
        return None

    def created_on(self, kind: str, id: str, as_of: date) -> date:
        """The created-at trait; of an account without it the earliest of its users; else the day first seen."""
        given = self.given_created_on(kind, id, as_of)
        if given is None and kind == "account":
            of_users = (self.given_created_on("user", u, as_of) for u in self.users_by_account(as_of).get(id, ()))
            given = min((each for each in of_users if each is not None), default=None)
        return self.first_day(kind, id) if given is None else given

    def name(self, kind: str, id: str, as_of: date) -> str:
        traits = self.traits(kind, id, as_of)
        chosen = self.means.get("name") if kind == "account" else None
        shown = text(traits.get(chosen or "name"))
        if shown is None and kind == "user":
            shown = text(traits.get("email"))
        return id if shown is None else shown


def json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def text(value: Any) -> str | None:
    shown = value if isinstance(value, str) or value is None else json_text(value)
    return shown if shown and shown.strip() else None


def money(value: Any) -> float | None:
    if isinstance(value, str) and re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", value.strip()):
        return float(value.strip())
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def read_time(value: Any) -> datetime | None:
    """ISO 8601 in its many spellings, or a number (also as text, perhaps with decimals) of s, ms, µs or ns, by size."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]+(\.[0-9]+)?", value):
        value = float(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        unit = 1 if value < 1e11 else 1e3 if value < 1e14 else 1e6 if value < 1e17 else 1e9
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value / unit)
    pattern = r"(\d{4})-(\d\d?)-(\d\d?)(?:[Tt ](\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?([Zz]|([+-])(\d\d):?(\d\d))?"
    found = re.fullmatch(pattern, value, re.ASCII) if isinstance(value, str) else None
    if not found:
        return None
    parts = [int(part or 0) for part in found.groups()[:6]]
    away = timedelta(hours=int(found[9] or 0), minutes=int(found[10] or 0))
    try:
        return datetime(*parts, tzinfo=timezone(-away if found[8] == "-" else away))  # type: ignore[misc,arg-type]
    except ValueError:  # a 30 February
        return None
