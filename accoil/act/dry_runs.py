"""Dry runs of the sync that are under way, and those of a moment ago: with many records they take long."""

from accoil.act import running
from accoil.act.running import Runs, Turns
from accoil.connect import sync
from accoil.connect.models import Connection, Mode, ProfileSync, Record
from accoil.connect.planning import Places, Plan, check_modes, planned
from accoil.score.models import Profile

FRESH_FOR = 20.0  # seconds

Run = running.Run[Plan]

runs: Runs[Plan] = Runs(FRESH_FOR)
turns = Turns(2)


def dry_run(connection: Connection, profile: Profile, mode: Mode) -> Run:
    """What this mode would do; the one that was asked a moment ago, or one begun now. Raises Refused when names would
    clash, and for a connection that was ended."""
    sync.check_connected(connection)
    modes = {profile: mode}
    check_modes(connection, modes)
    places: list[Places] = []
    now = ProfileSync.objects.filter(connection=connection).order_by("pk").values_list("profile", "mode", "fields")
    attributes = connection.attributes.order_by("pk").values_list("name", "state")
    key = (
        connection.pk,
        connection.created_at,
        connection.state,
        profile.pk,
        profile.name,
        mode,
        repr(list(now)),
        tuple(attributes),
    )
    matched = Record.objects.filter(connection=connection, match=Record.Is.MATCHED)

    def begin() -> Run:
        return running.Run(
            turns,
            lambda told: planned(connection, modes, places[0], told),
            matched.count(),
            beforehand=lambda: places.append(sync.places(connection)),
            about=(connection.pk, profile.pk),
        )

    return runs.get(key, begin)
