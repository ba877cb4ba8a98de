"""What a backtest says, and what it does not, in sentences. Pure functions; figures stand in <b>."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from accoil.score.backtest import Backtest
from accoil.score.statistics import Telling
from accoil.show import words
from accoil.show.sentences import bold

TOO_FEW, FEW = 10, 30  # cases


def opening(found: Backtest, scope: str, outcome: str, days: int) -> SafeString:
    """18 of 1,240 looks at 210 accounts ended in “status is Cancelled” within 30 days: 1.5 %."""
    if not found.observed:
        return format_html("{}", f"No {scope} was known on any of these days, so there is nothing to look back at.")
    return format_html(
        "{} of {} at {} ended in “{}” within {}: {}.",
        bold(words.number(found.cases)), words.count(found.observed, "look"), words.count(found.entities, scope),
        outcome, words.count(days, "day"), bold(share(found.share)),
    )  # fmt: skip


def certainty(found: Backtest, scope: str) -> str:
    """How much so many cases can say."""
    cases, other = found.cases, found.observed - found.cases
    if not found.observed:
        return ""
    if not cases:
        return "It never happened in these days, so nobody can say what would have come before it."
    if not other:
        return "It happened every time, so there is nobody to compare with."
    if min(cases, other) < TOO_FEW:
        rare = words.count(cases, "case") if cases <= other else f"{words.count(other, scope)} to compare with"
        return f"Only {rare}: too few to conclude anything. Look at who they are instead."
    if min(cases, other) < FEW:
        return f"{words.count(min(cases, other), 'case')}: read this as a hint, not as a rule."
    return ""


def telling(score: Telling, what: str = "score") -> SafeString:
    """Of 100 pairs …: in 78 the one who did stood lower. A coin would say 50."""
    if score.auc is None:
        return SafeString()
    lower = score.auc < 0.5
    n = words.in_percent(1 - score.auc if lower else score.auc)
    opening = format_html(
        "Take one that came to it and one that did not: in {} of 100 such pairs the one that did had the {} {} before. "
        "A coin says 50.", bold(n), "lower" if lower else "higher", what,
    )  # fmt: skip
    if score.low is None or score.high is None:
        return format_html("{} With a single case nobody can say how sure that is.", opening)
    low, high = sorted(words.in_percent(1 - end if lower else end) for end in (score.low, score.high))
    if not score.is_sure:
        return format_html("{} But it may be anything from {} to {}: no more than chance can do.", opening, low, high)
    return format_html("{} With 95 % confidence it is {} to {}.", opening, low, high)


def earlier(found: Backtest) -> list[dict[str, Any]]:
    """How many of 100 pairs are told right, the way round they are just before, the longer before the fewer."""
    lower = found.score.auc is not None and found.score.auc < 0.5
    rows = []
    for days, told in found.earlier.items():
        if told.auc is None:
            continue
        ends = [end for end in (told.low, told.high) if end is not None]
        low_high = sorted(words.in_percent(1 - end if lower else end) for end in ends)
        rows.append(
            {
                "days": days,
                "right": words.in_percent(1 - told.auc if lower else told.auc),
                "interval": " to ".join(map(str, low_high)) or "–",
                "cases": told.cases,
            }
        )
    return rows


def early(found: Backtest) -> str:
    """How long before, at most, the score still told."""
    sure = [days for days, told in found.earlier.items() if told.is_sure]
    if not sure or min(sure) != min(found.earlier):
        return ""
    longest = min(sure)
    for days in sorted(found.earlier):
        if days not in sure:
            break
        longest = days
    return f"It could be told up to {words.count(longest, 'day')} before."


def cautions(scope: str) -> list[str]:
    return [
        "It says what came before what, not why: raising a score by itself keeps nobody.",
        "All days are scored by today's definition. If its weights were chosen by looking at who left, the past "
        "flatters it; the next months are the honest test.",
        "Somebody who has decided may act on it days before it is written down, so the last days tell too well.",
        f"The same {scope} is looked at once in each period, so the intervals are a little too narrow.",
    ]


def share(fraction: float) -> str:
    """0.0152 → 1.5 %; above 10 % without decimals."""
    percent = 100 * fraction
    return words.percent(fraction) if percent >= 10 else f"{percent:.1f} %".replace(".0 %", " %")
