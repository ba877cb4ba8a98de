"""The engine of this test process, behind HTTP: the one in chdb, or the server that CLICKHOUSE_URL names, as
http://user:password@host:port; databases whose names begin with `both_` or `store_` are made there."""

import os
import subprocess
import sys
import tempfile
from functools import cache
from importlib.util import find_spec

_ours = os.environ.get("CLICKHOUSE_URL", "").rstrip("/")
_needs = ["clickhouse_connect"] if _ours else ["clickhouse_connect", "chdb"]
MISSING = next((f"{name} is not installed: make clickhouse" for name in _needs if not find_spec(name)), None)

_served: list["subprocess.Popen[str]"] = []  # each ends when this process does, whose end it reads to


@cache
def url() -> str:
    """Without a database."""
    if _ours:
        return _ours
    folder = tempfile.mkdtemp(prefix="accoil-clickhouse-")
    command = [sys.executable, "-m", "tests.clickhouse.server", folder]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    _served.append(process)
    assert process.stdout
    return f"http://127.0.0.1:{int(process.stdout.readline())}"
