"""How commands ask a server that runs: a socket in the data folder, one line of JSON each way."""

import json
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

log = structlog.get_logger()

NAME = "control.sock"
LONGEST_PATH = 100  # bytes; systems allow little more for the name of a socket

Answers = Mapping[str, Callable[..., Any]]  # command → function of the words after it


class Control:
    """Answers commands while the server runs. Who may open the data folder may ask."""

    def __init__(self, folder: Path, answers: Answers) -> None:
        self._path = folder / NAME
        self._answers = answers
        self._socket = socket.socket(socket.AF_UNIX)
        self._thread = threading.Thread(target=self._serve, name="control", daemon=True)

    def start(self) -> None:
        if len(str(self._path)) > LONGEST_PATH:
            log.warning("the data folder's path is too long for a socket: stop the server for rebuild and doctor")
            return
        self._path.unlink(missing_ok=True)
        self._socket.bind(str(self._path))
        self._path.chmod(0o600)
        self._socket.listen()
        self._thread.start()

    def stop(self) -> None:
        self._path.unlink(missing_ok=True)
        with suppress(OSError):  # it was never started
            self._socket.shutdown(socket.SHUT_RDWR)  # to close it wakes nobody who waits for a connection
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._answer, args=(connection,), name="control answer", daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rw") as line:
            command, *words = line.readline().split() or [""]
            try:
                if command in self._answers:
                    answer = {"answer": self._answers[command](*words)}
                else:
                    answer = {"wrong": f"This server does not know {command!r}; is it an older version?"}
            except Exception as wrong:
                log.exception("a command failed", command=command)
                answer = {"wrong": f"{type(wrong).__name__}: {wrong}"}
            line.write(json.dumps(answer, default=str) + "\n")


class Failed(Exception):
    """The server could not do it; says why."""


def ask(folder: Path, command: str) -> Any:
    """The running server's answer. Raises ConnectionError when none runs here, Failed when it could not."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(folder / NAME))
        except OSError as wrong:
            raise ConnectionError("no server runs here") from wrong
        with connection.makefile("rw") as line:
            line.write(command + "\n")
            line.flush()
            answer = json.loads(line.readline() or '{"wrong": "The server went away."}')
    if "wrong" in answer:
        raise Failed(answer["wrong"])
    return answer["answer"]
