"""A draft definition against the one in force, over the whole book, today."""

import threading
import time
from collections import OrderedDict
from datetime import date
from typing import Any

from accoil.count import days, people
from accoil.count.facts import Facts, facts
from accoil.score import values
from accoil.score.definition import Definition
from accoil.store.questions import beside

ASK = beside(__file__, "preview")

BINS = 20
MOVERS = 10
SUMS_KEPT = 6
FRESH_FOR = 60.0  # seconds: while somebody moves sliders, the book under them holds still

Scores = dict[int, int]


def preview(product_id: int, now: Definition | None, draft: Definition, as_of: date) -> dict[str, Any]:
    """Accounts under both: histograms of 20 bins of 5 points, bands, the ten biggest moves up and down."""
    began = time.perf_counter()
    day = days.number(as_of)
    known = facts().store.rows(ASK["accounts"], product=product_id, as_of=day)[0]["n"]
    before, benchmark_now = _scores(product_id, now, day) if now else ({}, None)
    after, benchmark_draft = _scores(product_id, draft, day)
    moves = sorted((after.get(id, 0) - before.get(id, 0), id) for id in before.keys() | after.keys()) if now else []
    down = [id for move, id in moves[:MOVERS] if move < 0]
    up = [id for move, id in reversed(moves[-MOVERS:]) if move > 0]
    names = people.names(product_id, "account", up + down)

    def told(ids: list[int]) -> list[dict[str, Any]]:
        return [{"id": id, "name": names[id], "old": before.get(id, 0), "new": after.get(id, 0)} for id in ids]

    return {
        "scored_now": len(before), "scored_draft": len(after),
        "benchmark_now": benchmark_now, "benchmark_draft": benchmark_draft,
        "histogram_now": _histogram(before, known) if now else [0] * BINS,
        "histogram_draft": _histogram(after, known),
        "bands_now": _bands(before, known) if now else dict.fromkeys(("most", "slightly", "passive", "least"), 0),
        "bands_draft": _bands(after, known),
        "up": told(up), "down": told(down),
        "milliseconds": round((time.perf_counter() - began) * 1000),
    }  # fmt: skip


def _scores(product_id: int, definition: Definition, day: int) -> tuple[Scores, float | None]:
    given = values.of(product_id, definition)
    found = facts().store.ask(ASK["scores"], {"sums": _sums(product_id, definition.window, day)}, **given)
    rows = zip(found["id"].to_pylist(), found["score"].to_pylist(), strict=True)
    scores = {id: score for id, score in rows if id is not None}
    return scores, found["benchmark"][0].as_py() if len(found) else definition.benchmark


def _histogram(scores: Scores, known: int) -> list[int]:
    bins = [0] * BINS
    for score in scores.values():
        bins[min(score * BINS // 100, BINS - 1)] += 1
    bins[0] += known - len(scores)
    return bins


def _bands(scores: Scores, known: int) -> dict[str, int]:
    found = list(scores.values())
    most, slightly, passive = (
        sum(low <= score < high for score in found) for low, high in ((75, 101), (50, 75), (25, 50))
    )
    return {"most": most, "slightly": slightly, "passive": passive, "least": known - most - slightly - passive}


_kept: OrderedDict[tuple[Facts, int, int, int], tuple[float, str]] = OrderedDict()
_keeping = threading.Lock()
_numbered = 0


def _sums(product_id: int, window: int, day: int) -> str:
    """The kept table of how often everyone did everything in the window."""
    global _numbered
    key = (facts(), product_id, window, day)
    with _keeping:
        made, name = _kept.get(key, (float("-inf"), ""))
        if time.monotonic() - made > FRESH_FOR:
            if not name:
                _numbered += 1
                name = f"sums_{_numbered}"
            facts().store.keep(name, ASK["sums"], product=product_id, win=window, as_of=day)
            _kept[key] = (time.monotonic(), name)
            while len(_kept) > SUMS_KEPT:
                (its_facts, *_), (_, old) = _kept.popitem(last=False)
                if its_facts is facts():
                    its_facts.store.drop(old)
        _kept.move_to_end(key)
    return f"kept.{name}"
