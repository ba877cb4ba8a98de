"""A feed as it is sent: what its cards say, with what stands behind each number, and what had nothing to say."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from accoil.act.feed_cards import TIMES, Content, contents, title, within
from accoil.act.looked_up import page_of
from accoil.act.models import Feed
from accoil.act.text import NAMES
from accoil.count.ids import Kind
from accoil.count.people import names
from accoil.score.book import open_book
from accoil.score.change import why
from accoil.score.change_words import main_part, reason
from accoil.score.models import Profile
from accoil.score.wording import count, window, window_before

SHOWN = 5  # lines of a card: the page has more
SUBJECT = 80  # characters: phones show about half of that


def message(feed: Feed, today: date) -> dict[str, Any] | None:
    """What a tool is told of the day or the week before: see FEED in accoil.connect.connection. None when no card has
    anything to say."""
    profile, time = feed.profile, span(feed)
    first, last = within(time, today)
    found = contents(profile, feed.cards, first, last)
    if not found:
        return None
    told = [title(each.card) for each in found]
    return {
        "feed": feed.name, "feed_id": feed.pk, "title": feed.name, "link": page_of_feed(feed, time),
        "when": period(feed, today), "product": profile.product.name, "profile": profile.name,
        "subject": subject(feed.name, found), "news": [news(each) for each in found],
        "cards": [as_told(profile, each, first, last) for each in found],
        "quiet": [each for each in (title(card) for card in feed.cards) if each not in told],
    }  # fmt: skip


def span(feed: Feed) -> str:
    """Which of TIMES is sent."""
    return "yesterday" if feed.every == Feed.Every.DAY else "last"


def period(feed: Feed, today: date) -> str:
    """Last week, 16 to 22 November"""
    time = span(feed)
    return f"{TIMES[time]}, {_days(*within(time, today))}"


def page_of_feed(feed: Feed, time: str) -> str:
    """ "" while nobody said where this server is reached, or while the feed is not saved."""
    if not settings.PUBLIC_URL or feed.pk is None:
        return ""
    page = reverse("feed", args=[feed.profile.product_id, feed.pk])
    return f"{settings.PUBLIC_URL}{page}?profile={feed.profile_id}&time={time}"


def subject(name: str, found: Sequence[Content]) -> str:
    """Monday morning: 12 accounts up, 21 down, 2 new accounts, …"""
    told = f"{name}: {news(found[0])}"
    for place, each in enumerate(found[1:], start=1):
        more = f"{told}, {news(each)}"
        if len(more) + (3 if place < len(found) - 1 else 0) > SUBJECT:
            return f"{told}, …"
        told = more
    return told


def news(content: Content) -> str:
    """12 accounts up, 21 down"""
    n, what = content.total, content.card.get("what", "")
    who = count(n, content.scope)
    return {
        "movers": _ups_and_downs(content),
        "inactive": f"{who} became inactive",
        "left": f"{who} left {what}",
        "new": count(n, f"new {content.scope}"),
        "entered": f"{who} entered {what}",
        "changed": f"{who} changed {what}",
        "activated": f"{who} activated",
        "first_time": f"{who} did {what} first",
    }[content.card["card"]]


def _ups_and_downs(content: Content) -> str:
    up, down = content.rose, content.total - content.rose
    if not up or not down:
        return f"{count(content.total, content.scope)} {'up' if up else 'down'}"
    return f"{count(up, content.scope)} up, {down:,} down"


def as_told(profile: Profile, content: Content, first: date, last: date) -> dict[str, Any]:
    """One of the cards of a message."""
    shown = content.lines[:SHOWN]
    about = _about(profile, content.scope, [line.entity for line in shown], last)
    return {
        "title": content.title, "total": content.total, "more": content.total - len(shown),
        "lines": [
            {
                "entity": line.entity, "name": line.name, "text": line.text, "about": about.get(line.entity, ""),
                "why": _why(profile, content, line.entity, first, last),
                "link": page_of(profile, content.scope, line.entity),
            }
            for line in shown
        ],
    }  # fmt: skip


def _about(profile: Profile, scope: Kind, entities: Sequence[int], last: date) -> dict[int, str]:
    """What one wants to know of whoever one reads of: $1,200 a month, 5 of 12 users active; of a user the account."""
    book = open_book(profile.product_id, profile.current.parsed, last)
    rows = book.those(scope, entities)
    if scope == "user":
        accounts = names(profile.product_id, "account", [row["account_id"] for row in rows.values()])
        return {entity: accounts.get(row["account_id"], "") for entity, row in rows.items()}
    return {entity: ", ".join(_of_account(row)) for entity, row in rows.items()}


def _of_account(row: Mapping[str, Any]) -> list[str]:
    pays = [f"{NAMES['account']['mrr'](row)} a month"] if row["mrr"] else []
    return (
        [*pays, f"{row['active_users']} of {count(row['total_users'], 'user')} active"] if row["total_users"] else pays
    )


def _why(profile: Profile, content: Content, entity: int, first: date, last: date) -> str:
    """Of a score that moved the most of it: 4 Reports created against 1 the week before."""
    if content.card["card"] != "movers":
        return ""
    definition, before = profile.current.parsed, first - timedelta(days=1)
    told = why(profile.product_id, (definition, before), (definition, last), content.scope, entity)
    if not told["change"]:
        return ""
    past = (last - before).days  # which days these are stands above all of it
    if past == definition.window:
        told["spans"] = ("", window_before(past))
    else:
        told["spans"] = (f"in {window(definition.window)}", f"{window(past)} earlier")
    said = reason(main_part(told), told, last + timedelta(days=1))
    return said[:1].upper() + said[1:]


def _days(first: date, last: date) -> str:
    """22 November; 16 to 22 November; 30 November to 6 December"""
    end = f"{last.day} {last:%B}"
    if first == last:
        return end
    return f"{first.day} to {end}" if first.month == last.month else f"{first.day} {first:%B} to {end}"
