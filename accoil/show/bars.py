"""Bars: those that add up to a score, and accounts by score before and after a draft."""

from collections.abc import Sequence
from dataclasses import dataclass

from accoil.show.charts import HEIGHT, WIDTH


@dataclass(frozen=True)
class Part:
    """One piece of a sum: where its bar begins and how long it is, in shares of WIDTH."""

    x: float
    width: float
    share: float


def adding_up(amounts: Sequence[float]) -> list[Part]:
    """Bars that add up: each begins where the one before it ended, the last ends at WIDTH."""
    total = sum(amounts) or 1
    parts, so_far = [], 0.0
    for amount in amounts:
        parts.append(Part(round(WIDTH * so_far / total, 2), round(WIDTH * amount / total, 2), amount / total))
        so_far += amount
    return parts


@dataclass(frozen=True)
class Histogram:
    """Accounts or users by score, now as an outline and the draft as columns."""

    columns: list[tuple[float, float, float, float]]  # x, y, width, height
    outline: str
    label: str
    cut: tuple[int, int] | None  # how many in the first bin (now, draft) when it was cut to leave the others legible


def histogram(kind: str, now: Sequence[int], draft: Sequence[int]) -> Histogram:
    """20 bins of 5 points, of accounts or users. The bin of the quiet ones is cut when it would flatten all others."""
    rest = max([*now[1:], *draft[1:]], default=0)
    first = max(now[0], draft[0])
    top = first if first <= rest * 1.6 or not rest else rest * 1.25
    heights_now = [min(HEIGHT, HEIGHT * count / (top or 1)) for count in now]
    heights = [min(HEIGHT, HEIGHT * count / (top or 1)) for count in draft]
    step, gap = WIDTH / len(draft), 6
    return Histogram(
        columns=[
            (round(i * step + gap / 2, 1), round(HEIGHT - tall, 2), round(step - gap, 1), round(tall, 2))
            for i, tall in enumerate(heights)
        ],
        outline="".join(
            f"{'L' if i else 'M'}{i * step:g} {HEIGHT - tall:.2f}H{(i + 1) * step:g}"
            for i, tall in enumerate(heights_now)
        ),
        label=f"{kind.capitalize()}s by score: {_peaks(draft)} under the draft, {_peaks(now)} now.",
        cut=(now[0], draft[0]) if top < first else None,
    )


def _peaks(counts: Sequence[int]) -> str:
    low, high = sum(counts[:5]), sum(counts[15:])
    return f"{low:,} below 25 and {high:,} at 75 or more"


def swing(amount: float, largest: float) -> Part:
    """A bar that leaves the middle, to the right for a gain and to the left for a loss."""
    width = round(WIDTH / 2 * abs(amount) / largest, 1)
    return Part(WIDTH / 2 if amount > 0 else WIDTH / 2 - width, width, amount / largest)
