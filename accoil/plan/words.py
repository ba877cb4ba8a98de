"""A plan as a person reads it."""

from collections.abc import Iterator, Sequence
from typing import Any

from accoil.plan import measured
from accoil.plan.model import Asked, Plan, most, plan


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
    yield f"{'machines':22} {made.nodes:,} of {asked.cores} processors and {asked.disk_gib:,} GiB"
    yield f"{'cost':22} {made.each_billion:,.2f} for a billion events"
    yield ""
    yield "What more machines do not help, as a share of what there is (over 100 %: beyond it):"
    for what, share in made.binds.items():
        yield f"  {share:>7.0%}  {what}"
    yield ""
    yield f"From figures of {measured.DATE}, of one machine: {measured.MACHINE}."


def table(machines: Sequence[int], asked: Asked) -> Iterator[str]:
    """The most that so many machines carry: as one installation, and as several of the size that one can have."""
    yield f"{'machines':>9}  {'as':22}{'events a day':>15}{'a second':>11}{'users':>13}{'cost':>9}  what binds"
    largest = most(1_000_000, asked)
    size = plan(largest).nodes
    for n in machines:
        carried = most(n, asked)
        made = plan(carried)
        used, binds = (1, made.one_process) if n == 1 else (made.nodes, made.binds)
        what, share = next(iter(binds.items()))
        yield _row(
            n, "one process" if n == 1 else f"several, on {used:,}", 1, carried, what if share > 0.98 else "machines"
        )
        if n >= 2 * size:
            yield _row(n, f"{n // size:,} installations", n // size, largest, next(iter(plan(largest).binds)))


def _row(machines: int, how: str, times: int, asked: Asked, what: str) -> str:
    made = plan(asked)
    events, second, users = (times * each for each in (asked.events_a_day, made.events_a_second, asked.users))
    cost = made.one_process_each_billion if machines == 1 else made.each_billion
    return f"{machines:>9,}  {how:22}{events:>15,.0f}{second:>11,.0f}{users:>13,}{cost:>9,.0f}  {what}"


def _notes(notes: dict[str, float]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value:,.3g}" for name, value in notes.items())
