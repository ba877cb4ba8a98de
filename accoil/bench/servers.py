"""The servers under load, as processes of their own on loopback; and the generator that loads them."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from accoil.bench import messages
from accoil.bench.generator import Order, Told
from accoil.refused import Refused

STARTS_WITHIN = 120  # seconds
STOPS_WITHIN = 60
LOOK_EVERY = 0.01
PROGRAM = (sys.executable, "-m", "accoil")


class Running(msgspec.Struct):
    port: int
    pid: int
    started_in: float = 0.0  # seconds until the first answer


class Accoil(msgspec.Struct):
    """A server with one product, in a data folder of its own."""

    running: Running
    folder: Path
    key: str

    def introduce_people(self) -> None:
        """Tells it of every user and account that the load speaks of."""
        connection = HTTPConnection("127.0.0.1", self.running.port, timeout=60)
        for body in messages.introductions():
            connection.request("POST", "/v1/batch", body, {"Authorization": messages.authorization(self.key)})
            answer = connection.getresponse()
            if answer.read() and answer.status != 200:
                raise Refused(f"The server answered {answer.status} to the users and accounts of the load.")
        connection.close()


@contextmanager
def accoil(folder: Path) -> Iterator[Accoil]:
    environment = {name: value for name, value in os.environ.items() if name != "ACCOIL_DATA_FILE"}
    key = begun(folder, environment)
    with serving(folder, environment) as running:
        yield Accoil(running, folder, key)


def begun(folder: Path, environment: dict[str, str]) -> str:
    """Makes a team and a product in a data folder; the product's ingest key."""
    arguments = ("init", "--team", "Bench", "--product", "Bench", "--email", "bench@example.com", "--json")
    made = subprocess.run(  # noqa: S603  # ourselves
        (*PROGRAM, *arguments), env={**environment, "ACCOIL_DATA": str(folder)}, capture_output=True, text=True,
        timeout=STARTS_WITHIN,
    )  # fmt: skip
    if made.returncode:
        raise Refused(f"The server under test could not be set up: {made.stderr.strip()}")
    return str(json.loads(made.stdout)["ingest_key"])


@contextmanager
def serving(folder: Path, environment: dict[str, str], role: str | None = None) -> Iterator[Running]:
    """A server with that data folder: one of that role, or everything in one process."""
    port = _free_port()
    only = ("--only", role) if role else ()
    program, settings = (*PROGRAM, "serve", "--port", str(port), *only), {**environment, "ACCOIL_DATA": str(folder)}
    with _process(program, port, "/health", settings) as running:
        yield running


@contextmanager
def over(folder: Path) -> Iterator[tuple[Running, dict[str, Any]]]:
    """A server over an invented book, and the keys and the session of somebody who asks it."""
    environment = {name: value for name, value in os.environ.items() if name != "ACCOIL_DATA_FILE"}
    environment["ACCOIL_DATA"] = str(folder)
    program = (sys.executable, "-m", "accoil.bench.served")
    made = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=STARTS_WITHIN)  # noqa: S603
    if made.returncode:
        raise Refused(f"The server under test could not be set up: {made.stderr.strip()}")
    port = _free_port()
    with _process((*program, str(port)), port, "/health", environment) as running:
        yield running, json.loads(made.stdout)


@contextmanager
def baseline(name: str) -> Iterator[Running]:
    """`bare` or `blank`; see accoil.bench.bare."""
    port = _free_port()
    program = (sys.executable, "-m", "accoil.bench.bare", name, str(port))
    with _process(program, port, "/", dict(os.environ)) as running:
        yield running


class Generator:
    """The process that loads servers, one order at a time."""

    def __enter__(self) -> "Generator":
        self._process = subprocess.Popen(
            (sys.executable, "-m", "accoil.bench.generator"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, at: TracebackType | None) -> None:
        self._process.communicate(timeout=STOPS_WITHIN)

    def load(self, order: Order) -> Told:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise Refused("The load generator ended early; its message is above.")
        return msgspec.json.decode(line, type=Told)


@contextmanager
def _process(program: tuple[str, ...], port: int, path: str, environment: dict[str, str]) -> Iterator[Running]:
    with tempfile.TemporaryFile() as told:
        began = time.perf_counter()
        process = subprocess.Popen(program, env=environment, stdout=told, stderr=told)  # noqa: S603  # ourselves
        try:
            _wait_for_answer(process, port, path)
            yield Running(port, process.pid, round(time.perf_counter() - began, 3))
        except ServerGone:
            told.seek(0)
            said = told.read().decode(errors="replace").strip() or "nothing"
            raise Refused(f"{' '.join(program[1:4])} did not start; it said: {said}") from None
        finally:
            process.terminate()
            try:
                process.wait(STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class ServerGone(Exception):
    """It ended, or did not answer in time."""


def _wait_for_answer(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < until:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            connection.getresponse().read()
            return connection.close()
        except (OSError, HTTPException):
            time.sleep(LOOK_EVERY)
    raise ServerGone


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
