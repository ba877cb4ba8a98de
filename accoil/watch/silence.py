"""When something that is usually there has fallen silent. Plain statistics, no clock and no database.

Each hour (or day) since it was last there is compared with the same hour of the same weekday in four weeks before, and
says how surprising its silence is. When all of them together would happen by chance less than once in 100,000 times, it
is silent. So nights, weekends and rare things need no settings. What is counted must come by itself each time (an hour
with any call, a person who did it), else one busy person would look like ten."""

from collections.abc import Mapping, Sequence
from math import log

import msgspec

WEEKS = 4
KNOWN = 2  # weeks without which an hour says nothing
CHANCE = 1 / 100_000


class Silence(msgspec.Struct, frozen=True):
    last: int  # the last hour or day that had something
    usual: int  # how much there is on average in such a time


def silence(counts: Mapping[int, int], now: int, week: int, awake: int = 0) -> Silence | None:
    """`counts`: hours or days, numbered, → how much was there; `now` is the one that goes on, `week` their number in a
    week. Before `awake` nobody could have listened."""
    seen = [time for time, n in counts.items() if n > 0 and time <= now]
    if not seen:
        return None
    first, last = min(seen), max(seen)
    begin = max(last + 1, awake)
    if not 0 < now - begin <= WEEKS * week:
        return None
    back = -(-(now - begin) // week)  # whole weeks, so far back that it was not silent yet
    surprise, usual = 0.0, 0.0
    for time in range(begin, now):
        same = [time - weeks * week for weeks in range(back, back + WEEKS)]
        before = [counts.get(each, 0) for each in same if each >= first]
        if len(before) >= KNOWN:
            surprise += surprise_of(before)
            usual += sum(before) / len(before)
    return Silence(last, max(round(usual), 1)) if surprise >= -log(CHANCE) else None


def surprise_of(before: Sequence[int]) -> float:
    """How surprising it is (minus the logarithm of the chance) that nothing is there when this was in earlier weeks."""
    # Never sure either way, of so few weeks: 4 of 4 is taken for 93 %, none for 2 %.
    share = (sum(n > 0 for n in before) + 0.1) / (len(before) + 0.4)
    # Of n that come by themselves, none is there with a chance of e^-n. The weakest of four weeks is let off.
    least = sorted(before)[1] if len(before) == WEEKS else min(before)
    return max(-log(1 - share), least)
