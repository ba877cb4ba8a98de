"""A team and a source of Segment, joined by the source's write key."""

import hashlib
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings

from accoil.connect import attributes
from accoil.connect.connection import Rejected, SignInAgain, ToolError
from accoil.connect.guard import check_address
from accoil.connect.joining import Workspace, asking
from accoil.connect.models import Connection, State, Written, live
from accoil.connect.rate import Lane
from accoil.connect.segment.speaking import OTHER, REGIONS, Speaker, doors, place
from accoil.refused import At, Refused
from accoil.team.models import Team, User

SEGMENT = "segment"
_KEY = re.compile(r"[A-Za-z0-9_-]{16,128}")
MOST_LEFT_OUT = 20


def by_key(team: Team, author: User, given: dict[str, str]) -> Connection:
    """Raises Refused. Nothing but an empty call is sent, so whether Segment knows the key shows in its Debugger."""
    key, region = given.get("write_key", "").strip(), given.get("region", "")
    if not _KEY.fullmatch(key):
        raise Refused("Write key: this is not one; copy it from the source's Settings > API Keys.")
    if region not in dict(REGIONS):
        raise Refused("Region: choose the one of your workspace.")
    left_out = [name.strip() for name in given.get("left_out", "").split(",") if name.strip()]
    if len(left_out) > MOST_LEFT_OUT:
        raise Refused(f"Destinations left out: {len(left_out)} of them; {MOST_LEFT_OUT} is the most.")
    with asking(team, "Segment"):  # names are looked up, too
        host = _host(given.get("host", "")) if region == OTHER else ""
        _reach(key, region, host)
    options = {"region": region, "host": host, "left_out": left_out, "at": settings.SEGMENT_URL}
    return _join(team, author, key, options)


def _join(team: Team, author: User, key: str, options: Mapping[str, object]) -> Connection:
    """A key that was taken away is replaced by another one of the source's, or of another source: which, nobody can
    tell, so all that was written is sent again."""
    where = str(options["host"] or options["region"])
    id = hashlib.sha256(f"{where}:{key}".encode()).hexdigest()[:40]
    known = live(team, SEGMENT)
    before = known.workspace if known and known.state == State.NEEDS_RECONNECT else ""
    name = f"Source …{key[-4:]} ({urlsplit(where).hostname or where.upper()})"

    def fill(connection: Connection) -> None:
        if connection.pk and connection.workspace != id:
            for kind in ("user", "account"):
                own = Written.objects.filter(connection=connection, kind=kind)
                attributes.doubt(connection, kind, own.values_list("name", flat=True))
        connection.secrets = {"write_key": key}
        connection.options |= options

    joined = Workspace(SEGMENT, "Segment", id, name, "source", before).join(team, author, fill)
    doors.close(joined.pk)
    return joined


def _host(text: str) -> str:
    """Without the path that every host has. Raises Refused."""
    if not text.strip():
        raise Refused("Address: write where messages go, such as https://segment.example.com.")
    with At("Address"):
        host = check_address(text).rstrip("/").removesuffix("/v1")
    return host


def _reach(key: str, region: str, host: str) -> None:
    """Raises Refused, TryLater."""
    address, guarded = place(region, host)
    speaker = Speaker(key, address, Lane(), guarded)
    try:
        speaker.call([])
    except SignInAgain as no:
        raise Refused("Write key: Segment does not take it. Copy it again from the source.") from no
    except Rejected as no:
        if no.status != 400:  # it says nothing about the key that nothing was sent
            raise Refused(f"Address: {no.reason}" if region == OTHER else f"Region: {no.reason}") from no
    except ToolError:
        raise
    finally:
        speaker.close()
