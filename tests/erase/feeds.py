"""What a feed tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from accoil.act.feed_cards import Content, Line
from accoil.act.feed_message import as_told
from accoil.count.ids import Kind
from accoil.score.models import Profile

TODAY = date(2026, 3, 30)


def feed_of(profile: Profile, named: Mapping[int, str], scope: Kind = "user") -> dict[str, Any]:
    """With one card: our ids and the names of whom it tells."""
    lines = [Line(entity=entity, name=name, text="score 12") for entity, name in named.items()]
    told = {"card": "new", "scope": scope}
    card = Content(title="New users", scope=scope, lines=lines, total=len(lines), card=told)
    cards = [as_told(profile, card, TODAY, TODAY)]
    return {"feed": "Weekly", "feed_id": 12, "title": "Weekly", "link": "", "cards": cards}
