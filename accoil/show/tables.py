"""What the parts are filled with: rows of answers, shaped for a template. No numbers are made here."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from accoil.count.ids import Kind
from accoil.score.diff import sentence
from accoil.score.models import Profile, Version
from accoil.show import bars, charts, made_of, words
from accoil.show.frame import Frame
from accoil.show.meanings import MEANINGS

Row = Mapping[str, Any]

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


def bands(now: Mapping[str, int], before: Mapping[str, int] | None = None) -> list[dict[str, Any]]:
    """A row per band, most engaged first: count, change against `before`, width of its bar in thousandths."""
    total = sum(now.values()) or 1
    return [
        {
            "band": band,
            "words": words.BAND_WORDS[band],
            "range": words.BAND_RANGES[band],
            "count": now.get(band, 0),
            "was": before.get(band, 0) if before else None,
            "change": now.get(band, 0) - before.get(band, 0) if before else None,
            "width": round(1000 * now.get(band, 0) / total),
        }
        for band, _low, _high in charts.BANDS
    ]


def adds(parts: Sequence[Row]) -> dict[str, Any]:
    """Events with their bars, most points first, and the sum the bars add up to."""
    ranked = sorted((part for part in parts if part["points"]), key=lambda part: -part["points"])
    drawn = bars.adding_up([part["points"] for part in ranked])
    return {
        "rows": [
            {"counted": part["count"], **part, "x": bar.x, "width": bar.width}
            for part, bar in zip(ranked, drawn, strict=True)
        ],
        "total": round(sum(part["points"] for part in ranked), 1),  # tenths under a daily cap
    }


def linked(frame: Frame, kind: Kind, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows, each with the address of its own page as `link`."""
    return [{**row, "link": frame.link(kind, row["id"])} for row in rows]


def facts(kind: Kind, row: Row, frame: Frame, explained: Row) -> list[Row]:
    """What is known by counting, for the side column: label, value, and what the value says on click."""
    window, scored = frame.definition.window, len(frame.definition.events)
    last = words.day(row["last_active"], frame.today) if row["last_active"] else "never"
    told = [
        ("last_active", last),
        ("frequency", f"{row['frequency']} of {window}"),
        ("adoption", f"{row['recently_scored_events']} of {words.count(scored, 'event')}"),
        ("lifetime_adoption", f"{row['overall_scored_events']} of {words.count(scored, 'event')}"),
        ("raw", words.number(row["raw"])),
        ("created_on", words.day(row["created_on"], frame.today)),
    ]
    if kind == "account":
        told.insert(1, ("active_users", f"{row['active_users']} of {row['total_users']}"))
    behind = made_of.Told(kind, row, frame.definition, frame.today, explained)
    return [
        {"says": key, "label": MEANINGS[key].name, "value": value, "made": made_of.sentence(key, behind),
         "place": f"#{made_of.SAYINGS[key].place}", "go": made_of.SAYINGS[key].go}
        for key, value in told
    ]  # fmt: skip


STANDARD = {"name": "Name", "email": "E-mail", "role": "Role", "plan": "Plan", "status": "Status", "mrr": "MRR"}


def traits(known: Row, today: date) -> list[tuple[str, str]]:
    """Traits as the product sent them, the usual ones first, then by name."""
    order = list(STANDARD)
    keys = sorted(known, key=lambda key: (order.index(key) if key in STANDARD else len(order), key.lower()))
    return [(STANDARD.get(key, words.event(key).capitalize()), trait(key, known[key], today)) for key in keys]


def trait(key: str, value: object, today: date) -> str:
    if key == "mrr" and isinstance(value, int | float):
        return words.money(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return words.number(value)
    if isinstance(value, list):
        return ", ".join(trait("", each, today) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{each}: {trait('', value[each], today)}" for each in value)
    return moment(str(value), today)


def moment(text: str, today: date) -> str:
    """A text that is a moment (2026-10-13T08:06:03Z) as its day; any other text as it is."""
    if not MOMENT.match(text):
        return text
    try:
        return words.day(datetime.fromisoformat(text).date(), today)
    except ValueError:
        return text


def versions(profile: Profile) -> list[tuple[Version, str]]:
    """The latest first, each with what it changed."""
    known = list(profile.versions.select_related("author").order_by("number"))
    changed = ["", *(sentence(old.parsed, new.parsed) for old, new in pairwise(known))]
    # A note that says the same is enough.
    told = [("" if said.lower() == each.note.lower() else said) for each, said in zip(known, changed, strict=True)]
    return list(zip(known, told, strict=True))[::-1]


def profile(profile: Profile) -> dict[str, Any]:
    """A profile as one row: what counts most, over how long, since when."""
    version = profile.current
    definition = version.parsed
    heaviest = sorted(definition.events.items(), key=lambda item: (-item[1], item[0]))
    return {
        "profile": profile,
        "version": version,
        "window": definition.window,
        "events": len(definition.events),
        "heaviest": [{"event": name, "weight": weight} for name, weight in heaviest[:4]],
        "more": max(len(heaviest) - 4, 0),
    }


def measure(frame: Frame, benchmark: float | None) -> list[tuple[str, str, str]]:
    """What stands behind the scores of the chosen profile: label, value, and its row in `meanings`."""
    definition = frame.definition
    fixed = " (fixed)" if definition.benchmark is not None else ""
    return [
        ("Profile", f"{frame.profile}, version {frame.version.number}", ""),
        ("Events", words.number(len(definition.events)), "events"),
        ("Window", words.count(definition.window, "day"), "window"),
        ("Benchmark", f"{words.count(benchmark, 'point')}{fixed}" if benchmark else "none yet", "benchmark"),
    ]
