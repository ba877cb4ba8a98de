"""Settings > Connections: every tool that can be connected, and how each connection does."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accoil.connect.connection import Tool
from accoil.connect.models import Connection, ended, live
from accoil.connect.tools import TOOLS
from accoil.connect.webhook.endpoints import endpoints
from accoil.show import connection_words as words
from accoil.show.connection_figures import figures, hidden_attributes, last_run
from accoil.show.frame import Frame, frame_of, page
from accoil.team.models import Team


def connections(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    rows = [told(frame, tool) for tool in TOOLS.values() if tool.joining]
    joined = [row for row in rows if row["connection"]]
    return page(
        frame,
        "show/connections.html",
        {
            "joined": joined,
            "others": [row for row in rows if not row["connection"]],
            "mail_missing": TOOLS["email"].missing(),
            "addresses": [
                {"host": each.workspace_name, "state": words.state(each, timezone.now())}
                for each in endpoints(frame.product.team)
            ],
        },
    )


def left_by(team: Team, tool: str) -> str:
    """What could not be archived of a connection that was ended."""
    last = ended(team, tool)
    return last.problem if last else ""


def told(frame: Frame, tool: Tool) -> dict[str, Any]:
    """A tool as a row of the list: its state, its last run, how many are matched, how many writes fail."""
    connection = live(frame.product.team, tool.key)
    row: dict[str, Any] = {
        "tool": tool,
        "link": frame.link("connection", tool.key),
        "connection": connection,
        "left": frame.may_change and left_by(frame.product.team, tool.key),
    }
    return row | (of(frame, connection) if connection else {})


def of(frame: Frame, connection: Connection) -> dict[str, Any]:
    now, hidden = timezone.now(), hidden_attributes(connection, frame.request.user)
    latest = last_run(connection)
    return {
        "state": words.state(connection, now, hidden),
        "figures": figures(connection),
        "last_run": words.last_run(latest, now),
        "run": words.run(latest) if latest else "",
        "run_problem": words.reason(latest.problem, hidden) if latest else "",
    }
