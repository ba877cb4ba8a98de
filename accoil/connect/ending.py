"""The end of a connection. At once: nothing more is written, and of its secrets only what archiving needs is kept.
Then, for a day at most, what we made there is archived; then its secrets are gone everywhere."""

from datetime import timedelta

import structlog
from django.db import transaction

from accoil.connect.connection import ToolError
from accoil.connect.given import given
from accoil.connect.models import Connection, ProfileSync, State, Written
from accoil.connect.now import moment
from accoil.connect.soon import SECONDS
from accoil.connect.tools import TOOLS

ARCHIVES_FOR = timedelta(days=1)  # a tool that never answers in this time keeps the attributes
NAMED = 40  # attributes in a sentence

log = structlog.get_logger()


@transaction.atomic
def begin(connection: Connection, unless_renewed: bool = False) -> None:
    """Nothing when it has ended, or is ending already; with `unless_renewed` neither when somebody connected it again
    since `connection` was read."""
    was = connection.secret
    connection.refresh_from_db(from_queryset=Connection.objects.select_for_update())
    is_renewed = unless_renewed and connection.secret != was
    if is_renewed or connection.state in (State.DISCONNECTED, State.DISCONNECTING):
        return
    tool = TOOLS[connection.tool]
    kept = connection.secrets
    connection.secrets = {name: kept[name] for name in tool.archives_with if name in kept}
    connection.state, connection.problem = State.DISCONNECTING, ""
    connection.waits_until, connection.failures = None, 0
    connection.archiving_until = moment() + ARCHIVES_FOR
    connection.save(update_fields=["secret", "state", "problem", "waits_until", "failures", "archiving_until"])
    ProfileSync.objects.filter(connection=connection).delete()
    connection.passes.filter(ended_at=None).update(ended_at=moment(), problem="It was disconnected.")
    transaction.on_commit(lambda: tool.closed(connection.pk))
    if not tool.syncs:  # nothing was written that could be archived
        end(connection)


def is_late(connection: Connection) -> bool:
    """Whether it was tried for long enough."""
    if connection.archiving_until is None:
        connection.archiving_until = moment() + ARCHIVES_FOR
        connection.save(update_fields=["archiving_until"])
    return connection.archiving_until <= moment()


def end(connection: Connection, why: str = "") -> bool:
    """Whether it ended by that: only one that is ending does. `why`: attributes are left there, if any are."""
    names = list(connection.attributes.exclude(state=Written.Is.ARCHIVED).values_list("name", flat=True))
    connection.problem = f"{why} {_stay(names)}" if why and names else why
    mine = Connection.objects.filter(pk=connection.pk, state=State.DISCONNECTING)
    connection.state, connection.secrets = State.DISCONNECTED, {}
    connection.waits_until, connection.failures, connection.archiving_until = None, 0, None
    ended = mine.update(
        state=connection.state, problem=connection.problem, secret=connection.secret, waits_until=None, failures=0,
        archiving_until=None,
    )  # fmt: skip
    if ended:
        ProfileSync.objects.filter(connection=connection).delete()  # made again, it writes nothing by itself
        TOOLS[connection.tool].closed(connection.pk)
    return bool(ended)


def end_now(connection: Connection) -> bool:
    """Somebody does not want to wait until it is archived. Whether it ended by that."""
    return give_up(connection, "It was ended before all was archived.")


def give_up(connection: Connection, why: str) -> bool:
    """As `end`, of one that was not archived: nobody shall get in there with what is kept of it, either."""
    if Connection.objects.filter(pk=connection.pk, state=State.DISCONNECTING).exists():
        try:
            with given(SECONDS, waits=False):
                TOOLS[connection.tool].give_back(connection)
        except ToolError as wrong:
            log.info("an access could not be given back", tool=connection.tool, why=wrong.reason)
    return end(connection, why)


def _stay(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    stays = "This attribute stays" if len(names) == 1 else "These attributes stay"
    return (
        f"{stays} there: {', '.join(names[:NAMED])}{more}. Archive them there, or connect the same workspace again: "
        "then it is done from here."
    )
