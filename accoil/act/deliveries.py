"""The workers of the queue: each connection that something is to go to is a lane, with threads of its own, so that a
slow tool stops no other."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Set
from typing import Any

import structlog
from django.db import connections

from accoil.act import bursts, claims, giving_up
from accoil.act.claims import Lane
from accoil.act.models import Delivery
from accoil.act.performing import NotYet, Opened, perform
from accoil.connect import breaker
from accoil.connect.connection import Gone, Rejected, Session, SignInAgain, Tool, TryLater
from accoil.connect.given import given
from accoil.connect.mine import Mine, everything
from accoil.connect.models import Connection

MOST_LANES = 8
WORKERS = 4  # of a lane
EACH = 5  # deliveries that are worth a further worker
TURN = 30.0  # seconds that a worker stays in a lane: others may wait for its place
STOPS_WITHIN = 20  # seconds: a call that is under way comes to its end

log = structlog.get_logger()


class Deliveries:
    """`step` sees to it that there is a worker wherever something is to be done. Where there are too few places, the
    team that has fewest comes first, then who waited longest."""

    def __init__(self, mine: Mine = everything) -> None:
        self._mine = mine
        self._workers: list[_Worker] = []
        self._begun: dict[Lane, float] = {}  # when a worker last began there
        self._stopping = threading.Event()

    def step(self) -> None:
        claims.give_up_late()
        self._workers = [worker for worker in self._workers if worker.is_alive()]
        busy = Counter(worker.lane for worker in self._workers)
        due_lanes = claims.due_lanes()
        mine = self._mine([lane for lane in due_lanes if lane is not None])
        due_lanes = {lane: due for lane, due in due_lanes.items() if lane is None or lane in mine}
        if len(due_lanes.keys() | busy.keys()) > MOST_LANES:
            due_lanes = self._next(due_lanes, busy.keys())
        for lane, due in due_lanes.items():
            for _ in range(min(WORKERS, 1 + due // EACH) - busy[lane]):
                self._begin(lane)

    def _next(self, due_lanes: Mapping[Lane, int], busy: Set[Lane]) -> dict[Lane, int]:
        """Of more lanes than there are places for. None of those at work: workers that came one after the other would
        keep the place for ever."""
        known = Connection.objects.filter(pk__in=[lane for lane in due_lanes.keys() | busy if lane is not None])
        team_of: dict[Lane, int] = dict(known.values_list("pk", "team"))
        has = Counter(team_of.get(lane) for lane in busy)
        waiting, found = {lane: due for lane, due in due_lanes.items() if lane not in busy}, dict[Lane, int]()
        while waiting and len(busy) + len(found) < MOST_LANES:
            lane = min(waiting, key=lambda lane: (has[team_of.get(lane)], self._begun.get(lane, 0.0)))
            has[team_of.get(lane)] += 1
            found[lane] = waiting.pop(lane)
        return found

    def _begin(self, lane: Lane) -> None:
        if not self._stopping.is_set():
            self._begun[lane] = time.monotonic()
            worker = _Worker(lane, self._stopping)
            self._workers.append(worker)
            worker.start()

    def stop(self) -> None:
        """What is being done is finished first; what waits, waits for the next start."""
        self._stopping.set()
        until = time.monotonic() + STOPS_WITHIN
        for worker in self._workers:
            worker.join(max(0.0, until - time.monotonic()))


class _Worker(threading.Thread):
    def __init__(self, lane: Lane, stopping: threading.Event) -> None:
        super().__init__(name=f"deliveries-{lane or 'alone'}", daemon=True)
        self.lane, self._stopping = lane, stopping

    def run(self) -> None:
        try:
            work(self.lane, self._stopping)
        except Exception:
            log.exception("a worker of the queue broke off; another one goes on", connection=self.lane)
        finally:
            connections.close_all()


def work(lane: Lane, stopping: threading.Event) -> None:
    """Does what is due in one lane, one by one, until nothing is left, the tool wants a rest or the turn ends."""
    sessions: dict[tuple[str, str], Session] = {}  # with the secrets of each: they may be replaced meanwhile

    def opened(tool: Tool, connection: Connection) -> Session:
        key = tool.key, connection.secret
        if key not in sessions:
            sessions[key] = tool.opened(connection)
        return sessions[key]

    until = time.monotonic() + TURN
    while not stopping.is_set() and time.monotonic() < until and (taken := claims.claim(lane)):
        if seconds := bursts.wait(taken[0]):
            _each(taken, claims.put_back, bursts.WHY, seconds)
        elif not _do(taken, opened):
            return


def _do(taken: list[Delivery], opened: Opened) -> bool:
    """Whether the lane can go on. `taken`: one, or several that are told in one message."""
    connection = taken[0].connection
    try:
        with given(claims.WITHIN):  # whoever takes it after the lease must not meet us still at it
            answer = perform(taken, opened)
        _each(taken, claims.done, answer)
    except (Rejected, Gone) as no:
        _each(taken, claims.failed, no.reason)
    except SignInAgain as why:
        bursts.take_back(taken[0])
        _each(taken, claims.put_back, why.reason)
        if connection:
            breaker.lost(connection, why)
            giving_up.tell(connection, taken[0], why.reason)
        return False
    except TryLater as why:
        bursts.take_back(taken[0])
        _each(taken, claims.later, why)
        goes_on = _goes_on(connection, why)
        if connection and not why.limited and giving_up.is_off(connection, taken[0], why.reason):
            return False
        return goes_on
    except Exception as wrong:
        bursts.take_back(taken[0])
        log.exception("a delivery failed", delivery=taken[0].pk)
        _each(taken, claims.later, TryLater(f"Something of ours went wrong: {type(wrong).__name__}."))
        return True
    if connection:
        breaker.answered(connection)
    return True


def _each(taken: list[Delivery], what: Callable[..., object], *told: Any) -> None:
    for delivery in taken:
        what(delivery, *told)


def _goes_on(connection: Connection | None, why: TryLater) -> bool:
    """Too much in too short a time holds for the whole lane. Somebody who was not found is no fault of the tool's."""
    if why.limited:
        return False
    if connection and not isinstance(why, NotYet):
        breaker.failed(connection, why)
        return not breaker.is_open(connection)
    return True
