"""A stand-in for Segment, made from its public documentation: sources told apart by their write keys, what stands on
users and groups there, and what is dropped without a word. HTTP and faults are those of the stand-in for Intercom."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.intercom.calls import Answer, Call, Refusal
from tests.intercom.server import running as running
from tests.intercom.stand_in import StandIn
from tests.shown import page, table

LARGEST, LARGEST_CALL = 32_000, 500_000
NEEDED = {"identify": {"traits"}, "group": {"groupId", "traits"}, "track": {"event", "properties"}}
AROUND = {"type", "messageId", "timestamp", "context", "integrations"}
BY = ("userId", "anonymousId")
ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")


class Refused(Refusal):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, "error", message)

    def answer(self) -> Answer:
        return Answer({"success": False, "message": self.message}, self.status, self.headers)


@dataclass
class Source:
    """`messages`: as they were taken, repetitions left out. `traits`: of users and of groups, by id. `events`: user,
    name, properties."""

    key: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    repeated: int = 0
    traits: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {"identify": {}, "group": {}})
    events: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    revoked: bool = False
    refuses: str = ""  # id of a user whose messages spoil their call
    _ids: set[str] = field(default_factory=set)

    def take(self, message: dict[str, Any]) -> None:
        if message["messageId"] in self._ids:
            self.repeated += 1
            return
        self._ids.add(message["messageId"])
        self.messages.append(message)
        if message["type"] == "track":
            self.events.append((message["userId"], message["event"], message["properties"]))
            return
        whose = message["groupId"] if message["type"] == "group" else message["userId"]
        own = self.traits[message["type"]].setdefault(whose, {})
        for name, value in message["traits"].items():
            own.pop(name, None) if value is None else own.update({name: value})


class Segment(StandIn):
    """Messages with a key that no source here has are answered like others, and lost; as at the host of another
    region."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.sources: dict[str, Source] = {}
        self.source = self.add_source()
        self.lost = 0

    def add_source(self) -> Source:
        made = Source(f"wkey{len(self.sources):04}abcdefghijklmnopqrstuv")
        self.sources[made.key] = made
        return made

    def act(self, call: Call, headers: dict[str, str], refusal: Refusal | None) -> Answer:
        if (call.method, call.path) == ("GET", "/"):
            return Answer(_page(self.source))
        if (call.method, call.path) != ("POST", "/v1/batch"):
            raise Refused(404, "Not found")
        if refusal:
            raise Refused(refusal.status, refusal.message)
        source = self.sources.get(_key(call))
        if source and source.revoked:
            raise Refused(401, "Unauthorized")
        if len(call.raw) > LARGEST_CALL:
            raise Refused(400, "Batch too large")
        messages = call.fields("batch")["batch"]
        for message in messages:
            _check(message)
        if source and any(message.get("userId") == source.refuses for message in messages):
            raise Refused(400, "Malformed JSON")
        for message in messages if source else ():
            source.take(message)  # type: ignore[union-attr]
        self.lost += 0 if source else len(messages)
        return Answer({"success": True})


def _page(source: Source) -> str:
    """As the debugger of a source shows what comes, and what stands on whom."""
    told = [f"<p>{len(source.messages):,} messages came; {source.repeated:,} of them twice.</p>", "<h2>The last</h2>"]
    rows = [(each["type"], each.get("userId", ""), each.get("groupId", ""), each.get("event", ""), json.dumps(
        each.get("traits") or each.get("properties"))[:200]) for each in source.messages[:-21:-1]]  # fmt: skip
    told.append(table(("type", "userId", "groupId", "event", "traits or properties"), rows))
    for words, kind in (("Users", "identify"), ("Groups", "group")):
        own = source.traits[kind]
        names = sorted({name for traits in own.values() for name in traits})
        told.append(f"<h2>{words}: {len(own):,}</h2>")
        told.append(table(("id", *names), [(id, *(own[id].get(name) for name in names)) for id in sorted(own)[:30]]))
    return page("Segment (stand-in)", "".join(told))


def _key(call: Call) -> str:
    kind, _, told = call.headers.get("authorization", "").partition(" ")
    assert kind == "Basic" and call.headers["content-type"] == "application/json"
    key, colon, password = base64.b64decode(told).decode().partition(":")
    assert colon and not password
    return key


def _check(message: dict[str, Any]) -> None:
    """What Segment would take without a word, and not use, fails here."""
    if len(json.dumps(message, separators=(",", ":")).encode()) > LARGEST:
        raise Refused(400, "Message too large")
    by = [name for name in BY if message.get(name)]
    assert len(by) == 1 and set(message) == {*AROUND, *by, *NEEDED[message["type"]]}, message
    assert by == ["userId"] or message["type"] == "group"
    assert ISO.fullmatch(message["timestamp"]) and message["messageId"].startswith("accoil-")
    assert message.get("groupId", "g")
    assert message["context"]["library"]["name"] == "accoil-connections"
    assert message["integrations"]["All"] is True and message["integrations"]["Accoil Analytics"] is False
