"""Makes and changes feeds, and sends those that are due: each once, to each once, and nothing where nothing changed."""

from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
from django.db.models import Q, QuerySet

from accoil.act.actions import action_of, listed
from accoil.act.feed_cards import check_cards
from accoil.act.feed_message import message
from accoil.act.models import Feed
from accoil.act.queue import Wanted, queue_all
from accoil.connect.now import moment
from accoil.refused import Refused
from accoil.score.access import profiles_for
from accoil.score.models import Profile
from accoil.team.models import User
from accoil.team.names import tidied

MOST = 50  # feeds of a profile
LATE = timedelta(hours=12)  # a server that was away for longer leaves that day's out


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing of it is checked. `channel` and `mail_to` say where it is sent, `every` (day or week) and `hour` when."""

    name: str
    cards: Any
    is_shared: bool = False
    every: str = ""
    hour: int = 8
    channel: str = ""
    mail_to: str = ""


def seen_by(user: Any, profiles: list[Profile]) -> QuerySet[Feed]:
    """Shared ones of these profiles, and the person's own."""
    own = Q(author=user.pk) if user.is_authenticated else Q(pk=None)
    return Feed.objects.filter(Q(is_shared=True) | own, profile__in=profiles).select_related("profile__product__team")


def save(feed: Feed, draft: Draft) -> Feed:
    """Raises Refused with a sentence."""
    name = tidied("feed", draft.name)
    if feed.pk is None and feed.profile.feeds.count() >= MOST:
        raise Refused(f"This profile has {MOST} feeds; that is the most.")
    others = feed.profile.feeds.filter(is_shared=True, name__iexact=name).exclude(pk=feed.pk)
    if draft.is_shared and others.exists():  # definition files know them by it
        raise Refused(f"A feed called “{name}” is shared already; choose another name.")
    feed.name, feed.is_shared, feed.cards = name, draft.is_shared, check_cards(draft.cards, feed.profile)
    if draft.every not in Feed.Every.values or not 0 <= draft.hour <= 23:
        raise Refused("Choose when it is sent: every day or every Monday, and an hour from 0 to 23.")
    feed.channel, feed.mail_to = draft.channel.strip(), ", ".join(listed(draft.mail_to.lower()))
    _check_where(feed, draft)
    if (feed.every, feed.hour) != (draft.every, draft.hour):
        now = moment().astimezone(feed.profile.product.zone)
        feed.sent_on = _last_due(draft.hour, now)  # the next one is its first
    feed.every, feed.hour = draft.every, draft.hour
    feed.save()
    return feed


def _check_where(feed: Feed, draft: Draft) -> None:
    team = feed.profile.product.team
    if draft.every and not (feed.channel or feed.mail_to):
        raise Refused("Say where it is sent: a channel of Slack, or members by e-mail.")
    if feed.channel and not feed.is_shared:
        raise Refused("A personal feed can't go to a channel, where others read it. Share it, or send it by e-mail.")
    if feed.channel:
        action_of("slack")[1].check(team, {"channel": feed.channel})
    own = feed.author.email if feed.author else ""
    if feed.mail_to and not feed.is_shared and listed(feed.mail_to) != [own]:
        raise Refused("A personal feed is sent to yourself alone. Share it to send it to others.")
    if "owner" in listed(feed.mail_to):
        raise Refused("A feed is about many accounts, so it has no one owner; choose members.")
    if feed.mail_to:
        action_of("email")[1].check(team, {"to": feed.mail_to})


def _last_due(hour: int, now: datetime) -> date:
    """The last day on which that hour had come."""
    return now.date() if now.hour >= hour else now.date() - timedelta(days=1)


def step() -> None:
    """Sends what is due. Raises at the end what kept any from being sent: the clock says it in the log, once."""
    wrong: dict[int, Exception] = {}
    for feed in Feed.objects.exclude(every="").select_related("profile__product__team", "author"):
        try:
            send_due(feed)
        except Exception as one:
            wrong[feed.pk] = one
    if wrong:
        raise ExceptionGroup(f"feeds that could not be sent: {[*wrong]}", [*wrong.values()])


def send_due(feed: Feed) -> int:
    """How many deliveries that made. Doing it twice makes them once."""
    product = feed.profile.product
    now = moment().astimezone(product.zone)
    day = _last_due(feed.hour, now)
    if (feed.every == Feed.Every.WEEK and day.weekday() != 0) or (feed.sent_on and feed.sent_on >= day):
        return 0
    wanted = _wanted(feed, day) if now - datetime.combine(day, time(feed.hour), product.zone) < LATE else []
    queue_all(product, wanted or ())
    Feed.objects.filter(pk=feed.pk).update(sent_on=day, quiet_on=day if wanted is None else None)
    return len(wanted or ())


def _wanted(feed: Feed, day: date) -> list[Wanted] | None:
    """One for each who gets it; None where no card has anything to say."""
    to = recipients(feed)
    told = message(feed, day) if to else {}
    if told is None:
        return None
    return [
        Wanted(
            action=action, kind="account", entity=-feed.pk, values=values, told=told, feed=feed,
            key=f"feed:{feed.pk}:{day.isoformat()}:{action}:{next(iter(values.values()))}",
        )
        for action, values in to
    ]  # fmt: skip


def recipients(feed: Feed) -> list[tuple[str, dict[str, str]]]:
    """Action and values for each. Members who may not see the profile, or are gone, get nothing; of a personal feed
    only its author does."""
    team, found = feed.profile.product.team, []
    if feed.channel and feed.is_shared:
        found.append(("slack", {"channel": feed.channel}))
    members = User.objects.filter(memberships__team=team, is_active=True, email__in=listed(feed.mail_to))
    for each in members if feed.is_shared else members.filter(pk=feed.author_id or 0):
        if feed.profile in profiles_for(each, feed.profile.product):
            found.append(("email", {"to": each.email}))
    return found
