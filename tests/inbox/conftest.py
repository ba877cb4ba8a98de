"""The world of the pages, with Intercom connected to Acme Inc as workspace w1 and to Evil Inc as w2."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from accoil.connect.models import Connection
from accoil.show.inbox.answering import Answer, Call, answer
from accoil.show.inbox.books import Books
from accoil.show.inbox.remembering import remember
from accoil.team.models import Team
from tests.intercom.canvas import check_canvas
from tests.show.conftest import World, busy, engine, world

__all__ = ["busy", "engine", "world"]

SECRETS = {"w1": "secret-1", "w2": "secret-2"}
ORIGIN = "https://accoil.example.com"
ANN = {"id": "c-ann", "email": "Ann@acme.example", "name": "Ann M."}

Row = dict[str, Any]


def body(workspace: str, contact: Row, teammate: str = "carol@example.com", **more: Any) -> bytes:
    told = {
        "workspace_id": workspace,
        "workspace_region": "US",
        "admin": {"type": "admin", "id": f"t-{teammate}", "email": teammate},
        "conversation": {"id": "1"},
        "contact": {"type": "contact", **contact},
        "context": {"conversation_id": 1, "location": "conversation"},
        **more,
    }
    return json.dumps(told).encode()


def signed(workspace: str, raw: bytes, origin: str = ORIGIN) -> Call:
    return Call(raw, hmac.new(SECRETS[workspace].encode(), raw, "sha256").hexdigest(), origin)


@dataclass
class Widget:
    """The widget as one teammate sees it beside one conversation."""

    books: Books
    workspace: str = "w1"
    contact: Row = field(default_factory=lambda: dict(ANN))
    teammate: str = "carol@example.com"
    shown: Row = field(default_factory=dict)

    def open(self, **contact: Any) -> Widget:
        """Opens the conversation; with another contact, if any is told."""
        self.contact = contact or self.contact
        return self._ask()

    def press(self, id: str, **input: str) -> Widget:
        """Uses a component: all that is chosen on the canvas goes along, as Intercom does it."""
        there = self.shown["canvas"]["content"]["components"]
        values = {each["id"]: each["value"] for each in there if each["type"] in ("dropdown", "single-select")}
        return self._ask(component_id=id, input_values={**values, **input}, current_canvas=self.shown["canvas"])

    def tab(self, name: str) -> Widget:
        return self.press("tab", tab=name)

    def _ask(self, **more: Any) -> Widget:
        call = signed(self.workspace, body(self.workspace, self.contact, self.teammate, **more))
        told = answered(self.books, [call])[0]
        assert told.canvas is not None
        if told.chosen:
            remember([told.chosen])
        self.shown = json.loads(json.dumps(told.canvas))
        check_canvas("submit_response", self.shown)
        return self

    @property
    def parts(self) -> list[Row]:
        return self.shown["canvas"]["content"]["components"]

    def part(self, id: str) -> Row | None:
        return next((each for each in self.parts if each.get("id") == id), None)

    @property
    def words(self) -> str:
        """All that a person reads, in one line."""
        return " ".join(_words(self.parts))

    @property
    def table(self) -> dict[str, str]:
        rows = [item for each in self.parts if each["type"] == "data-table" for item in each["items"]]
        return {item["field"]: item["value"] for item in rows}

    def offers(self, id: str) -> list[str]:
        found = self.part(id)
        return [option["text"] for option in found["options"]] if found else []


def _words(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        for key, value in told.items():
            if isinstance(value, str):
                yield from [value] if key in ("text", "field", "value", "label", "title", "subtitle") else []
            else:
                yield from _words(value)
    if isinstance(told, list):
        for each in told:
            yield from _words(each)


def answered(books: Books, calls: list[Call]) -> list[Answer]:
    """Waits for the books."""
    told = answer(books, calls)
    waiting = [each for each in told if isinstance(each, Future)]
    for each in waiting:
        each.result(timeout=30)
    again = [msgspec.structs.replace(call, waited=True) for call in calls]
    return answered(books, again) if waiting else told  # type: ignore[return-value]


def connect(team: Team, workspace: str) -> Connection:
    made = Connection(team=team, tool="intercom", workspace=workspace, workspace_name=team.name)
    made.secrets = {"token": "t", "client_secret": SECRETS[workspace]}
    made.save()
    return made


@pytest.fixture
def connection(busy: World) -> Connection:
    connect(busy.evil.team, "w2")
    return connect(busy.web.team, "w1")


@pytest.fixture(scope="session")
def books() -> Iterator[Books]:
    made = Books()
    yield made
    made.close()


@pytest.fixture
def widget(connection: Connection, books: Books) -> Callable[..., Widget]:
    """Makes one: `workspace`, `contact`, `teammate` as wanted."""
    return lambda **wanted: Widget(books, **wanted)
