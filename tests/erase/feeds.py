"""What a feed tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accoil.act.feed_cards import Content, Line, as_message
from accoil.count.ids import Kind
from accoil.score.models import Profile


def feed_of(profile: Profile, named: Mapping[int, str], scope: Kind = "user") -> dict[str, Any]:
    """With one card: our ids and the names of whom it tells."""
    lines = [Line(entity=entity, name=name, text="score 12") for entity, name in named.items()]
    card = Content(title="New users", scope=scope, lines=lines, total=len(lines))
    return {"feed": "Weekly", "feed_id": 12, "title": "Weekly", "link": "", "cards": as_message(profile, [card])}
