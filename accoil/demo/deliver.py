"""Through the front door like any other client: POST /v1/batch, and try again until it is answered."""

from __future__ import annotations

import http.client
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import urlsplit

import msgspec

from accoil.demo.tell import Message
from accoil.refused import Refused

BATCH = 500
PATIENCE = 120.0  # seconds without an answer before we give up
TRY_LATER = {408, 429, 500, 502, 503, 504}


def send(messages: Iterable[Message], host: str, key: str, total: int | None = None) -> int:
    """Sends all messages, in order, and returns how many there were. On a terminal a bar shows how far it is
    (with the time left, where `total` is known).

    A batch that was not answered is sent again with the same message ids, so nothing is lost or counted twice.
    Raises Refused when the server refuses, or is silent for two minutes.
    """
    door, sent = Door(host, key), 0
    try:
        for batch in _batches(_shown(messages, total)):
            door.deliver(msgspec.json.encode({"batch": batch}))
            sent += len(batch)
    finally:
        door.close()
    return sent


class Door:
    """One kept connection to the server's front door."""

    def __init__(self, host: str, key: str) -> None:
        parts = urlsplit(host)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        if not parts.hostname:
            raise Refused(f"“{host}” is no address. Give one like http://127.0.0.1:8000.")
        self.host, self.path = host, parts.path.rstrip("/") + "/v1/batch"
        self.connection = kind(parts.hostname, parts.port, timeout=30)
        self.headers = {
            "Authorization": "Basic " + b64encode(f"{key}:".encode()).decode(),
            "Content-Type": "application/json",
        }

    def deliver(self, body: bytes) -> None:
        pause, give_up = 0.1, time.monotonic() + PATIENCE
        while True:
            status, words, wait = self._post(body)
            if status == 200:
                return
            if status is not None and status not in TRY_LATER:
                raise Refused(f"{self.host} refused the demo's messages ({status}): {words}")
            if time.monotonic() > give_up:
                raise Refused(f"{self.host} did not take the demo's messages, again and again: {words}")
            time.sleep(wait if wait is not None else pause)
            pause = min(2 * pause, 5.0)

    def _post(self, body: bytes) -> tuple[int | None, str, float | None]:
        """Status (None: no answer), what the server said, and for how many seconds it asks us to wait."""
        try:
            self.connection.request("POST", self.path, body, self.headers)
            answer = self.connection.getresponse()
            words = answer.read().decode("utf-8", "replace").strip()
            wait = answer.headers.get("Retry-After", "")
            return answer.status, words, min(float(wait), 60.0) if wait.isdecimal() else None
        except (OSError, http.client.HTTPException) as fault:
            self.connection.close()  # the next request opens it again
            return None, str(fault) or type(fault).__name__, None

    def close(self) -> None:
        self.connection.close()


def _batches(messages: Iterable[Message]) -> Iterator[list[Message]]:
    several = iter(messages)
    while batch := list(islice(several, BATCH)):
        yield batch


def _shown(messages: Iterable[Message], total: int | None) -> Iterator[Message]:
    """The messages, while a bar counts them; silent where nobody is looking."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("Sending the demo"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total, rate="")
        for count, message in enumerate(messages, 1):
            yield message
            if count % BATCH == 0:
                speed = progress.tasks[task].speed
                progress.update(task, completed=count, rate=f"{speed:,.0f}/s" if speed else "")
        progress.update(task, completed=total)
