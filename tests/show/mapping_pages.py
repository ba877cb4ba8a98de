"""What tests of Settings > Mappings share: a product that renames one event, and the forms of the editor."""

from __future__ import annotations

from accoil import mappings
from accoil.show.mapping_drafts import stamp
from tests.show.reading import words

RENAME = """
mappings:
  - {name: Track Calls, action: track, trigger: 'type = "track" and event != "report.created"'}
  - {name: Reports, action: track, trigger: 'event = "report.created"', fields: {event: Report_Created}}
"""
TRACK = {"type": "track", "userId": "u1", "event": "report.created", "messageId": "m1"}


def names(world) -> list[str]:
    return [mapping.name for mapping in mappings.kept(world.web)]


def named(world, name: str) -> object:
    return next(mapping for mapping in mappings.kept(world.web) if mapping.name == name)


def form(world, of: str | None = None, /, **typed: str) -> dict[str, str]:
    """What the editor sends, with what was typed into it."""
    kept = named(world, of) if of else None
    sent = {"do": "save", "enabled": "1", "was": stamp(kept) if kept else ""}
    if kept:
        sent |= {"name": kept.name, "trigger": kept.trigger, "action": kept.action, "shown": kept.action}
        sent |= {f"field-{key}": form for key, form in kept.fields.items()}
    return {**sent, **{key.replace("_", "-"): text for key, text in typed.items()}}


def part(client, path: str, sent: dict[str, str]) -> str:
    """What htmx gets."""
    answer = client.post(path, sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return words(answer)
