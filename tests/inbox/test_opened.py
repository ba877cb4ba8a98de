"""When the widget was opened is kept for the connection it was opened for."""

from collections.abc import Callable

from accoil.connect.models import Connection
from accoil.show.inbox import opened
from accoil.show.inbox.answering import Call
from tests.inbox.conftest import ANN, Widget, answered, body


def times() -> dict[str, tuple[bool, bool]]:
    """Workspace → whether it was opened, whether a call of it was refused."""
    rows = Connection.objects.order_by("workspace").values_list("workspace", "inbox_asked_at", "inbox_refused_at")
    return {workspace: (asked is not None, refused is not None) for workspace, asked, refused in rows}


def test_an_opened_widget_is_noted_for_its_own_team_alone(widget: Callable[..., Widget]) -> None:
    opened.keep()
    Connection.objects.update(inbox_asked_at=None, inbox_refused_at=None)
    widget().open()
    assert times()["w1"] == (False, False)  # nobody waits for it
    opened.keep()
    assert times() == {"w1": (True, False), "w2": (False, False)}


def test_a_call_with_another_secret_is_noted_as_refused(widget: Callable[..., Widget]) -> None:
    opened.keep()
    Connection.objects.update(inbox_asked_at=None, inbox_refused_at=None)
    assert answered(widget().books, [Call(body("w2", ANN), "0" * 64)])[0].canvas is None
    opened.keep()
    assert times() == {"w1": (False, False), "w2": (False, True)}
