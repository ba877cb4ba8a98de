"""A plan as a person reads it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from accoil.plan import measured
from accoil.plan.model import Asked, Plan, Prices, most, plan


def lines(asked: Asked, made: Plan) -> Iterator[str]:
    peak = made.events_a_second
    yield f"{asked.events_a_day:,.0f} events a day, {peak:,.0f} in the busiest second, {asked.users:,} users."
    nearest, share = next(iter(made.one_process.items()))
    enough = "enough" if share <= 1 else "not enough"
    yield f"One process (accoil serve) is {enough}: {share:.0%} of its {nearest}, which is nearest to its bound."
    yield ""
    yield f"{'as several processes':22}{'processes':>10}{'busy cores':>12}{'disk, GiB':>11}"
    for name, part in made.parts.items():
        yield f"{name:22}{part.processes:>10,}{part.cores:>12,.2f}{part.disk_gib:>11,.1f}  {_notes(part.notes)}"
    yield ""
    seconds: dict[str, Any] = made.seconds
    for words, name in (("until answered", "answered"), ("until in every number", "in_the_numbers")):
        yield f"{words:22} half {1000 * seconds[name][0]:,.0f} ms, 99 % {1000 * seconds[name][1]:,.0f} ms"
    after = seconds["caught_up_after"]
    told = "has not caught up within a minute" if after is None else f"has caught up {after:,.1f} s later"
    yield (
        f"{'nobody counts':22} for {seconds['nobody_counts_for']:,.0f} s, at the mean rate: "
        f"{seconds['events_waiting_then']:,} events wait, and it {told}"
    )
    yield f"{'network, Mbit/s':22} {_notes(made.network_mbit)}"
    each = f"{asked.cores} processors, {asked.memory_gib:,} GiB, {asked.disk_gib:,} GiB of disk"
    yield f"{'machines':22} {made.nodes:,} of {each}"
    yield f"{'cost':22} {made.each_billion:,.2f} for a billion events, on these machines"
    yield ""
    yield "What more machines do not help, as a share of what there is (over 100 %: beyond it):"
    for what, share in made.binds.items():
        yield f"  {share:>7.0%}  {what}"
    yield ""
    yield f"From figures of {measured.DATE}, of one machine: {measured.MACHINE}."


class Carried(msgspec.Struct, frozen=True):
    """The most that so many machines carry, `used` of them, as so many installations."""

    machines: int
    used: int
    installations: int
    events_a_day: float
    events_a_second: float
    users: int
    each_billion: float
    binds: str


def carried(machines: Sequence[int], asked: Asked, prices: Prices) -> Iterator[Carried]:
    """As one installation, and as several of the size that one can have."""
    largest = most(1_000_000, asked)
    size = plan(largest).nodes
    for n in machines:
        yield _carried(n, 1, most(n, asked), prices)
        if n >= 2 * size:
            yield _carried(n, n // size, largest, prices)


def _carried(machines: int, times: int, asked: Asked, prices: Prices) -> Carried:
    made = plan(asked, prices=prices)
    used, cost, bounds = made.nodes, made.each_billion, made.binds
    if machines == 1:
        used, cost, bounds = 1, made.one_process_each_billion, made.one_process
    what, share = next(iter(bounds.items()))
    return Carried(
        machines, times * used, times, times * asked.events_a_day, times * made.events_a_second, times * asked.users,
        cost, what if share > 0.98 else "machines",
    )  # fmt: skip


def table(rows: Iterable[Carried]) -> Iterator[str]:
    yield f"{'machines':>9}  {'as':22}{'events a day':>15}{'a second':>11}{'users':>13}{'cost':>9}  what binds"
    for row in rows:
        how = "one process" if row.machines == 1 else f"several, on {row.used:,}"
        how = how if row.installations == 1 else f"{row.installations:,} installations"
        yield (
            f"{row.machines:>9,}  {how:22}{row.events_a_day:>15,.0f}{row.events_a_second:>11,.0f}{row.users:>13,}"
            f"{row.each_billion:>9,.0f}  {row.binds}"
        )


def _notes(notes: dict[str, float]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value:,.3g}" for name, value in notes.items())
