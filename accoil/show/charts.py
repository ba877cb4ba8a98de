"""Numbers become points and paths. Templates draw them; nothing here writes markup.

Every drawing lives in a box of WIDTH × HEIGHT units that the page stretches to the space it has, so a
coordinate is only a share of that space. Lines keep their thickness (`non-scaling-stroke` in the style sheet).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import ceil, floor, log10

WIDTH, HEIGHT = 1000, 100
BANDS = (("most", 75, 100), ("slightly", 50, 75), ("passive", 25, 50), ("least", 0, 25))

Value = float | None


def band_of(score: float) -> str:
    """The band a score of 0–100 falls into: most, slightly, passive or least."""
    return next(name for name, low, _high in BANDS if score >= low)


@dataclass(frozen=True)
class Spark:
    """A line of WIDTH × HEIGHT without axes, and the place of its last point."""

    path: str
    end: str
    band: str


def spark_of_scores(values: Sequence[Value]) -> Spark | None:
    """A sparkline of scores. It spans at least 40 points, so that a restless line means that something happened."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    span = max(max(known) - min(known), 40)
    low = min(max((max(known) + min(known) - span) / 2, 0), 100 - span)
    return spark(values, low, low + span, band_of(known[-1]))


def spark(values: Sequence[Value], low: float, high: float, band: str = "") -> Spark | None:
    """A sparkline; None when there are fewer than two days to draw."""
    if sum(value is not None for value in values) < 2:
        return None
    points = places(values, low, high)
    last = next(point for point in reversed(points) if point)
    return Spark(path_of(points), f"M{last[0]} {last[1]}h0", band)


def spark_of_counts(values: Sequence[Value]) -> Spark | None:
    """A sparkline of a quantity without a natural top: its own smallest and largest value fill the height."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    low, high = min(known), max(known)
    room = max((high - low) * 0.15, 0.5)
    return spark(values, low - room, high + room)


def places(values: Sequence[Value], low: float, high: float) -> list[tuple[float, float] | None]:
    """Where each value stands in the box; None stays None (a day nobody can say anything about)."""
    step = WIDTH / max(len(values) - 1, 1)
    span = (high - low) or 1
    return [
        None if value is None else (round(i * step, 1), round(HEIGHT * (1 - (value - low) / span), 2))
        for i, value in enumerate(values)
    ]


def path_of(points: Sequence[tuple[float, float] | None]) -> str:
    """An SVG path through the points, broken where one is missing."""
    words, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        words.append(f"{pen}{point[0]} {point[1]}")
        pen = "L"
    return "".join(words)


def area_of(points: Sequence[tuple[float, float] | None]) -> str:
    """The ground under the line, one closed shape for each unbroken run."""
    shapes: list[str] = []
    run: list[tuple[float, float]] = []
    for point in [*points, None]:
        if point is not None:
            run.append(point)
        elif run:
            shapes.append(f"M{run[0][0]} {HEIGHT}L" + path_of(run)[1:] + f"L{run[-1][0]} {HEIGHT}Z")
            run = []
    return "".join(shapes)


@dataclass(frozen=True)
class Marker:
    """A day on which the definition changed."""

    x: float
    words: str


@dataclass(frozen=True)
class Chart:
    """A line over days, ready to draw."""

    label: str
    path: str
    area: str
    end: str
    grid: list[float]
    y_labels: list[str]
    x_labels: list[str]
    days: list[str]
    values: list[str]
    banded: bool = False
    low: bool = False
    second: str = ""  # the path of what was reported, where that differs
    late: str = ""  # the days whose window holds events that came late
    notes: list[str] = field(default_factory=list)  # of each day, to be read out with its number
    markers: list[Marker] = field(default_factory=list)

    @property
    def grounds(self) -> list[tuple[str, float, float]]:
        """Name, top and height of each band's ground."""
        return [(name, 100 - top, top - bottom) for name, bottom, top in BANDS] if self.banded else []


def score_chart(
    label: str,
    days: Sequence[date],
    values: Sequence[Value],
    markers: Mapping[date, str] | None = None,
    reported: Sequence[Value] = (),
    late: Sequence[bool] = (),
) -> Chart:
    """A chart of scores: always 0–100, so that two accounts can be compared at a glance. Where `reported` differs from
    the values, it is a second line; days that are `late` are marked on it, or on the only one."""
    chart = _chart(label, days, values, top=100, ticks=4, banded=True, markers=markers or {})
    there = len(reported) == len(values)
    differs = there and any(_differ(*pair) for pair in zip(values, reported, strict=True))
    points = places(reported if there else values, 0, 100)
    marked = [point for point, is_late in zip(points, late, strict=True) if is_late and point] if late else []
    return replace(
        chart,
        second=path_of(points) if differs else "",
        late="".join(f"M{x} {y}h0" for x, y in marked),
        notes=_notes(days, markers or {}, reported if differs else (), late),
    )


def _differ(one: Value, other: Value) -> bool:
    """By what can be seen."""
    return abs((one or 0) - (other or 0)) >= 0.05


def _notes(
    days: Sequence[date], markers: Mapping[date, str], reported: Sequence[Value], late: Sequence[bool]
) -> list[str]:
    notes: list[list[str]] = [[] for _ in days]
    for place, value in enumerate(reported):
        notes[place] += [f"{_number(value)} as reported then"] if value is not None else []
    for place, is_late in enumerate(late):
        notes[place] += ["events came late"] if is_late else []
    for place, day in enumerate(days):
        notes[place] += ["another version from here"] if day in markers else []
    return [", ".join(of_day) for of_day in notes]


def _number(value: Value) -> str:
    return "" if value is None else f"{value:,.1f}".removesuffix(".0")


def of_whole_days(values: Sequence[Value], is_over: bool) -> list[Value]:
    """Of what is counted per day: a last day that is not over would be drawn as a fall."""
    return [*values] if is_over else [*values[:-1], None]


def count_chart(label: str, days: Sequence[date], values: Sequence[Value]) -> Chart:
    """A chart of a quantity: from 0 to a round number above its largest."""
    top, ticks = round_top(max((value for value in values if value is not None), default=0))
    return _chart(label, days, values, top=top, ticks=ticks, banded=False, markers={})


def share_chart(label: str, days: Sequence[date], fractions: Sequence[Value]) -> Chart:
    """A chart of rates, told in percent: from 0 to a round number above the largest, 100 % where it comes near."""
    values = [None if each is None else 100 * each for each in fractions]
    top, ticks = round_top(max((value for value in values if value is not None), default=0))
    return _chart(label, days, values, top=top, ticks=ticks, banded=False, markers={}, unit=" %")


def _chart(
    label: str,
    days: Sequence[date],
    values: Sequence[Value],
    top: float,
    ticks: int,
    banded: bool,
    markers: Mapping[date, str],
    unit: str = "",
) -> Chart:
    points = places(values, 0, top)
    last = next((point for point in reversed(points) if point), None)
    step = WIDTH / max(len(days) - 1, 1)
    return Chart(
        label=label,
        path=path_of(points),
        area=area_of(points),
        end=f"M{last[0]} {last[1]}h0" if last else "",
        grid=[HEIGHT * i / ticks for i in range(ticks + 1)],
        y_labels=[f"{top * (ticks - i) / ticks:,.0f}{unit}" for i in range(ticks + 1)],
        x_labels=x_labels(days),
        days=[short_day(day) for day in days],
        values=[value and value + unit for value in map(_number, values)],
        banded=banded,
        low=not banded,
        markers=[Marker(round(i * step, 1), markers[day]) for i, day in enumerate(days) if day in markers],
    )


def round_top(largest: float) -> tuple[int, int]:
    """A round number not below `largest` and into how many whole steps it divides: 37 → (40, 2)."""
    if largest <= 3:
        return max(ceil(largest), 1), max(ceil(largest), 1)
    unit = 10 ** floor(log10(largest))
    for factor, ticks in ((1, 2), (2, 2), (3, 3), (4, 2), (5, 2), (6, 3), (8, 2), (10, 2)):
        if largest <= factor * unit and (factor * unit) % ticks == 0:
            return int(factor * unit), ticks
    return 10 * unit, 2


def x_labels(days: Sequence[date], wanted: int = 5) -> list[str]:
    """Up to five days at even distances, the first and the last among them."""
    if len(days) <= wanted:
        return [short_day(day) for day in days]
    return [short_day(days[round(i * (len(days) - 1) / (wanted - 1))]) for i in range(wanted)]


def short_day(day: date) -> str:
    return f"{day.day} {day:%b}"
