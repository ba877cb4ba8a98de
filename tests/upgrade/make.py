"""Makes a data folder as an earlier version left it, for `test_upgrades.py`:

    git worktree add /tmp/then COMMIT
    python -m tests.upgrade.make /tmp/then NAME

It starts the server of that source tree in a process of its own, sends it what `traffic` says, writes down which
numbers it answers, stops it, and packs all that into `tests/upgrade/NAME.tar.xz`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
from base64 import b64encode
from pathlib import Path
from typing import Any

from tests.whole import free_port, wait_for_answer

HERE = Path(__file__).parent
AS_OF = "2026-10-31"
DEFINITIONS = """
profiles:
  - name: Everyone
    window: 30
    events: {Report_Created: 9, Login: 2}
    benchmark: {fixed: 100}
"""


def traffic() -> list[dict[str, Any]]:
    """Two accounts, seven users, one of them known by another id at first; some of it said twice."""
    calls: list[dict[str, Any]] = []
    for user in range(6):
        account, at = f"acme-{user % 2}", "2026-10-01T08:00:00Z"
        calls.append({"type": "identify", "userId": f"u{user}", "traits": {"name": f"User {user}"}, "timestamp": at})
        calls.append(
            {"type": "group", "userId": f"u{user}", "groupId": account, "traits": {"mrr": 5000}, "timestamp": at}
        )
        for day in range(2, 30, user + 1):
            event = "Report_Created" if day % 3 else "Login"
            calls.append(
                {"type": "track", "userId": f"u{user}", "event": event, "timestamp": f"2026-10-{day:02}T12:00:00Z"}
            )
    calls.append({"type": "track", "userId": "alone", "event": "Login", "timestamp": "2026-06-01T12:00:00Z"})
    for number, call in enumerate(calls):
        call["messageId"] = f"m{number}"
    return [*calls, *calls[:5]]


def numbers(address: str, token: str, profile: int) -> dict[str, Any]:
    """What every version answers: exact counts, and who scores what on a day."""
    counts = asked(address, token, "counts?group_by=user,account,event,day&limit=10000")
    told: dict[str, Any] = {"counts": counts["data"], "total": counts["total_count"]}
    for kind in ("accounts", "users"):
        rows = asked(address, token, f"{kind}?workspace_id={profile}&as_of={AS_OF}&limit=100")["data"]
        told[kind] = sorted([row["tracking_id"], row["metrics"]["engagement_score"]] for row in rows)
    return told


def asked(address: str, token: str, path: str) -> Any:
    request = urllib.request.Request(f"{address}/api/v2/{path}", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def make(sources: Path, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        own = {key: value for key, value in os.environ.items() if not key.startswith("ACCOIL_")}
        env = {**own, "ACCOIL_DATA": str(data), "PYTHONPATH": str(sources)}
        run: Any = {"cwd": sources, "env": env, "text": True}
        words = ["init", "--team", "Acme", "--product", "Web", "--email", "ann@example.com", "--json"]
        keys = json.loads(subprocess.check_output([sys.executable, "-m", "accoil", *words], **run))
        subprocess.run([sys.executable, "-m", "accoil", "apply", "-"], input=DEFINITIONS, check=True, **run)
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        pipes: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        server = subprocess.Popen([sys.executable, "-m", "accoil", "serve", "--port", str(port)], **run, **pipes)
        try:
            wait_for_answer(f"{address}/sign-in/", server)
            send(address, keys["ingest_key"])
            time.sleep(3)  # whatever the version: all is counted by then
            told = numbers(address, keys["api_token"], profile_of(address, keys["api_token"]))
        finally:
            server.terminate()
            server.wait(60)
        (data / "then.json").write_text(json.dumps({**keys, "numbers": told}))
        with tarfile.open(HERE / f"{name}.tar.xz", "w:xz") as packed:
            for path in sorted(data.iterdir()):
                if path.name != "control.sock":
                    packed.add(path, path.name)


def profile_of(address: str, token: str) -> int:
    return int(asked(address, token, "workspaces")["data"][0]["id"])


def send(address: str, key: str) -> None:
    headers = {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode(), "Content-Type": "application/json"}
    body = json.dumps({"batch": traffic()}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{address}/v1/batch", body, headers), timeout=30).close()


if __name__ == "__main__":
    make(Path(sys.argv[1]).absolute(), sys.argv[2])
