"""The runs of the sync over a connection: which is due, how far it got, and what came of it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone

from accoil import measured
from accoil.connect.connection import ToolError
from accoil.connect.models import Connection, Pass
from accoil.connect.now import moment, now
from accoil.connect.progress import followed

MATCH_EVERY = timedelta(hours=6)
DRIFT_EVERY = timedelta(hours=24)
STOPPED = "The server stopped; it is begun anew."
TOGETHER = timedelta(hours=1)  # own changes sent within this time are one line
KEPT = timedelta(days=30)
TOLD_EVERY = 1.0  # seconds


def is_due(connection: Connection, of: Pass.Of) -> bool:
    """By the last one that came to its end."""
    last = connection.passes.filter(of=of, problem="").exclude(ended_at=None).first()
    if last is None:
        return of != Pass.Of.DRIFT or connection.created_at + DRIFT_EVERY <= moment()
    if of in (Pass.Of.FULL, Pass.Of.MATCH) and connection.asked_at and connection.asked_at > last.began_at:
        return True
    every = {Pass.Of.MATCH: MATCH_EVERY, Pass.Of.DRIFT: DRIFT_EVERY}
    return last.began_at + every.get(of, timedelta(seconds=connection.full_every)) <= moment()


def begin(connection: Connection, of: Pass.Of, total: int | None = None) -> Pass:
    return Pass.objects.create(connection=connection, of=of, began_at=moment(), of_total=total)


def end(running: Pass, problem: str = "") -> None:
    """One that failed as others before it takes their place: it may be tried every few seconds."""
    running.ended_at, running.problem = moment(), problem
    measured.sync_runs.add(running.connection.tool, str(running.of), "failed" if problem else "done")
    running.save(update_fields=["ended_at", "problem", "counts", "of_total"])
    if problem:
        Pass.objects.filter(
            connection=running.connection_id, of=running.of, problem=problem, pk__lt=running.pk
        ).delete()


@contextmanager
def passing(connection: Connection, of: Pass.Of) -> Iterator[Counter[str]]:
    """A run within the block; what it counts is written down, also when it fails, and how far a tool says it is."""
    running, counts = begin(connection, of), Counter[str]()
    try:
        with followed(_Follower(running)):
            yield counts
    except Exception as wrong:
        running.counts = dict(counts)
        end(running, wrong.reason if isinstance(wrong, ToolError) else f"It went wrong: {type(wrong).__name__}.")
        raise
    running.counts = dict(counts)
    end(running)


class _Follower:
    """Writes down how far a run is, now and then: pages look at it every few seconds."""

    def __init__(self, running: Pass) -> None:
        self._running, self._last = running, float("-inf")

    def __call__(self, done: int, of: int) -> None:
        if now() - self._last >= TOLD_EVERY:
            self._last = now()
            told = Pass.objects.filter(pk=self._running.pk, ended_at=None)
            told.update(of_total=max(done, of), counts={"compared": done})


@contextmanager
def changes(connection: Connection) -> Iterator[Counter[str]]:
    """Own changes that are sent as they come; those of an hour stand together. Nothing is written down of nothing."""
    counts = Counter[str]()
    try:
        yield counts
    finally:
        if counts["written"] or counts["failed"] or counts["gone"]:
            _add(connection, counts)


def broken_off(connection: int) -> None:
    """Those that a server before this one began."""
    Pass.objects.filter(connection=connection, ended_at=None).update(ended_at=timezone.now(), problem=STOPPED)


def forget_old(connection: Connection) -> None:
    """Lines of the ledger, and runs, that are too old; the last run of each kind stays."""
    connection.ledger.filter(at__lt=moment() - KEPT).delete()
    last = [connection.passes.filter(of=of).values_list("pk", flat=True).first() for of in Pass.Of.values]
    connection.passes.filter(began_at__lt=moment() - KEPT).exclude(pk__in=[pk for pk in last if pk]).delete()


def _add(connection: Connection, counts: Counter[str]) -> None:
    since = moment() - TOGETHER
    running = connection.passes.filter(of=Pass.Of.CHANGES, began_at__gt=since).first() or begin(
        connection, Pass.Of.CHANGES
    )
    running.counts = dict(Counter(running.counts) + counts)
    end(running)
