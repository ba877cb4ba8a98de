"""A body on its way from the wire to the journal, without HTTP: what becomes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from accoil.receive import calls, lenient, steps
from accoil.receive.calls import ALIAS, EVENT, GROUP, IDENTIFY
from accoil.receive.columns import Request, table
from accoil.receive.paths import find

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)  # when everything here is received
KINDS = {EVENT: "event", IDENTIFY: "identify", GROUP: "group", ALIAS: "alias"}

Fact = dict[str, Any]


@dataclass
class Read:
    facts: list[Fact]  # what the journal would hold, without what is null
    reasons: dict[int, str]  # place in the batch → why the item there can't be counted

    def fact(self) -> Fact:
        assert (len(self.facts), self.reasons) == (1, {}), self
        return self.facts[0]

    def reason(self) -> str:
        assert (self.facts, list(self.reasons)) == ([], [0]), self
        return self.reasons[0]


def read(body: Any, path: str = "/v1/batch", now: datetime = NOW) -> Read:
    """Bytes are read as they are, anything else as JSON. Raises BadBody."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    way = find(path)
    assert way
    raw = way.translate(raw) if way.translate else raw
    decoded = calls.decode(raw, batch=way.batch, type_from_path=way.type)
    decoded = decoded or lenient.decode(raw, batch=way.batch, type_from_path=way.type)
    received = int(now.timestamp() * 1000)
    kept = steps.run(decoded, steps.Arrival(received, decoded.sent_at, way.mends_skew))
    facts = [_shown(row) for row in table([Request(1, received, kept)]).to_pylist()]
    return Read(facts, {each.index: each.message for each in decoded.rejected})


def _shown(row: Fact) -> Fact:
    of_request = ("product", "received", "source")
    shown = {name: value for name, value in row.items() if value is not None and name not in of_request}
    shown["kind"] = KINDS[shown["kind"]]
    shown["sent_at"] = datetime.fromtimestamp(shown["sent_at"] / 1000, UTC)
    if "traits" in shown:
        shown["traits"] = {key: json.loads(value) for key, value in shown["traits"]}
    return shown
