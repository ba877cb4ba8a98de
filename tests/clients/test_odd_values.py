"""Values of all types that programs hand to their client: each is written in that client's own way, and arrives."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from accoil.asgi import Server
from tests.clients.published import NODE, PYTHON, SEGMENT_NODE, Published, where_here
from tests.door import Door

IN_PYTHON = """
import sys, importlib
from datetime import date, datetime, timezone
from decimal import Decimal
module, key, address = sys.argv[1:]
client = importlib.import_module(module).Client(key, host=address, sync_mode=True)
client.identify(42, {
    "name": "Ünï \\U0001f389", "nan": float("nan"), "far": float("inf"), "at": datetime(2023, 5, 12, 8),
    "on": date(2023, 5, 12), "money": Decimal("9.90"), "list": [1, {"a": None}], "yes": True, "big": 2**70,
})
client.group(42, 7, {"plan": "pro"})
client.track(42, "Report_Created", {"x": float("-inf")}, timestamp=datetime(2026, 11, 1, tzinfo=timezone.utc))
client.page(42, None, None)
client.screen(42, "Docs", "Start")
client.alias("anonymous-1", 42)
client.track(anonymous_id="anonymous-2", event="Nobody")
"""

IN_NODE = """
const { Analytics } = require("@segment/analytics-node");
const [key, host] = process.argv.slice(1);
const client = new Analytics({ writeKey: key, host });
const userId = "42";
client.identify({ userId, traits: {
  name: "Ünï \\u{1f389}", nan: NaN, far: Infinity, at: new Date("2023-05-12T08:00:00Z"), list: [1, { a: null }],
  yes: true, big: 2 ** 70, nothing: undefined, alone: "\\ud83c",
} });
client.group({ userId, groupId: "7", traits: { plan: "pro" } });
client.track({ userId, event: "Report_Created", properties: { x: -Infinity }, timestamp: new Date("2026-11-01") });
client.page({ userId });
client.screen({ userId, category: "Docs", name: "Start" });
client.alias({ userId, previousId: "anonymous-1" });
client.track({ anonymousId: "anonymous-2", event: "Nobody" });
client.closeAndFlush();
"""


@pytest.mark.parametrize("client", where_here(PYTHON))
def test_everything_python_can_say_arrives(server: Server, door: Door, client: Published) -> None:
    _run([sys.executable, "-c", IN_PYTHON, client.module, door.key, door.address], env=client.env())
    _check(server, door)


@pytest.mark.parametrize("client", where_here([SEGMENT_NODE]))
def test_everything_node_can_say_arrives(server: Server, door: Door, client: Published) -> None:
    _run(["node", "-e", IN_NODE, door.key, door.address], cwd=NODE)
    _check(server, door)


def _run(command: list[str], **options: Any) -> None:
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, **options)
    assert run.returncode == 0 and not run.stderr, run.stderr


def _check(server: Server, door: Door) -> None:
    assert server.wait_counted()
    assert sorted((event, user, account, n) for (user, account, event, _), n in door.counts().items()) == [
        ("Nobody", None, None, 1),  # an anonymous id that is nobody's yet
        ("Report_Created", "42", "7", 1),
        ("Viewed Page", "42", "7", 1),
        ("Viewed Start", "42", "7", 1),
    ]
