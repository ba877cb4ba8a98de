"""What the messages of an automation would look like, told of somebody who is there."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.utils import timezone

from accoil.act import because
from accoil.act.actions import actions_in, all_actions
from accoil.act.looked_up import LookedUp
from accoil.act.models import Automation
from accoil.act.performing import FIRED
from accoil.act.text import filled
from accoil.connect.connection import Message
from accoil.count.ids import Kind
from accoil.score.models import Profile
from accoil.segment.models import Reason


class Previewed(msgspec.Struct, frozen=True, kw_only=True):
    """`parts`: ("head", "text" or "note", HTML)."""

    key: str  # of the action
    label: str
    of: str
    parts: list[tuple[str, str]]


def previews(
    profile: Profile, scope: Kind, name: str, trigger: Mapping[str, Any], actions: list[dict[str, dict[str, str]]]
) -> list[Previewed]:
    """For each action whose tool can show it, of the one with the highest score; `trigger` and `actions` are checked.
    None while nobody is there."""
    known = all_actions()
    asked = [(known[key][1], values) for key, values in actions_in(actions) if known[key][1].preview]
    people = LookedUp(profile, scope, []) if asked else None
    first = people.book.page(scope, limit=1).rows[:1] if people else []
    if not first:
        return []
    one = LookedUp(profile, scope, [first[0]["id"]])
    row = one.rows[first[0]["id"]]
    automation = Automation(profile=profile, scope=scope, name=name, trigger=trigger)
    why = because.moved(trigger, scope, Reason.FACTS, row, profile.current.parsed.window)
    message = Message(key="", type=FIRED, at=timezone.now(), data=one.about(row["id"], automation, why))
    said = one.said(row["id"], automation, why)
    return [
        Previewed(
            key=action.key,
            label=action.label,
            of=str(row["name"] or row["tracking_id"]),
            parts=action.preview({name: filled(text, said) for name, text in values.items()}, message),
        )
        for action, values in asked
        if action.preview
    ]
