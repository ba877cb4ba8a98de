"""When the widget was opened: noted as calls come, and written down every few seconds, so nobody waits for that."""

from datetime import datetime

from accoil.connect.models import Connection
from accoil.connect.now import moment

_proven: dict[int, datetime] = {}  # connection → when a call of it came
_refused: dict[int, datetime] = {}  # the same of calls whose signature did not fit


def note(connection: int, is_proven: bool) -> None:
    (_proven if is_proven else _refused)[connection] = moment()


def keep() -> None:
    """Writes down what was noted since."""
    for noted, column in ((_proven, "inbox_asked_at"), (_refused, "inbox_refused_at")):
        for connection in list(noted):
            Connection.objects.filter(pk=connection).update(**{column: noted.pop(connection)})
