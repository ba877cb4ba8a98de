"""A thread for each connection, so that a slow one stops no other."""

import threading
from collections.abc import Callable
from contextlib import suppress

import structlog
from django.db import DatabaseError, close_old_connections, connections

from accoil.connect import sync
from accoil.connect.mine import Mine, everything
from accoil.connect.models import Connection, State
from accoil.connect.now import now, wait
from accoil.connect.syncer import LOOKS_EVERY, Opened, Syncer
from accoil.connect.tools import TOOLS

STOPS_WITHIN = 5.0  # seconds

log = structlog.get_logger()


Ready = Callable[[], bool]


class Lane:
    def __init__(self, connection: int, opened: Opened, ready: Ready) -> None:
        self._connection, self._opened, self._ready = connection, opened, ready
        self._stopping = threading.Event()
        self._failing = ""
        self._thread = threading.Thread(target=self._run, name=f"sync-{connection}", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def tell_to_stop(self) -> None:
        self._stopping.set()

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    def _run(self) -> None:
        syncer = Syncer(self._connection, self._opened)
        try:
            while not self._stopping.is_set():
                self._rest(self._step(syncer) if self._ready() else LOOKS_EVERY)
        finally:
            syncer.close()
            connections.close_all()

    def _rest(self, seconds: float) -> None:
        """So long, or until somebody asks for a full pass, signs in again, or disconnects."""
        until, asked = now() + seconds, self._asked() if seconds > LOOKS_EVERY else None
        while not wait(self._stopping, min(LOOKS_EVERY, until - now())) and now() < until:
            if self._asked() != asked:
                return

    def _asked(self) -> tuple[object, ...] | None:
        close_old_connections()
        row = Connection.objects.filter(pk=self._connection).values_list("state", "asked_at", "secret")
        with suppress(DatabaseError):  # the next step says so
            return row.first()
        return None

    def _step(self, syncer: Syncer) -> float:
        """What goes wrong again and again is in the log once."""
        try:
            close_old_connections()
            seconds = syncer.step()
        except Exception as wrong:
            reason = f"{type(wrong).__name__}: {wrong}"
            if reason != self._failing:
                log.exception("a connection can't be synced; it will be tried again", connection=self._connection)
            self._failing = reason
            return LOOKS_EVERY
        self._failing = ""
        return seconds


class Syncing:
    """Stepped by a clock; works in threads of its own until it is stopped. `ready`: whether everybody who is there is
    known; while not, nothing is done: who seems to be gone would be emptied."""

    def __init__(self, opened: Opened = sync.opened, mine: Mine = everything, ready: Ready = lambda: True) -> None:
        self._opened, self._mine, self._ready = opened, mine, ready
        self._lanes: dict[int, Lane] = {}

    @property
    def how_many(self) -> int:
        """Connections that are worked on."""
        return len(self._lanes)

    def step(self) -> None:
        """Begins with connections that are new, or whose thread ended; ends with those that are gone, or another's."""
        tools = [tool.key for tool in TOOLS.values() if tool.syncs]
        there = Connection.objects.filter(tool__in=tools).exclude(state=State.DISCONNECTED)
        live = self._mine(there.values_list("pk", flat=True))
        for gone in list(self._lanes.keys() - live):
            self._lanes[gone].tell_to_stop()
            if not self._lanes[gone].is_alive:
                del self._lanes[gone]
        for each in live:
            if each not in self._lanes or not self._lanes[each].is_alive:
                self._lanes[each] = Lane(each, self._opened, self._ready)

    def stop(self) -> None:
        for lane in self._lanes.values():
            lane.tell_to_stop()
        for lane in self._lanes.values():
            lane.join(STOPS_WITHIN)  # one that waits for its tool may be left: it can be broken off anywhere
        self._lanes.clear()
