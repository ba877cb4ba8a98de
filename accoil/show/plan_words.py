"""What switching a profile would do in the other tool, in words and numbers."""

from collections.abc import Sequence
from typing import NamedTuple

from accoil.connect.models import Mode
from accoil.connect.planning import Plan
from accoil.connect.troubles import no_room
from accoil.score.models import Profile
from accoil.show.connection_words import writes
from accoil.show.words import count, duration, number


class Told(NamedTuple):
    """`lines` are what will happen, the most telling first; `full`: it does not fit, so it cannot be switched."""

    lines: list[str]
    made: Sequence[str]  # names of attributes
    archived: Sequence[str]
    full: str
    button: str


def told(plan: Plan, profile: Profile, users: int, before: Mode, after: Mode, tool: str) -> Told:
    """`users`: how many the profile has, for as long as nobody was looked for there."""
    restored = f"; {number(len(plan.restore))} more come out of the archive" if plan.restore else ""
    made = f"{attributes(plan.make)} made{restored}." if plan.make or plan.restore else ""
    archived = f"{attributes(plan.archive)} archived; filters in {tool} that use them find nobody."
    lines = [
        records(plan, profile, users, after, tool),
        made,
        archived if plan.archive else "",
        places(plan),
        cost(plan),
    ]
    return Told(
        [line for line in lines if line], (*plan.make, *plan.restore), plan.archive, full(plan, tool), button(after)
    )


def records(plan: Plan, profile: Profile, users: int, after: Mode, tool: str) -> str:
    """412 contacts and 31 companies would change."""
    if after == Mode.OFF:
        return f"Nothing of it is written to {tool} any more."
    if plan.matched is None:
        found = f"which of its {count(users, 'user')} are there"
        return f"The first thing is to find out {found}; each of them would change, and nobody is added."
    changed = writes({str(kind): n for kind, n in plan.would_change.get(profile.pk, {}).items()})
    return f"{changed} would change." if changed else f"No record in {tool} would change."


def attributes(names: Sequence[str]) -> str:
    return f"{count(len(names), 'attribute')} {'is' if len(names) == 1 else 'are'}"


def places(plan: Plan) -> str:
    """236 of 250 places are used, 243 then."""
    if plan.places.unknown and plan.places_needed <= 0:
        return ""
    if plan.places.unknown:
        return (
            f"How many places for attributes are left is not known just now: {plan.places.unknown} If there are too"
            " few, the page of the connection says so when they are made."
        )
    if plan.places.left is None:
        return ""
    if plan.places.of is None:
        return f"There is room for {count(plan.places.left, 'more attribute')}."
    used = plan.places.of - plan.places.left
    then = f", {number(used + plan.places_needed)} then" if plan.places_needed else ""
    return f"{number(used)} of {number(plan.places.of)} places for attributes are used{then}."


def cost(plan: Plan) -> str:
    return f"That is {count(plan.calls, 'call')}, about {duration(plan.seconds)}." if plan.calls else ""


def full(plan: Plan, tool: str) -> str:
    if plan.fits or plan.places.left is None:
        return ""
    return no_room(tool, plan.places.left, plan.places_needed)


def button(after: Mode) -> str:
    if after == Mode.OFF:
        return "Switch off and archive"
    return "Write all traits" if after == Mode.ALL else "Write segment names only"


def switched(profile: Profile, after: Mode, tool: str) -> str:
    if after == Mode.OFF:
        return f"“{profile.name}” is off: its attributes are being archived in {tool}."
    said = "all traits" if after == Mode.ALL else "segment names only"
    return f"“{profile.name}”: {said}. {tool} has the first values within moments."
