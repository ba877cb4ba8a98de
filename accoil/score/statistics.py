"""Plain statistics of a backtest: how often an outcome came in each group, and how well a figure tells beforehand."""

from typing import Any

import msgspec

from accoil.store.questions import beside
from accoil.store.store import Store

ASK = beside(__file__, "backtest")

Row = dict[str, Any]

BANDS = ("least", "passive", "slightly", "most")  # by place
Z = 1.96  # 95 %


class Group(msgspec.Struct, frozen=True):
    """Of `observed` in it, for `cases` the outcome came: their `share`, with 95 % confidence from `low` to `high`, and
    how many times the share of everyone (`lift`, None when it came for nobody). `lowest` and `highest` score in it."""

    place: int
    lowest: int
    highest: int
    observed: int
    cases: int
    share: float
    low: float
    high: float
    lift: float | None


class Telling(msgspec.Struct, frozen=True):
    """How well a figure tells, of `cases` and `others`. `auc`: of all pairs of one of each, the share in which the case
    stood higher, ties half; 0.5 tells nothing, towards 0 says that the low ones are cases. None where there are no
    pairs; `low` and `high` (95 %) None with a single case."""

    cases: int
    others: int
    auc: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_sure(self) -> bool:
        """Whether a half, which is chance, lies outside."""
        return self.low is not None and self.high is not None and not self.low <= 0.5 <= self.high


def totals(store: Store, observed: str) -> Row:
    """`observed` (rows), `entities`, `cases`, `days` of observation."""
    return store.rows(ASK["totals"], {"observed": observed})[0]


def groups(store: Store, observed: str, segments: int) -> dict[str, list[Group]]:
    """`band` (place 0 least … 3 most), `tenth` (0 … 9), `activation` (0 none, 1 some, 2 all steps), `segment` (place of
    the segment); those with nobody in them are left out."""
    found: dict[str, list[Group]] = {"band": [], "tenth": [], "activation": [], "segment": []}
    rows = store.rows(ASK["groups"], {"observed": observed}, segments=list(range(segments)))
    for row in rows:
        found[row.pop("what")].append(Group(**row))
    return found


def telling(store: Store, observed: str, states: str, figure: str = "score", earlier: int = 0) -> Telling:
    """`figure`: score or activation, as it was `earlier` days before each observation."""
    places = {"observed": observed, "states": states, "figure": figure}
    rows = store.rows(ASK["pairs"], places, earlier=earlier)
    if not rows:
        return Telling(0, 0)
    row = rows[0]
    half = None if row["error"] is None else Z * row["error"]
    low, high = (None, None) if half is None else (max(0.0, row["auc"] - half), min(1.0, row["auc"] + half))
    return Telling(row["cases"], row["others"], row["auc"], low, high)
