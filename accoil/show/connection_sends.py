"""What is sent through a connection that keeps no records: how much of it arrived, and which automations send it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accoil.act.actions import actions_in, words_of
from accoil.act.models import Automation, Delivery
from accoil.act.queue import counts
from accoil.connect.models import Connection
from accoil.connect.tools import TOOLS
from accoil.show.frame import Frame

WEEK = timedelta(days=7)


def sends(frame: Frame, joined: Connection) -> dict[str, Any]:
    own = {action.key for action in TOOLS[joined.tool].actions}
    lately = Delivery.objects.filter(connection=joined, product=frame.product, created_at__gte=timezone.now() - WEEK)
    automations = Automation.objects.filter(profile__in=frame.profiles).order_by("name")
    rows = [
        {"name": each.name, "on": each.enabled, "link": frame.link("automation", each.pk), "says": said}
        for each in automations
        if (said := "; ".join(words_of(key, values) for key, values in actions_in(each.actions) if key in own))
    ]
    return {"sent": counts(lately), "rows": rows, "new_link": frame.link("new-automation")}
