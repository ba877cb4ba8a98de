"""A ClickHouse that several processes share, and that dies like they do: its data stay in its folder, its port too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


class Lasting:
    name = "clickhouse"

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, 0
        self._process: subprocess.Popen[str] | None = None
        folder.mkdir()

    @property
    def url(self) -> str:
        """Without a database."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.clickhouse.server", str(self._folder), str(self._port)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._process.stdout
        self._port = int(self._process.stdout.readline())

    def kill(self) -> None:
        assert self._process
        self._process.kill()
        self._process.wait()

    stop = kill
