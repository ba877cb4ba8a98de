"""Shares with their confidence as columns, ready to draw: how often an outcome came by score."""

from collections.abc import Sequence
from dataclasses import dataclass

from accoil.score.statistics import Group
from accoil.show.backtest_words import share
from accoil.show.charts import HEIGHT, WIDTH


@dataclass(frozen=True)
class Column:
    """A column of a share, its interval as a line, in a box of WIDTH × HEIGHT."""

    x: float
    width: float
    y: float
    height: float
    middle: float
    low: float
    high: float
    label: str
    words: str


@dataclass(frozen=True)
class Shares:
    columns: list[Column]
    average: float  # the height at which everyone stands
    top: str
    label: str


def drawn(groups: Sequence[Group], everyone: float, days: int) -> Shares | None:
    """None where there is nothing to draw."""
    if not groups:
        return None
    top = min(
        1.0, max(*(min(group.high, 3 * max(group.share, everyone) + 0.02) for group in groups), everyone * 1.2, 0.02)
    )
    step, gap = WIDTH / len(groups), 24
    return Shares(
        columns=[_column(group, place * step + gap / 2, step - gap, top) for place, group in enumerate(groups)],
        average=_height(everyone, top),
        top=share(top),
        label=f"Share that came to the outcome within {days} days, by score; {share(everyone)} of all.",
    )


def _column(group: Group, x: float, width: float, top: float) -> Column:
    y = _height(group.share, top)
    scores = str(group.lowest) if group.lowest == group.highest else f"{group.lowest}–{group.highest}"
    return Column(
        x=round(x, 1),
        width=round(width, 1),
        y=y,
        height=round(HEIGHT - y, 2),
        middle=round(x + width / 2, 1),
        low=_height(group.low, top),
        high=_height(group.high, top),
        label=scores,
        words=f"Score {scores}: {group.cases} of {group.observed}, {share(group.share)} "
        f"({share(group.low)} to {share(group.high)})",
    )


def _height(fraction: float, top: float) -> float:
    return round(HEIGHT * (1 - min(1.0, max(0.0, fraction) / top)), 2)
