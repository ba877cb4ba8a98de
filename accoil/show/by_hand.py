"""Ticked rows of a list, and what can be done with them: the actions that tools offer by hand."""

from typing import Any, NamedTuple

from django.http import QueryDict

from accoil.act.actions import by_hand_actions
from accoil.act.queue import MOST_BY_HAND
from accoil.connect.connection import Action, Tool
from accoil.connect.models import Connection, State, live
from accoil.count.ids import LARGEST, Kind
from accoil.refused import Refused
from accoil.show import lists
from accoil.show.frame import Frame
from accoil.show.seen import Seen
from accoil.show.whole import whole
from accoil.show.words import count, joined, listed, number
from accoil.team.models import Team


class Offered(NamedTuple):
    tool: Tool
    action: Action
    connection: Connection


class Chosen(NamedTuple):
    """`rows` of the book. `everyone`: all that the list shows, searched as its address says."""

    kind: Kind
    rows: list[dict[str, Any]]
    everyone: bool

    @property
    def ids(self) -> list[int]:
        return [row["id"] for row in self.rows]

    @property
    def words(self) -> str:
        return count(len(self.rows), self.kind)

    @property
    def names(self) -> str:
        """Acme Ltd, Globex, Initech and 4 more"""
        return listed([row["name"] for row in self.rows])


def offered(team: Team, kind: Kind) -> list[Offered]:
    """Those whose tool is connected."""
    found = []
    for tool, action in by_hand_actions(kind):
        connection = live(team, tool.key)
        if connection and connection.state == State.CONNECTED:
            found.append(Offered(tool, action, connection))
    return found


def chosen_action(team: Team, kind: Kind, key: str) -> Offered:
    """Raises Refused."""
    for each in offered(team, kind):
        if each.action.key == key:
            return each
    named = next((tool.name for tool, action in by_hand_actions(kind) if action.key == key), None)
    if named:
        raise Refused(f"{named} is not connected just now: see Settings > Connections.")
    raise Refused("Choose what to do with the ticked rows.")


def ticks(frame: Frame, kind: Kind, wanted: lists.Wanted, **whom: object) -> dict[str, Any] | None:
    """What a list's rows can be ticked for; None for who may not. `whom`: what the address says of whom it shows."""
    if not frame.may_change or not (possible := by_hand_actions(kind)):
        return None
    missing = sorted({tool.name for tool, _ in possible})
    return {
        "link": frame.link(f"act-on-{kind}s", search=wanted.search, **whom),
        "offered": offered(frame.product.team, kind),
        "missing": joined(missing, "or"),
        "label": "What to do with the ticked rows",
        "connections": frame.link("connections"),
    }


def chosen(seen: Seen, kind: Kind, given: QueryDict, **among: Any) -> Chosen:
    """The ticked rows, or all that the list shows (`among`, as for `Book.page`), searched as its address says. Raises
    Refused for none, and for too many."""
    everyone = bool(given.get("all"))
    if everyone:
        search = lists.wanted(seen.frame.request.GET, ()).search
        found = seen.page(kind, search=search, sort="name", limit=MOST_BY_HAND, **among)
        if found.total > MOST_BY_HAND:
            raise Refused(
                f"These are {number(found.total)} {kind}s; {number(MOST_BY_HAND)} is the most: search for fewer."
            )
        return Chosen(kind, found.rows, everyone)
    ids = {id for text in given.getlist("id") if (id := whole(text, -1, LARGEST)) >= 0}
    if len(ids) > MOST_BY_HAND:
        raise Refused(f"These are {number(len(ids))} rows, and {number(MOST_BY_HAND)} is the most at once: tick fewer.")
    rows = seen.page(kind, ids=sorted(ids), sort="name", limit=MOST_BY_HAND).rows if ids else []
    if not rows:
        raise Refused(f"Tick at least one {kind} first.")
    return Chosen(kind, rows, everyone)
