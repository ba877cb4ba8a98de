"""The `feeds` of a definitions file: those that are shared; whose a personal one is stands in no file."""

from collections.abc import Mapping
from typing import Any

import msgspec

from accoil.act import feeds
from accoil.act.actions import listed
from accoil.act.feed_cards import title
from accoil.act.feeds import Draft
from accoil.act.models import Feed
from accoil.connect.models import live
from accoil.refused import At, Refused
from accoil.rule.values import shown
from accoil.score import file_format
from accoil.score.file_format import check_keys, profile_of
from accoil.score.files import Plan
from accoil.score.models import Profile
from accoil.team.models import Product

KEYS = ("name", "profile", "cards", "every", "hour", "channel", "mail_to")
OF_CARDS = ("card", "scope", "what")
HOUR = 8  # when it is sent, unless a file says otherwise


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One of them as the file has it."""

    profile: str
    draft: Draft

    @property
    def key(self) -> tuple[str, str]:
        return self.profile, self.draft.name


class Feeds:
    """Applied after the segments that cards name."""

    keys = ("feeds",)

    def read(self, content: Mapping[str, Any]) -> list[Said]:
        twice = "Two feeds of {0.profile} are called “{0.draft.name}”; rename one."
        return file_format.listed(content["feeds"], "feeds", _read, twice.format)

    def apply(self, plan: Plan, said: list[Said]) -> None:
        keep = {each.key for each in said}
        for feed in _shared(plan.product) if plan.prune else ():
            if (feed.profile.name, feed.name) not in keep:
                feed.delete()
                plan.lines.append(f"- {_called(feed)}")
        for each in said:
            with At(f"Feed “{each.draft.name}”"):
                _put(plan, plan.profile(each.profile), each.draft)

    def written(self, product: Product) -> dict[str, Any]:
        found = [_written(each) for each in _shared(product)]
        return {"feeds": found} if found else {}


def _shared(product: Product) -> list[Feed]:
    found = Feed.objects.filter(profile__product=product, is_shared=True)
    return list(found.select_related("profile").order_by("profile", "pk"))


def _put(plan: Plan, profile: Profile, draft: Draft) -> None:
    there = profile.feeds.filter(name=draft.name, is_shared=True).first()
    before = _shown(there) if there else {}
    feed = feeds.save(there or Feed(profile=profile, author=plan.author), draft)
    after = _shown(feed)
    if there is None:
        plan.lines += [f"+ {_called(feed)}", f"    {after['cards']}", f"    sent: {after['sent']}"]
    else:
        plan.changed(_called(feed), before, after)
    plan.warn_of_events([each["what"] for each in feed.cards if each["card"] == "first_time"], f"feed {feed.name}")
    if feed.every and feed.channel and live(plan.product.team, "slack") is None:
        plan.warnings.append(f"Slack is not connected, so “{feed.name}” can't be told there until it is.")


def _shown(feed: Feed) -> dict[str, str]:
    to = [*([feed.channel] if feed.channel else []), *listed(feed.mail_to)]
    sent = f"{feed.get_every_display()} at {feed.hour}:00" if feed.every else "never"
    return {"cards": "; ".join(title(each) for each in feed.cards), "sent": ", to ".join([sent, *to])}


def _called(feed: Feed) -> str:
    return f"feed {feed.name} (of {feed.profile})"


def _written(feed: Feed) -> dict[str, Any]:
    told: dict[str, Any] = {"name": feed.name, "profile": feed.profile.name, "cards": feed.cards}
    told |= {"every": feed.every} if feed.every else {}
    told |= {"hour": feed.hour} if feed.every and feed.hour != HOUR else {}
    told |= {"channel": feed.channel} if feed.channel else {}
    return told | ({"mail_to": listed(feed.mail_to)} if feed.mail_to else {})


def _read(place: int, entry: Any) -> Said:
    name = file_format.name_of(entry, place, "feed")
    where = f"Feed “{name}”"
    check_keys(where, entry, KEYS, required=("profile", "cards"))
    profile = profile_of(where, entry)
    for card in entry["cards"] if isinstance(entry["cards"], list) else ():
        check_keys(f"{where}: cards", card, OF_CARDS)
    every, hour = entry.get("every", ""), entry.get("hour", HOUR)
    if every not in ("", "day", "week"):
        raise Refused(f"{where}: every is {shown(every)}; write day or week, or leave it out: then it is not sent.")
    if type(hour) is not int or not 0 <= hour <= 23:
        raise Refused(f"{where}: hour is {shown(hour)}; write a whole number from 0 to 23.")
    channel, mail_to = entry.get("channel", ""), entry.get("mail_to", [])
    if not isinstance(channel, str):
        raise Refused(f'{where}: channel is {shown(channel)}; write one of Slack, such as "#sales".')
    if not isinstance(mail_to, list) or not all(isinstance(each, str) for each in mail_to):
        raise Refused(f"{where}: mail_to must be a list of e-mail addresses of members.")
    draft = Draft(
        name=name, cards=entry["cards"], is_shared=True, every=every, hour=hour, channel=channel,
        mail_to=", ".join(mail_to),
    )  # fmt: skip
    return Said(profile=profile, draft=draft)
