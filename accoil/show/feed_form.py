"""The editor of a feed: what is typed, and what can be chosen in each place."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django.http import QueryDict

from accoil.act.actions import action_of
from accoil.act.feed_cards import POINTS, SORTS, segments, title
from accoil.act.feeds import Draft
from accoil.act.models import Feed
from accoil.connect.connection import ToolError
from accoil.connect.models import live
from accoil.count.people import known_events, known_traits
from accoil.score.models import Profile
from accoil.show.frame import Frame
from accoil.show.whole import whole

Values = dict[str, Any]


def read(sent: QueryDict) -> Draft:
    """What was sent, with what the pressed button does to it: `add` a card, or take one `away`."""
    numbers = sorted({number for key in sent if (number := whole(key.removeprefix("card-"), -1)) >= 0})
    away = sent.get("do", "").removeprefix("away ")
    cards = [
        {"card": sent[f"card-{n}"], "scope": sent.get(f"scope-{n}", "account"), "what": sent.get(f"what-{n}", "")}
        for n in numbers
        if str(n) != away and sent.get(f"card-{n}") in SORTS
    ]
    if sent.get("do") == "add" and sent.get("add") in SORTS:
        cards.append({"card": sent["add"], "scope": "account", "what": ""})
    return Draft(
        name=_text(sent, "name"), cards=cards, is_shared=sent.get("shared") == "1", every=sent.get("every", ""),
        hour=whole(sent.get("hour"), -1), channel=_text(sent, "channel"), mail_to=",".join(sent.getlist("mail_to")),
    )  # fmt: skip


def of_feed(feed: Feed) -> Draft:
    return Draft(
        name=feed.name, cards=feed.cards, is_shared=feed.is_shared, every=feed.every, hour=feed.hour,
        channel=feed.channel, mail_to=feed.mail_to,
    )  # fmt: skip


def shown(frame: Frame, draft: Draft, author: Any) -> Values:
    chosen = [each.strip() for each in draft.mail_to.split(",")]
    team = frame.product.team
    members = [(value, words) for value, words in action_of("email")[1].offers(team, "to") if value != "owner"]
    channels, wrong = _channels(frame)
    return {
        "draft": draft,
        "cards": [_card(frame, frame.chosen, n, each) for n, each in enumerate(draft.cards)],
        "catalogue": [(group, list(some)) for group, some in groupby(SORTS.values(), key=lambda sort: sort.team)],
        "everies": Feed.Every.choices,
        "hours": range(24),
        "members": [(value, words, value in chosen) for value, words in members if draft.is_shared or value == author],
        "channels": channels,
        "channels_wrong": wrong,
        "has_slack": live(team, "slack") is not None,
        "mail_missing": action_of("email")[0].missing(),
        "connections_link": frame.link("connections"),
    }


def _card(frame: Frame, profile: Profile, number: int, card: Mapping[str, str]) -> Values:
    sort, scope, what = SORTS[card["card"]], card.get("scope", "account"), card.get("what", "")
    if sort.asks == "points":
        what = what or str(POINTS)
    choices: list[str] = []
    if sort.asks == "segment":
        choices = list(segments(profile, scope))
    elif sort.asks == "event":
        choices = [row["event"] for row in known_events(frame.product.pk, frame.today)]
    elif sort.asks == "trait":
        kind = "user" if scope == "user" else "account"
        choices = [row["key"] for row in known_traits(frame.product.pk, kind)]  # type: ignore[arg-type]
    return {"number": number, "sort": sort, "scope": scope, "what": what, "choices": choices,
            "title": title({**card, "what": what or "…"})}  # fmt: skip


def _channels(frame: Frame) -> tuple[list[str], str]:
    try:
        return [value for value, _ in action_of("slack")[1].offers(frame.product.team, "channel")], ""
    except ToolError as no:
        return [], f"Channels could not be listed: {no.reason}"


def _text(sent: QueryDict, name: str) -> str:
    return str(sent.get(name) or "").replace("\x00", "").strip()


def when(feed: Feed) -> str:
    """every Monday at 8:00 to #sales and 2 members"""
    if not feed.every:
        return "not sent"
    members = [each for each in feed.mail_to.split(",") if each.strip()]
    people = [f"{len(members)} member{'s' if len(members) > 1 else ''} by e-mail"] if members else []
    to = " and ".join([*([feed.channel] if feed.channel else []), *people])
    return f"{feed.get_every_display().lower().replace('monday', 'Monday')} at {feed.hour}:00 to {to}"
