"""What stands in other tools of somebody who is deleted. The sync empties it (`accoil.connect.leaving`); here is told
how far that is."""

from accoil.connect.models import Connection, Left, State, Written
from accoil.connect.tools import TOOLS
from accoil.erase.models import Erasure


def why_not_done(erasure: Erasure) -> str | None:
    """None: everything is emptied, or its attributes are archived, so that nobody sees them there."""
    for row in Left.objects.filter(pk__in=erasure.left).select_related("connection").order_by("pk"):
        connection = row.connection
        if connection.state == State.DISCONNECTED or not _in_use(row):
            continue
        name = TOOLS[connection.tool].name
        if connection.state == State.NEEDS_RECONNECT:
            return f"{name} has to be connected again before what stands there can be cleared."
        return row.problem or connection.problem or f"{name} is being cleared."
    return None


def note(erasure: Erasure) -> None:
    """What the receipt says of other tools."""
    if not erasure.part("records").get("counts", {}).get("matches with other tools"):
        return
    archived = Left.objects.filter(pk__in=erasure.left).count()
    erasure.note("tools", emptied=len(erasure.left) - archived, archived=archived)


def _in_use(row: Left) -> bool:
    in_use: set[str] = set(
        Connection.objects.get(pk=row.connection_id)
        .attributes.filter(kind=row.kind, state=Written.Is.ACTIVE)
        .values_list("name", flat=True)
    )
    return bool(in_use & set(row.names))
