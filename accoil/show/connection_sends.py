"""What is sent through a connection that keeps no records: how much of it arrived, and which automations and feeds send
it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accoil.act.actions import actions_in, words_of
from accoil.act.feeds import seen_by
from accoil.act.models import Automation, Delivery, Feed
from accoil.act.queue import counts
from accoil.connect.models import Connection, State
from accoil.connect.tools import TOOLS
from accoil.show.feed_form import when
from accoil.show.frame import Frame
from accoil.show.sending import told_by

WEEK = timedelta(days=7)
FEEDS = {"slack": "channel", "email": "mail_to"}  # tool → what says that a feed is sent through it


def sends(frame: Frame, joined: Connection) -> dict[str, Any]:
    own = {action.key for action in TOOLS[joined.tool].actions}
    lately = Delivery.objects.filter(connection=joined, product=frame.product, created_at__gte=timezone.now() - WEEK)
    automations = Automation.objects.filter(profile__in=frame.profiles).order_by("name")
    rows = [
        {"name": each.name, "on": each.enabled, "link": frame.link("automation", each.pk), "says": said}
        for each in automations
        if (said := "; ".join(words_of(key, values) for key, values in actions_in(each.actions) if key in own))
    ]
    feeds = _feeds(frame, FEEDS[joined.tool]) if joined.tool in FEEDS else []
    told = [values for each in automations for key, values in actions_in(each.actions) if key in own]
    return {
        "sent": counts(lately), "rows": rows, "new_link": frame.link("new-automation"),
        "feeds": [
            {"name": each.name, "link": frame.link("feed", each.pk, profile=each.profile_id), "says": when(each)}
            for each in feeds
        ],
        "new_feed_link": frame.link("new-feed"),
        **_to_try(frame, joined, [*told, *({"channel": each.channel} for each in feeds if each.channel)]),
    }  # fmt: skip


def _feeds(frame: Frame, field: str) -> list[Feed]:
    """Those that are sent, of those that somebody may see."""
    return list(seen_by(frame.request.user, frame.profiles).exclude(every="").exclude(**{field: ""}).order_by("name"))


def _to_try(frame: Frame, joined: Connection, told: list[dict[str, str]]) -> dict[str, Any]:
    """What a test needs to know: how its place is called, and to which ones something goes. The tool is not asked for
    more of them, so that the page is there when the tool is not."""
    action = told_by(TOOLS[joined.tool])
    if action is None or not frame.may_change or joined.state != State.CONNECTED:
        return {}
    field = action.fields[0]
    return {"try_field": field, "try_offers": sorted({values[field.name] for values in told if field.name in values})}
