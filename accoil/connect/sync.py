"""What people and pages can have the sync do. It works by itself, in a thread for each connection: `syncing.py`."""

from collections.abc import Sequence

from django.db import transaction

from accoil.connect.connection import Session, SignInAgain, TryLater
from accoil.connect.given import given
from accoil.connect.models import Connection, Mode, ProfileSync, Record, State
from accoil.connect.names import check_names, wanted
from accoil.connect.now import moment
from accoil.connect.planning import Places, attribute_changes, with_modes
from accoil.connect.soon import SECONDS, check_not_left_alone, soon
from accoil.connect.tools import TOOLS
from accoil.connect.troubles import no_room
from accoil.refused import Refused
from accoil.score.models import Profile

SOONEST, LATEST = 300, 24 * 3600  # seconds between full passes


def places(connection: Connection) -> Places:
    """How many more attributes the tool takes, asked for as long as a page may. Raises Refused when the tool does not
    know us any more."""
    try:
        check_not_left_alone(connection)
        with given(SECONDS, waits=False):
            return Places(opened(connection).places_left(), TOOLS[connection.tool].places)
    except TryLater as why:
        return Places(unknown=why.reason)
    except SignInAgain as why:
        raise Refused(f"{_name(connection)} could not be asked: {why.reason}") from why


def set_mode(connection: Connection, profile: Profile, mode: Mode) -> None:
    """Attributes follow within seconds, from the connection's own thread: made, archived or taken out again. Raises
    Refused when names would clash, or there is no room for so many attributes."""
    check_connected(connection)
    if mode not in Mode.values:
        raise Refused(f"mode is {mode!r}; choose one of: {', '.join(Mode.values)}.")
    syncs = with_modes(connection, {profile: mode})
    if mode != Mode.OFF:
        check_names(profile, [sync.profile for sync in syncs])
        _check_places(connection, syncs)
    with transaction.atomic():
        check_connected(Connection.objects.get(pk=connection.pk))  # the tool was asked meanwhile
        ProfileSync.objects.update_or_create(connection=connection, profile=profile, defaults={"mode": mode})


def check_connected(connection: Connection) -> None:
    """Raises Refused for one that was ended, or is ending."""
    if connection.state not in (State.CONNECTED, State.NEEDS_RECONNECT):
        raise Refused(f"{_name(connection)} is disconnected; connect it again first.")


def set_full_every(connection: Connection, seconds: int) -> None:
    """How often everything is compared. Raises Refused."""
    if not SOONEST <= seconds <= LATEST:
        raise Refused("A full pass can be made every 5 minutes at most, and once in 24 hours at least.")
    connection.full_every = seconds
    connection.save(update_fields=["full_every"])


def sync_now(connection: Connection) -> None:
    """Everyone is looked for and compared within seconds, whatever the schedule. Raises Refused."""
    if connection.state != State.CONNECTED:
        raise Refused(f"{_name(connection)} has to be connected again first.")
    connection.asked_at, connection.waits_until = moment(), None
    connection.save(update_fields=["asked_at", "waits_until"])


def retry(record: Record) -> None:
    """It is tried again within seconds: sent if it is matched, else looked for."""
    record.next_at, record.attempts = moment(), 0
    record.save(update_fields=["next_at", "attempts"])


def retry_all(connection: Connection) -> int:
    """The same of all that failed; how many those are."""
    failed = Record.objects.filter(connection=connection).exclude(problem="")
    return failed.update(next_at=moment(), attempts=0)


def opened(connection: Connection) -> Session:
    return TOOLS[connection.tool].opened(connection)


def _check_places(connection: Connection, syncs: Sequence[ProfileSync]) -> None:
    """Only tools with a limit are in the way; one that can't be asked just now says so when it makes them."""
    make, restore, archive = attribute_changes(connection, wanted(syncs))
    needed = len(make) + len(restore) - len(archive)
    if needed <= 0:
        return
    try:
        with soon(connection.team_id, connection):
            left = opened(connection).places_left()
    except (TryLater, SignInAgain):
        return
    if left is not None and needed > left:
        raise Refused(no_room(_name(connection), left, needed))


def _name(connection: Connection) -> str:
    return TOOLS[connection.tool].name
