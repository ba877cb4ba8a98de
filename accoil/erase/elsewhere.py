"""What stands in other tools of somebody who is deleted. The sync empties it (`accoil.connect.leaving`); here is told
how far that is."""

from accoil.connect.models import Connection, Left, State, Written
from accoil.connect.tools import TOOLS
from accoil.erase.models import Erasure


def why_not_done(erasure: Erasure) -> str | None:
    """None: everything is emptied, or its attributes are archived, so that nobody sees them there; or it has ended."""
    for row in Left.objects.filter(pk__in=erasure.left).select_related("connection").order_by("pk"):
        connection = row.connection
        if connection.state == State.DISCONNECTED or not _is_seen(row):
            continue
        name = TOOLS[connection.tool].name
        if connection.state == State.NEEDS_RECONNECT:
            return f"{name} has to be connected again before what stands there can be cleared."
        return row.problem or connection.problem or f"{name} is being cleared."
    return None


def note(erasure: Erasure) -> None:
    """What the receipt says of other tools. Of those that were disconnected nothing is kept to go on with."""
    if not erasure.part("records").get("counts", {}).get("matches with other tools"):
        return
    left = Left.objects.filter(pk__in=erasure.left)
    kept = sum(map(_is_seen, left))
    erasure.note("tools", emptied=len(erasure.left) - len(left), archived=len(left) - kept, kept=kept)
    left.filter(connection__state=State.DISCONNECTED).delete()


def _is_seen(row: Left) -> bool:
    seen: set[str] = set(
        Connection.objects.get(pk=row.connection_id)
        .attributes.filter(kind=row.kind)
        .exclude(state=Written.Is.ARCHIVED)
        .values_list("name", flat=True)
    )
    return bool(seen & set(row.names))
