"""A team and a workspace of another tool become one connection: never two to a workspace, nor two of a team's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from accoil.connect.connection import TryLater
from accoil.connect.models import Connection, State
from accoil.connect.soon import soon
from accoil.refused import Refused
from accoil.team.models import NAME_LENGTH, Team, User

Fill = Callable[[Connection], None]


@contextmanager
def asking(team: Team, tool: str) -> Iterator[None]:
    """Somebody waits for a page: the tool answers soon, or is asked another time. Raises Refused."""
    try:
        with soon(team.pk):
            yield
    except TryLater as later:
        raise Refused(f"{tool} could not be asked just now. {later.reason} Try again in a minute.") from later


class Workspace:
    """One of another tool's. `tool` and `called` are the tool's name and its word for a workspace; `before` is the id
    that the team's own connection may have had as long as nothing proved whose the workspace is."""

    def __init__(
        self, key: str, tool: str, id: str, name: str = "", called: str = "workspace", before: str = ""
    ) -> None:
        self.key, self.tool, self.id, self.name, self.called = key, tool, id, name, called
        self.ids = [id, before] if before else [id]

    def join(self, team: Team, author: User, fill: Fill) -> Connection:
        """The connection of this workspace, or a new one, with the secrets that `fill` sets. Raises Refused."""
        try:
            with transaction.atomic():
                return self._saved(self._found(team), author, fill)
        except IntegrityError:  # two installs at once: the other one made the connection
            with transaction.atomic():
                return self._saved(self._found(team), author, fill)

    def _found(self, team: Team) -> Connection:
        """One that was disconnected goes on, and knows what it once wrote."""
        there = Connection.objects.select_for_update().filter(tool=self.key)
        live = there.exclude(state=State.DISCONNECTED)
        known = live.filter(workspace=self.id).first()
        if known and known.team_id != team.pk:
            raise Refused(
                f"This {self.tool} {self.called} is connected to another team of this server; disconnect it there"
                " first."
            )
        other = live.filter(team=team).exclude(workspace__in=self.ids).first()
        for each in (known, other):
            if each and each.state == State.DISCONNECTING:
                raise Refused(
                    f"What was written to “{each.workspace_name or each.workspace}” is still being archived. Wait until"
                    " that is done, or press “End it now” on the page of the connection; then connect."
                )
        if other:
            raise Refused(
                f"Your team is connected to the {self.tool} {self.called} “{other.workspace_name or other.workspace}”;"
                f" disconnect it before you connect “{self.name or self.id}”."
            )
        own = [each.filter(team=team, workspace__in=self.ids).order_by("-id").first() for each in (live, there)]
        return known or own[0] or own[1] or Connection(team=team, tool=self.key)

    def _saved(self, connection: Connection, author: User, fill: Fill) -> Connection:
        fill(connection)
        connection.workspace, connection.workspace_name = self.id, self.name[:NAME_LENGTH]
        connection.state, connection.problem = State.CONNECTED, ""
        connection.failures, connection.failing_since, connection.waits_until = 0, None, None
        connection.author = author
        connection.save()
        return connection
