"""Why a score changed, in sentences that a salesperson understands."""

import re
from datetime import date
from itertools import pairwise

import pytest

from accoil.score.change_words import sentence
from accoil.show import changes, reasons

THEN, NOW = date(2026, 3, 24), date(2026, 3, 31)


def told(events=(), after=72, window=7, first=THEN, last=NOW, **parts):
    """Parts by name; the others as `why` tells them."""
    known = {"joined": 0, "left": 0, "benchmark_before": 100, "benchmark_after": 100, "active_before": 2,
             "active_after": 2, "raw_before": 20, "raw_after": 40, "definition_changed": False}  # fmt: skip
    more = {name: parts.pop(name) for name in list(parts) if name in known}
    parts = dict.fromkeys(("definition", "membership", "behaviour", "benchmark"), 0) | parts
    change = sum(parts.values())
    if parts["behaviour"] < 0:
        known["raw_before"] = 60
    return known | more | {
        "from": first, "to": last, "window": window, "score_before": after - change, "score_after": after,
        "change": change, "parts": parts, "events": list(events),
    }  # fmt: skip


def event(name, before, after, weight=9):
    gained, aged_out = after * weight, before * weight
    return {"event": name, "weight": weight, "count_before": before, "count_after": after, "gained": gained,
            "aged_out": aged_out}  # fmt: skip


REPORTS = event("Report_Created", 1, 4)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (told([REPORTS], behaviour=12), "Up 12: 4 Reports created this week against 1 last week."),
        (told([event("Report_Created", 4, 0)], behaviour=-9),
         "Down 9: no Reports created this week against 4 last week."),
        (told([event("Report_Created", 0, 2)], behaviour=5),
         "Up 5: 2 Reports created this week against none last week."),
        (told([event("Report_Created", 0, 1)], behaviour=5),
         "Up 5: 1 Report created this week against none last week."),
        (told([event("Login", 3, 1, 1), REPORTS], behaviour=-2), "Down 2: Login once this week against 3 last week."),
        (told([REPORTS], behaviour=14, benchmark=-2),
         "Up 12: 4 Reports created this week against 1 last week; what everybody else did takes 2."),
        (told(benchmark=-6, benchmark_after=120), "Down 6: everybody else did more, so the same counts for less."),
        (told(benchmark=6, benchmark_after=80), "Up 6: everybody else did less, so the same counts for more."),
        (told(membership=-4, joined=1), "Down 4: 1 person joined, which lowers the average of its people by 4."),
        (told(membership=-4, left=2), "Down 4: 2 people left, which lowers the average of its people by 4."),
        (told(membership=7, joined=2, left=1),
         "Up 7: 2 people joined and 1 left, which raises the average of its people by 7."),
        (told(definition=-8, definition_changed=True), "Down 8: events are scored in another way now."),
        (told(behaviour=3, active_after=5),
         "Up 3: 5 people active this week against 2 last week, and the score is their average."),
        (told([event("Login", 9, 1), REPORTS], behaviour=9, raw_before=90, active_after=1),
         "Up 9: 1 person active this week against 2 last week, and the score is their average."),
        (told(behaviour=3), "Up 3: the work is shared among its people in another way."),
        (told([REPORTS], behaviour=4, benchmark=-4),
         "Unchanged at 72: what people did adds 4 and what everybody else did takes 4."),
        (told(), "Unchanged at 72: nothing that counts is different."),
        (told(after=0, raw_after=0), "Unchanged at 0: nothing that counts was done."),
    ],
)  # fmt: skip
def test_a_change_is_told_with_its_reason(change, said):
    assert sentence(change) == said


def test_windows_are_called_by_their_days():
    assert "today against 1 yesterday" in sentence(told([REPORTS], window=1, first=date(2026, 3, 30), behaviour=9))
    month = told([REPORTS], window=30, first=date(2026, 3, 1), behaviour=9)
    assert "4 Reports created in the last 30 days against 1 the 30 days before" in sentence(month)
    past = sentence(told([REPORTS], behaviour=9), date(2026, 5, 1))
    assert "in the week to 31 Mar 2026 against 1 in the week before" in past
    apart = told([REPORTS], first=date(2026, 3, 1), behaviour=9)
    assert "in the week to 31 Mar 2026 against 1 in the week to 1 Mar 2026" in sentence(apart)


def test_a_score_is_told_with_its_change():
    said = reasons.person("Acme", {"score": 72}, told([REPORTS], behaviour=12), NOW)
    plain = re.sub(r"</?b>", "", said)
    assert plain == "Acme is at 72, up 12 in a week: 4 Reports created this week against 1 last week."


def test_the_rows_of_a_waterfall_add_up_and_its_bars_meet():
    change = told([REPORTS], after=46, definition=-4, membership=-3, behaviour=2, benchmark=-8, definition_changed=True)
    rows = changes.waterfall(change, "account")
    first, *parts, last = rows
    assert first["score"] + sum(row["points"] for row in parts) == last["score"] == 46
    edges = [(row["x"], row["x"] + row["width"]) for row in rows]
    for before, after in pairwise(edges[1:]):
        assert set(before) & set(after)


def test_nobody_joins_a_user_and_an_unchanged_definition_is_no_reason():
    titles = [row["title"] for row in changes.waterfall(told(behaviour=3), "user")]
    assert titles == ["Score on 24 Mar", "What was done", "What everybody else did", "Score on 31 Mar"]
