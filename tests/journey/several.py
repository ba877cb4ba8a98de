"""A server in several processes, each with one part, on one PostgreSQL and one ClickHouse. Each may be killed at any
moment, and is started again on its port and folder."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tests.clickhouse.lasting import Lasting
from tests.door import Door
from tests.postgresql import Cluster
from tests.whole import PATIENCE, begun, env, free_port, keep_in


class Process:
    """`accoil serve --only …`."""

    def __init__(self, role: str, data: Path, log: Path, settings: dict[str, str]) -> None:
        self.role, self.data, self.log, self._settings = role, data, log, settings
        self.port, self.name = free_port(), log.stem
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "accoil", "serve", "--only", self.role, "--port", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, env=env(self.data, **self._settings), stdout=log, stderr=log)

    def health(self) -> dict[str, object]:
        """What /health says; {} when nobody answers."""
        try:
            with urllib.request.urlopen(f"{self.address}/health", timeout=2) as answer:
                return dict(msgspec.json.decode(answer.read()))
        except OSError:
            return {}

    @property
    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(PATIENCE)

    def stop(self) -> int:
        """Asks it to stop; its exit code."""
        assert self._process
        self._process.terminate()
        return self._process.wait(PATIENCE)

    def said(self) -> str:
        return f"{self.log.name}:\n{self.log.read_text()[-4000:]}"


class Several:
    """`door` of the pages; those of the receivers let the same product's events in."""

    def __init__(self, folder: Path, cluster: Cluster, receivers: int, workers: int, **settings: str) -> None:
        self.clickhouse = Lasting(folder / "clickhouse")
        self.clickhouse.start()
        self.home = folder / "home"
        database = cluster.new_database()
        keep_in(self.home, database)
        told = begun(self.home)
        self.settings = shared = {
            "ACCOIL_DATABASE_URL": database,
            "ACCOIL_CLICKHOUSE_URL": f"{self.clickhouse.url}/accoil",
            "ACCOIL_SECRET_KEY": (self.home / "secret_key").read_text().strip(),
            **settings,
        }

        def process(role: str, name: str, data: Path) -> Process:
            data.mkdir(exist_ok=True)
            return Process(role, data, folder / f"{name}.log", shared)

        self.receivers = [process("receive", f"receiver-{n}", folder / f"receiver-{n}") for n in range(receivers)]
        self.workers = [process("work", f"worker-{n}", self.home) for n in range(workers)]
        self.pages = process("pages", "pages", folder / "pages")
        self.every = [*self.workers, *self.receivers, self.pages]
        self.door = Door(self.pages.address, told["product_id"], told["ingest_key"], told["api_token"])
        self.doors = [Door(each.address, *self._ids(told)) for each in self.receivers]

    def _ids(self, told: dict[str, object]) -> tuple[int, str, str]:
        return int(str(told["product_id"])), str(told["ingest_key"]), str(told["api_token"])

    def start(self) -> None:
        """Returns when each answers, and one counts."""
        for each in self.every:
            each.start()
        self.wait()

    def wait(self) -> None:
        began = time.monotonic()
        while not (all(each.health() for each in self.every) and self.who_counts()):
            self.start_those_that_ended()
            assert time.monotonic() - began < 2 * PATIENCE, self.said()
            time.sleep(0.1)

    def start_those_that_ended(self) -> None:
        """As a supervisor would."""
        for each in self.every:
            if each.has_ended:
                each.start()

    def said(self) -> str:
        return "\n".join(each.said() for each in self.every)

    def who_counts(self) -> Process | None:
        return next((each for each in self.workers if each.health().get("counts")), None)

    def stop(self) -> None:
        for each in self.every:
            if not each.has_ended:
                each.kill()
        self.clickhouse.stop()


@contextmanager
def several(folder: Path, cluster: Cluster, receivers: int = 1, workers: int = 1, **settings: str) -> Iterator[Several]:
    made = Several(folder, cluster, receivers, workers, **settings)
    try:
        made.start()
        yield made
    finally:
        made.stop()
