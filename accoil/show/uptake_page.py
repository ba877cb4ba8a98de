"""The page of one event or feature: its course by day, who did it most, its tiles."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from accoil.score.views import by_day, most
from accoil.show import charts, uptake_words, words
from accoil.show.seen import Seen
from accoil.show.uptake import Looking, tile

Row = dict[str, Any]

MOST = 10


def told(looking: Looking, called: str, did: str, of: Sequence[str], row: Row, rule: Mapping[str, str]) -> Row:
    """What both pages show. `did`: what one does with it; `of`: the events; `row`: how they were taken up; `rule`: how
    conditions name it."""
    return {
        **looking.switches,
        **_course(looking, called, of),
        "called": called,
        "sentence": uptake_words.one(called, did, row, looking.kind, looking.range),
        "tiles": _tiles(looking, row),
        "most": _doers(looking, of),
        "stopped": _stopped(looking, rule),
    }


def _tiles(looking: Looking, row: Row) -> list[Row]:
    active, before = words.count(row["active"], looking.kind), words.number(row["did_before"])
    did, times = words.count(row["did"], looking.kind), words.count(row["times"], "time")
    part = f"{did} of {words.number(row['active'])} that did anything did this {looking.range.words}."
    each = f"{times}, by {did}: {words.number(row['average_times'])} for each."
    return [
        {**tile("Adoption", words.percent(row["adoption"]), f"of {active}", row["adoption"],
                "event_adoption", part),
         "points": row["change"] if row["active_before"] else None, "against": looking.range.before},
        tile(f"{looking.kind.title()}s", words.number(row["did"]), f"{before} {looking.range.before}",
             says="did", made=part),
        tile("Happened", words.number(row["times"]), "times", says="times", made=each),
        tile("Each of them", words.number(row["average_times"]), "times on average",
             says="average_times", made=each),
    ]  # fmt: skip


def _course(looking: Looking, called: str, of: Sequence[str]) -> Row:
    """The charts by day, and a table of the same for those who can't see them."""
    rows = by_day(looking.view, of)
    days = [row["day"] for row in rows]
    said = f"{called} {looking.range.words}"
    is_over = looking.view.last < looking.frame.today
    did, times = (charts.of_whole_days([row[key] for row in rows], is_over) for key in ("did", "times"))
    return {
        "charts": {
            "week": charts.share_chart(f"Adoption, mean of 7 days: {said}", days, [row["week"] for row in rows]),
            "did": charts.count_chart(f"{looking.kind.title()}s a day: {said}", days, did),
            "times": charts.count_chart(f"Times a day: {said}", days, times),
        },
        "days": list(reversed(rows)),
        "unscored": [event for event in of if event not in looking.frame.definition.events],
    }


def _stopped(looking: Looking, rule: Mapping[str, str]) -> str:
    """The list of who did it in the days before the range and not in it; "" where no rule says which days these are."""
    if looking.range.days is None:
        return ""
    before, now = ({**rule, "did": did, "within_days": looking.range.days * n} for did, n in ((True, 2), (False, 1)))
    asked = json.dumps({"all": [before, now]}, separators=(",", ":"), ensure_ascii=False)
    segment = looking.segment.pk if looking.segment else ""
    return looking.frame.link(f"{looking.kind}s", **{"in": segment, "rule": asked})


def _doers(looking: Looking, of: Sequence[str]) -> list[Row]:
    """Who did it most, with their scores where they have one in this profile."""
    rows = most(looking.view, of, MOST)
    found = Seen(looking.frame).page(looking.kind, ids=[row["id"] for row in rows], limit=MOST).rows if rows else []
    scores = {row["id"]: row["score"] for row in found}
    return [
        {**row, "score": scores.get(row["id"]), "link": looking.frame.link(looking.kind, row["id"])} for row in rows
    ]
