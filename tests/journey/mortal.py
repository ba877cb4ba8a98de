"""A server in a process of its own that is killed, and started again on the same port and data."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.door import Door
from tests.whole import PATIENCE, begun, env, free_port

# Merges and saves come after hundreds of thousands of rows; here after a few, so that kills hit them too.
PROGRAM = """
import sys
from accoil.count import merging
from accoil.cli import main
merging.MERGE_AFTER = merging.SAVE_AFTER = int(sys.argv[1])
main(sys.argv[2:])
"""


class Mortal:
    """`door` stays good across deaths; what the processes say is in `log`."""

    def __init__(self, data: Path, merge_after: int, **settings: object) -> None:
        told = begun(data)
        self.data, self.port, self.log = data, free_port(), data.with_name(f"{data.name}.log")
        self._merge_after, self.settings = merge_after, {name: str(value) for name, value in settings.items()}
        address = f"http://127.0.0.1:{self.port}"
        self.door = Door(address, told["product_id"], told["ingest_key"], told["api_token"])
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        words = [str(self._merge_after), "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, *words],
                env=env(self.data, **self.settings), stdout=log, stderr=log,
            )  # fmt: skip
        while not self._answers():
            if self._process.poll() is not None:
                raise AssertionError(f"the server did not start:\n{self.log.read_text()[-5000:]}")

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def memory(self) -> int:
        """Resident, in MiB."""
        told = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", told)[1]) // 1024  # type: ignore[index]

    def sockets(self) -> int:
        """How many it has open."""
        found = 0
        for file in Path(f"/proc/{self.pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed meanwhile
                found += str(file.readlink()).startswith("socket:")
        return found

    def kill(self) -> None:
        assert self._process and self._process.poll() is None, self.log.read_text()[-5000:]
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(PATIENCE)

    def stop(self) -> int | None:
        """Asks it to stop; its exit code."""
        if not self._process:
            return None
        self._process.terminate()
        return self._process.wait(PATIENCE)

    def send_signal(self, number: int) -> None:
        assert self._process
        self._process.send_signal(number)

    def wait(self, seconds: float) -> int:
        """Until it has ended; its exit code."""
        assert self._process
        return self._process.wait(seconds)

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.door.address}/health", timeout=1).close()
        except OSError:
            return False
        return True


@contextmanager
def mortal(data: Path, merge_after: int = 500, **settings: object) -> Iterator[Mortal]:
    """`settings`: ACCOIL_X=…"""
    server = Mortal(data, merge_after, **settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()
