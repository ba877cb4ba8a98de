"""The cards of feeds: what each asks for, and what it says of a range of days."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal

import msgspec
from django.db.models import Q

from accoil.count import days
from accoil.count.ids import Kind
from accoil.count.people import names
from accoil.refused import Refused
from accoil.rule.values import shown
from accoil.score.models import Profile
from accoil.score.news import Found, News
from accoil.segment.built_in import built_ins
from accoil.segment.built_ins import with_built_ins
from accoil.segment.models import HAPPENED, Segment, Stay

SHOWN = 10  # lines of a card
MOST = 12  # cards of a feed
POINTS = 10

Asks = Literal["", "points", "segment", "trait", "event"]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    entity: int
    name: str
    text: str = ""


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """`lines`: the first of `total`, of whom so many `rose` where scores moved."""

    card: Mapping[str, str]
    title: str
    scope: Kind
    lines: Sequence[Line]
    total: int
    rose: int = 0

    @property
    def more(self) -> int:
        return self.total - len(self.lines)


class Sort(msgspec.Struct, frozen=True, kw_only=True):
    """A sort of card: for which colleagues it is, and what has to be said beside accounts or users."""

    key: str
    team: str
    words: str
    asks: Asks = ""


SORTS = {
    each.key: each
    for each in (
        Sort(key="movers", team="Customer Success", words="Score movers", asks="points"),
        Sort(key="inactive", team="Customer Success", words="Newly inactive"),
        Sort(key="left", team="Customer Success", words="Left a segment", asks="segment"),
        Sort(key="new", team="Sales", words="New"),
        Sort(key="entered", team="Sales", words="Entered a segment", asks="segment"),
        Sort(key="changed", team="Sales", words="Trait changed", asks="trait"),
        Sort(key="activated", team="Product", words="Newly activated"),
        Sort(key="first_time", team="Product", words="Did an event for the first time", asks="event"),
    )
}


def check_cards(raw: Any, profile: Profile) -> list[dict[str, str]]:
    """`{card: entered, scope: account, what: At risk}`. Raises Refused with a sentence."""
    if not isinstance(raw, Sequence) or isinstance(raw, str) or not raw:
        raise Refused("A feed needs a card: add one from the catalogue.")
    if len(raw) > MOST:
        raise Refused(f"{len(raw)} cards; {MOST} is the most.")
    return [_check(each, profile) for each in raw]


def _check(raw: Any, profile: Profile) -> dict[str, str]:
    if not isinstance(raw, Mapping) or raw.get("card") not in [*SORTS]:
        raise Refused(f"{shown(raw)} is no card; there are: {', '.join(SORTS)}.")
    sort, scope, given = SORTS[raw["card"]], raw.get("scope", "account"), raw.get("what", "")
    what = "" if isinstance(given, Mapping | list) else str(given).strip()
    if scope not in ("account", "user"):
        raise Refused(f"{sort.words}: scope is {shown(scope)}; write account or user.")
    if sort.asks == "points" and not (what.isdecimal() and len(what) < 9 and 1 <= int(what) <= 100):
        raise Refused(f"{sort.words}: write a number of points from 1 to 100.")
    if sort.asks == "segment" and what not in segments(profile, scope):
        raise Refused(f"{sort.words}: “{what}” is no segment of {scope}s; choose one.")
    if sort.asks in ("trait", "event") and not what:
        raise Refused(f"{sort.words}: choose the {sort.asks}.")
    return {"card": sort.key, "scope": scope} | ({"what": what[:255]} if sort.asks else {})


def segments(profile: Profile, scope: str) -> dict[str, Segment]:
    return {each.name: each for each in with_built_ins(profile) if each.scope == scope and not each.is_stage}


def title(card: Mapping[str, str]) -> str:
    """Accounts that entered At risk"""
    who, what = ("Accounts" if card["scope"] == "account" else "Users"), card.get("what", "")
    return {
        "movers": f"{who} whose score moved by {what} points or more",
        "inactive": f"{who} that became inactive",
        "left": f"{who} that left {what}",
        "new": f"New {who.lower()}",
        "entered": f"{who} that entered {what}",
        "changed": f"{who} whose {what} changed",
        "activated": f"Newly activated {who.lower()}",
        "first_time": f"{who} that did {what} for the first time",
    }[card["card"]]


def contents(profile: Profile, cards: Sequence[Mapping[str, str]], first: date, last: date) -> list[Content]:
    """Of the cards that have something to say."""
    news = News(profile.product_id, profile.current.parsed, first, last, SHOWN)
    found = (_content(profile, card, news) for card in cards)
    return [each for each in found if each.lines]


def _content(profile: Profile, card: Mapping[str, str], news: News) -> Content:
    scope: Kind = "user" if card["scope"] == "user" else "account"
    what = card.get("what", "")
    match card["card"]:
        case "movers":
            found, say = news.moved(scope, int(what)), _move
        case "new":
            found, say = news.created(scope), _score
        case "activated":
            found, say = news.activated(scope), _score
        case "changed":
            found, say = news.changed(scope, what), _change
        case "first_time":
            found, say = news.first_time(scope, what), _score
        case "inactive":
            return _moves(profile, card, scope, built_ins(scope)["inactive"], "entered", news)
        case way:
            return _moves(profile, card, scope, what, way, news)
    return _told(card, scope, found, say)


def _told(card: Mapping[str, str], scope: Kind, found: Found, say: Callable[[Mapping[str, Any]], str]) -> Content:
    lines = [Line(entity=row["id"], name=row["name"], text=say(row)) for row in found.rows]
    return Content(card=card, title=title(card), scope=scope, lines=lines, total=found.total, rose=found.rose)


def _move(row: Mapping[str, Any]) -> str:
    change = row["now"] - row["earlier"]
    return f"{row['now']} {'▲' if change > 0 else '▼'}{abs(change)}"


def _score(row: Mapping[str, Any]) -> str:
    return f"score {row['score']}"


def _change(row: Mapping[str, Any]) -> str:
    return f"{row['earlier'] or 'nothing'} → {row['now'] or 'nothing'}"


def _moves(profile: Profile, card: Mapping[str, str], scope: Kind, segment: str, way: str, news: News) -> Content:
    """Who entered and is still there at the end, or who left; not those who only did because a rule was changed."""
    followed = segments(profile, scope).get(segment)
    first, last = days.number(news.first), days.number(news.last)
    within = {f"{way}_day__gte": first, f"{way}_day__lte": last, f"{way}_in__reason__in": HAPPENED}
    stays = Stay.objects.filter(segment=followed, **within)
    if way == "entered":
        stays = stays.filter(Q(left_day=None) | Q(left_day__gt=last))
    moved = list(dict.fromkeys(stays.order_by(f"-{way}_day", "entity").values_list("entity", flat=True)))
    if way == "entered":
        return _told(card, scope, news.those(scope, moved), _score)
    shown = moved[:SHOWN]  # the profile may count them no more
    known, scores = names(profile.product_id, scope, shown), news.those(scope, shown).rows
    said = {row["id"]: _score(row) for row in scores}
    lines = [Line(entity=each, name=known.get(each, "somebody"), text=said.get(each, "")) for each in shown]
    return Content(card=card, title=title(card), scope=scope, lines=lines, total=len(moved))


TIMES = {
    "yesterday": "Yesterday", "week": "This week", "last": "Last week", "2": "2 weeks ago", "3": "3 weeks ago",
    "4": "4 weeks ago",
}  # fmt: skip


def within(time: str, today: date) -> tuple[date, date]:
    """The first and the last day of one of TIMES; weeks begin on Monday."""
    monday = today - timedelta(days=today.weekday())
    if time == "yesterday":
        return today - timedelta(days=1), today - timedelta(days=1)
    if time == "week":
        return monday, today
    first = monday - timedelta(weeks=int(time) if time.isdecimal() else 1)
    return first, first + timedelta(days=6)
