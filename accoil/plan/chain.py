"""How long calls are on their way: a simulation of receivers → mailbox → the one that counts → ClickHouse.

Each stage takes all that has come to it, works on it for a while that depends little on how much it is, and hands it
on. So what waits comes together, and a stage that was away catches up faster than it works at other times."""

import random
from collections.abc import Sequence

import msgspec

from accoil.bench.figures import percentile
from accoil.plan.measured import Measured

FEW = 2  # receivers that are simulated
TICK = 0.005  # seconds: what arrives within is one lot
MOST_AT_ONCE = 50_000  # events; accoil/count/taking.py
POSTS_EVERY, TAKES_EVERY, LONGEST_REST, RESTS = 0.05, 0.2, 0.5, 2  # seconds, as in the program; the last is a factor

Lot = tuple[float, float, int]  # when it began, when it came here, how many events


class Stage(msgspec.Struct, frozen=True):
    """Works `fixed` seconds on whatever it takes at once, and `each` on every event of it, then rests: `rest` seconds,
    or `rests` times as long as it worked and at most `longest`. `away`: from and until when it is dead."""

    fixed: float
    each: float
    rest: float = 0.0
    rests: float = 0.0
    longest: float = LONGEST_REST
    most: int = MOST_AT_ONCE
    away: tuple[float, float] = (0.0, 0.0)

    def work(self, lots: Sequence[Lot]) -> list[Lot]:
        done, now, place = list[Lot](), 0.0, 0
        while place < len(lots):
            now = max(now, lots[place][1])
            if self.away[0] <= now < self.away[1]:
                now = self.away[1]
            taken = n = 0
            while place + taken < len(lots) and lots[place + taken][1] <= now and (not n or n < self.most):
                n += lots[place + taken][2]
                taken += 1
            took = self.fixed + self.each * n
            now += took
            done += [(began, now, of_it) for began, _, of_it in lots[place : place + taken]]
            place += taken
            if n < self.most:  # else there may be more
                now += max(self.rest, min(self.longest, self.rests * took))
        return done


class Seen(msgspec.Struct, frozen=True):
    """`answered`, `in_the_numbers`: seconds after which half, and 99 % of the events were; `waiting`: the most there
    were on their way at once; `caught_up`: seconds from the end of the failure until all was as before, None: not
    within the time; `works`: how often a second each step took something, all receivers together."""

    answered: tuple[float, float]
    in_the_numbers: tuple[float, float]
    waiting: int
    caught_up: float | None = None
    works: dict[str, float] = {}


def simulate(
    rate: float,
    receivers: int,
    measured: Measured,
    per: int = 100,
    seconds: float = 20.0,
    away: tuple[float, float] = (0, 0),
) -> Seen:
    """`rate` events a second, `per` in a request, by chance, through so many receivers; `away`: when nobody counts."""
    few, dice, lots = min(receivers, FEW), random.Random(1), list[Lot]()  # each of the few stands for several
    answered, works = list[float](), {"committed": 0.0, "posted": 0.0}
    for _ in range(few):
        on_disk = receiver(measured, per, few / receivers).work(_arriving(rate / few, per, seconds, dice))
        handed_on = Stage(measured.post_s, 0, rest=POSTS_EVERY).work(on_disk)
        works["committed"] += _works(on_disk) * receivers / few
        works["posted"] += _works(handed_on) * receivers / few
        answered += [came - began for began, came, _ in on_disk]
        lots += handed_on
    lots.sort(key=lambda lot: lot[1])
    counted = Stage(measured.count_s, measured.count_us_event / 1e6, rest=TAKES_EVERY, away=away).work(lots)
    shipped = Stage(measured.ship_s, measured.ship_us_event / 1e6, rests=RESTS, most=10**9, away=away).work(counted)
    works |= {"counted": _works(counted), "shipped": _works(shipped)}
    took = [(began, came - began) for began, came, _ in shipped]
    return Seen(
        _half_and_p99(answered), _half_and_p99([lag for _, lag in took]), _most_waiting(shipped),
        _caught_up(took, away), {what: round(n / seconds, 2) for what, n in works.items()},
    )  # fmt: skip


def receiver(measured: Measured, per: int, share: float = 1.0) -> Stage:
    """One, or as many together as `share` says: a half is two."""
    return Stage(measured.commit_s, (measured.receive_us_event + measured.receive_us_request / per) / 1e6 * share)


def _works(lots: Sequence[Lot]) -> int:
    return len({came for _, came, _ in lots})


def _half_and_p99(seconds: Sequence[float]) -> tuple[float, float]:
    return round(percentile(seconds, 0.5), 4), round(percentile(seconds, 0.99), 4)


def _arriving(rate: float, per: int, seconds: float, dice: random.Random) -> list[Lot]:
    """In whole requests."""
    lots, owed = [(0.0, 0.0, per)], 0.0
    for tick in range(1, int(seconds / TICK)):
        owed += dice.gauss(rate * TICK, (rate * TICK * per) ** 0.5)
        if (n := int(owed / per) * per) > 0:
            lots.append((tick * TICK, tick * TICK, n))
            owed -= n
    return lots


def _most_waiting(lots: Sequence[Lot]) -> int:
    changes = sorted([(began, n) for began, _, n in lots] + [(came, -n) for _, came, n in lots])
    waiting = most = 0
    for _, n in changes:
        waiting += n
        most = max(most, waiting)
    return most


def _caught_up(took: Sequence[tuple[float, float]], away: tuple[float, float]) -> float | None:
    """From the end of a failure until what arrives is in the numbers as soon as before it."""
    before = [lag for began, lag in took if began < away[0] - 5]
    if away[1] <= away[0] or not before:
        return None
    usual = 1.5 * max(before)
    late = [began for began, lag in took if began > away[0] and lag > usual]
    last = max(began for began, _ in took)
    return None if late and max(late) >= last - TICK else round(max([*late, away[1]]) - away[1], 1)
