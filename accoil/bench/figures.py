"""From samples to figures."""

import math
import time
from collections.abc import Callable, Sequence


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that `share` of all are not above: a value that really happened. 0 of none."""
    ranked = sorted(samples)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)] if ranked else 0.0


def seconds_of(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def ratio(figure: float, to: float) -> float | None:
    return round(figure / to, 3) if to else None
