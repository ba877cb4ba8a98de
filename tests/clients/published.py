"""The published clients of servers, each in a process of its own: where they are, and how one is told what to say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.traffic import Item

HERE = Path(__file__).parent
PLACES = HERE.parents[1] / ".venv" / "clients"  # `make clients` puts Python's there, each in a folder of its own
NODE = HERE / "node"
PATIENCE = 540  # seconds until a client that says nothing has failed


@dataclass(frozen=True)
class Published:
    """`package` and `version` as its registry has them."""

    package: str
    version: str
    module: str = ""  # Python: what to import
    place: str = ""  # Python: its folder in PLACES, none where it lives in our own environment; Node: its folder
    batch: str = "upload_size"  # the options that say how many calls go together, and how often to try
    tries: str = "max_retries"
    takes_ids: bool = True  # whether a program can give its own message id

    def __str__(self) -> str:
        return f"{self.package} {self.version}"

    @property
    def missing(self) -> str | None:
        """What stands in the way, for the skipped test to say."""
        if self.module:
            return None if not self.place or (PLACES / self.place / "ready").exists() else "not installed: make clients"
        if not shutil.which("node"):
            return "Node is missing: install it, then make clients"
        return None if (NODE / "node_modules" / "ready").exists() else "not installed: make clients (needs npm)"

    def command(self) -> list[str]:
        if self.module:
            return [sys.executable, str(HERE / "python" / "tell.py"), self.module]
        return ["node", str(NODE / "tell.mjs"), self.place]

    def env(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(PLACES / self.place)} if self.place else dict(os.environ)


def _node(package: str, version: str, place: str = "", takes_ids: bool = True) -> Published:
    return Published(package, version, place=place or package, takes_ids=takes_ids, batch="batch", tries="tries")


SEGMENT_PYTHON = Published("segment-analytics-python", "2.4.0", "segment.analytics.client")
SEGMENT_PYTHON_23 = Published("segment-analytics-python", "2.3.6", "segment.analytics.client", "segment-python-2.3")
ANALYTICS_PYTHON = Published("analytics-python", "1.4.post1", "analytics.client", "analytics-python-1.4")
RUDDER_PYTHON = Published("rudder-sdk-python", "2.1.9", "rudderstack.analytics.client", "rudder-python")
SEGMENT_NODE = _node("@segment/analytics-node", "3.1.0")
SEGMENT_NODE_2 = _node("@segment/analytics-node", "2.1.3", "segment-node-2")
SEGMENT_NODE_1 = _node("@segment/analytics-node", "1.3.0", "segment-node-1", takes_ids=False)
ANALYTICS_NODE = _node("analytics-node", "6.2.0")
RUDDER_NODE = _node("@rudderstack/rudder-sdk-node", "3.0.13")
JUNE_NODE = _node("@june-so/analytics-node", "8.0.0", takes_ids=False)

PYTHON = (SEGMENT_PYTHON, SEGMENT_PYTHON_23, ANALYTICS_PYTHON, RUDDER_PYTHON)
ON_NODE = (SEGMENT_NODE, SEGMENT_NODE_2, SEGMENT_NODE_1, ANALYTICS_NODE, RUDDER_NODE, JUNE_NODE)


def where_here(clients: Iterable[Published]) -> list[Any]:
    """Parameters of a test: those that are not installed are skipped, by name."""
    marks = [(client, client.missing) for client in clients]
    return [
        pytest.param(client, id=str(client), marks=pytest.mark.skip(f"{client}: {missing}") if missing else ())
        for client, missing in marks
    ]


@dataclass
class Told:
    version: str
    given_up: list[dict[str, Any]]  # error, and how many calls went with it


def tell(
    client: Published, address: str, key: str, items: Iterable[Item], *, batch: int = 0, tries: int = 0, **options: Any
) -> Told:
    """Says all of it and returns when the client has nothing more to send."""
    if batch:
        options[client.batch] = batch
    if tries:
        options[client.tries] = tries
    told = json.dumps({"address": address, "key": key, "items": list(items), "options": options})
    run = subprocess.run(
        client.command(), input=told, env=client.env(), capture_output=True, text=True, timeout=PATIENCE
    )
    assert run.returncode == 0, run.stderr[-5000:]
    return Told(**json.loads(run.stdout))
