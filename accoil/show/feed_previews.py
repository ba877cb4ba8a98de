"""A feed as Slack and a mail program would show it, before it is sent."""

from typing import Any

from django.utils import timezone

from accoil.act.actions import action_of
from accoil.act.feed_cards import check_cards
from accoil.act.feed_message import message, period
from accoil.act.feeds import Draft
from accoil.act.models import Feed
from accoil.connect.connection import FEED, Message
from accoil.connect.mail.digest import digest
from accoil.connect.mail.letter import Letter
from accoil.connect.muted import Link
from accoil.refused import Refused
from accoil.show.frame import Frame

Values = dict[str, Any]


def of_draft(frame: Frame, feed: Feed, draft: Draft) -> Values:
    """`wrong` says what is still missing."""
    try:
        cards = check_cards(draft.cards, feed.profile)
    except Refused as refused:
        return {"wrong": str(refused)}
    name = " ".join(draft.name.split()) or "A feed without a name yet"
    return of_feed(frame, Feed(pk=feed.pk, profile=feed.profile, name=name, cards=cards, every=draft.every))


def of_feed(frame: Frame, feed: Feed) -> Values:
    """`slack` as the tool shows it, `letter` to whoever looks; neither while nothing changed. `period`: of when."""
    told = _message(frame, feed)
    if told is None:
        return {"period": period(feed, frame.today)}
    shown = action_of("slack")[1].preview
    return {
        "period": period(feed, frame.today),
        "slack": shown({}, told) if shown else [],
        "letter": _letter(frame, told, feed),
    }


def letter(frame: Frame, feed: Feed) -> Letter | None:
    told = _message(frame, feed)
    return _letter(frame, told, feed) if told else None


def _message(frame: Frame, feed: Feed) -> Message | None:
    data = message(feed, frame.today)
    return Message(key="", type=FEED, at=timezone.now(), data=data) if data else None


def _letter(frame: Frame, told: Message, feed: Feed) -> Letter:
    to = frame.author.email if frame.author else ""
    return digest(frame.product.team, to, told, Link(frame.product.team, to, f"feed {feed.pk}"))
