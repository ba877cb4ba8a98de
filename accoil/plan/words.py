"""A plan as a person reads it."""

from collections.abc import Iterator
from typing import Any

from accoil.plan import measured
from accoil.plan.model import Asked, Plan


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
        yield f"{words:22} half {1000 * seconds[name]['half']:,.0f} ms, 99 % {1000 * seconds[name]['p99']:,.0f} ms"
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


def _notes(notes: dict[str, float]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value:,.3g}" for name, value in notes.items())
