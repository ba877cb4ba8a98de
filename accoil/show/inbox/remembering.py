"""What teammates chose, written down after they were answered: nobody waits for it, and a lost one does no harm."""

from collections.abc import Iterable

import msgspec

from accoil.connect.choice import Choice


class Chosen(msgspec.Struct, frozen=True):
    connection: int
    teammate: str
    tab: str
    profiles: dict[str, str]  # product → profile


def remember(chosen: Iterable[Chosen]) -> None:
    """Of several of one teammate the last."""
    last = {(each.connection, each.teammate): each for each in chosen}
    Choice.objects.bulk_create(
        [
            Choice(connection_id=each.connection, teammate=each.teammate, tab=each.tab, profiles=each.profiles)
            for each in last.values()
        ],
        update_conflicts=True,
        unique_fields=["connection", "teammate"],
        update_fields=["tab", "profiles"],
    )
