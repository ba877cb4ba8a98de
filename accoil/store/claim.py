"""Who counts in one ClickHouse: the data folder that says so there, again and again. Two that named one database would
take turns at filling it with what is theirs, and take what receivers put into its mailbox for the other.

ClickHouse compares nothing before it writes; so who writes looks once more, and again before what can't be undone."""

import secrets
import socket
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from accoil.store.on_each import OnEach

FILE = "clickhouse"  # in the data folder; not in backups: what is restored from one is another server
RENEWED_EVERY = 30.0  # seconds
# Seconds without a sign of life, as watched from here: no clock of another machine decides, nor does a ClickHouse that
# was away. The same folder elsewhere: a container that has another name, a disk that was moved; or a copy.
OF_ANOTHER, OF_THE_SAME = 600.0, 75.0
REFUSED_FOR = 5.0  # seconds; who takes from the mailbox would ask five times a second, on a cluster of each server
NEWEST = "select * from claim order by version desc limit 1"


class Claimed(Exception):
    """Somebody else counts there, as a sentence. `renewed`: when that one said so last."""

    def __init__(self, sentence: str, renewed: datetime) -> None:
        super().__init__(sentence)
        self.renewed = renewed


class Row(msgspec.Struct, frozen=True):
    version: int
    folder: str
    process: str
    place: str
    ended: bool
    renewed: datetime


class Claim:
    """Of one process that counts. `url`: of ClickHouse, or several, separated by commas. For all threads."""

    def __init__(self, url: str, folder: Path) -> None:
        self._table = OnEach([each.strip() for each in url.split(",")], "claim")
        self._where, self._folder = folder, ""
        self._process, self._place = secrets.token_hex(8), f"{folder.absolute()} on {socket.gethostname()}"
        self._is_mine, self._had = False, False
        self._looked_at = float("-inf")
        self._refused: tuple[float, Row | None, bool] = (0.0, None, False)  # when, by whom, who is of this folder
        self._watched: tuple[int, float] = (-1, 0.0)  # a row of somebody else's, and since when it is the newest
        self._one_at_a_time = threading.Lock()

    def check(self, now: bool = False) -> None:
        """Claims it where it is free, and renews that. To be called often; `now`: asks there in any case. Raises
        Claimed, or what questions may."""
        with self._one_at_a_time:
            if not now and self._is_mine and time.monotonic() - self._looked_at < RENEWED_EVERY:
                return
            self._is_mine = False
            at, other, is_same = self._refused
            if other and not now and time.monotonic() - at < REFUSED_FOR:
                raise _claimed(other, is_same)
            self._look()

    def take(self) -> None:
        """Whoever has it."""
        with self._one_at_a_time:
            newest = self._newest()
            self._write(newest.version if newest else 0)
            self._refused = (0.0, None, False)

    def close(self) -> None:
        """The next one of this folder need not wait, wherever it is. Raises what questions may."""
        with self._one_at_a_time:
            is_mine, self._is_mine = self._is_mine, False
            try:
                self._table.hurry()
                if is_mine and (newest := self._newest()) and newest.process == self._process:
                    self._write(newest.version, ended=True)
            finally:
                self._table.close()

    def _look(self) -> None:
        newest = self._newest()
        if newest and newest.process != self._process:
            self._wait_for(newest)
        self._write(newest.version if newest else 0)
        newest = self._newest()
        if newest and newest.process != self._process:  # two at once
            raise self._refusal(newest)
        self._is_mine, self._had, self._looked_at = True, True, time.monotonic()
        self._refused = (0.0, None, False)

    def _wait_for(self, other: Row) -> None:
        """Returns when that one need not be waited for (any more)."""
        if self._watched[0] != other.version:
            self._watched = (other.version, time.monotonic())
        is_same = other.folder == self._word()
        if is_same and (other.ended or (other.place == self._place and not self._had)):
            return
        if time.monotonic() - self._watched[1] < (OF_THE_SAME if is_same else OF_ANOTHER):
            raise self._refusal(other)

    def _refusal(self, other: Row) -> Claimed:
        self._refused = (time.monotonic(), other, other.folder == self._word())
        return _claimed(other, other.folder == self._word())

    def _newest(self) -> Row | None:
        self._table.catch_up("claim")
        found = self._table.rows(NEWEST)
        if not found:
            return None
        told: dict[str, Any] = {
            name: value.decode() if isinstance(value, bytes) else value for name, value in found[0].items()
        }
        at = datetime.fromtimestamp(told["renewed"], UTC)
        return Row(told["version"], told["folder"], told["process"], told["place"], bool(told["ended"]), at)

    def _write(self, after: int, ended: bool = False) -> None:
        row = {
            "one": [1], "version": [after + 1], "folder": [self._word()], "process": [self._process],
            "place": [self._place], "ended": [int(ended)], "renewed": [int(time.time())],
        }  # fmt: skip
        self._table.insert("claim", pa.table(row))

    def _word(self) -> str:
        if not self._folder:
            file = self._where / FILE
            if not file.exists():
                file.write_text(f"{secrets.token_hex(8)}\n", encoding="ascii")
            self._folder = file.read_text(encoding="ascii").strip()
        return self._folder


def _claimed(other: Row, is_same: bool) -> Claimed:
    whose, after = ("a copy of this data folder", OF_THE_SAME) if is_same else ("another data folder", OF_ANOTHER)
    sentence = (
        f"ClickHouse holds what is counted in {whose} ({other.place}); nothing is sent there from here. Name another "
        "database in ACCOIL_CLICKHOUSE_URL; or stop that server, if this one is to take its place: it does so "
        f"{after:.0f} seconds after the other's last sign of life, or at once with `accoil move --take-over`."
    )
    return Claimed(sentence, other.renewed)
