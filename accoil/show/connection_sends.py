"""What goes through a connection that keeps no records: how much of it arrived, and who sends it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accoil.act.actions import actions_in, words_of
from accoil.act.feeds import seen_by
from accoil.act.models import Automation, Delivery, Feed
from accoil.act.queue import counts
from accoil.connect.models import Connection
from accoil.connect.tools import TOOLS
from accoil.show.feed_form import when
from accoil.show.frame import Frame

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
    rows += [
        {"name": each.name, "on": True, "link": frame.link("feed", each.pk), "says": f"Feed, {when(each)}"}
        for each in _feeds(frame, FEEDS.get(joined.tool, ""))
    ]
    return {"sent": counts(lately), "rows": rows, "new_link": frame.link("new-automation")}


def _feeds(frame: Frame, field: str) -> list[Feed]:
    """Those that are sent, of those that somebody may see."""
    if not field:
        return []
    return list(seen_by(frame.request.user, frame.profiles).exclude(every="").exclude(**{field: ""}))
