"""When a connection fails again and again, it is left alone for a while: whoever finds out says so, all keep to it.

Kept in the database, so that it holds for every thread and after a restart."""

import random
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from accoil.connect.connection import OutOfTime, SignInAgain, ToolError
from accoil.connect.models import Connection, State
from accoil.connect.now import moment

OPENS_AT = 10  # failures in a row
WAITS, LONGEST = 60, 15 * 60  # seconds: the first time, doubled each time until


class Patience(NamedTuple):
    """One thing that failed is tried again after `first` seconds, so many times longer each time until `slowest`."""

    first: float
    growth: int
    slowest: float


SYNC = Patience(2, 2, 15 * 60)  # a record, that the next full pass takes up anyway
QUEUE = Patience(10, 4, 2 * 3600)  # a delivery, that is given up one day: a tool may be away for hours


def is_open(connection: Connection) -> bool:
    """Nothing may be asked of it now. Once the wait is over, a single failure opens it again."""
    return connection.waits_until is not None and connection.waits_until > moment()


def is_probed(connection: Connection) -> bool:
    """Nobody knows whether it works again: one thing is tried before others."""
    return connection.failures >= OPENS_AT


def answered(connection: Connection) -> None:
    """It works: whatever it answered, it was there."""
    if connection.failures or connection.waits_until:
        connection.failures, connection.waits_until, connection.problem = 0, None, ""
        connection.failing_since = None
        _not_lost(connection).update(failures=0, failing_since=None, waits_until=None, problem="")


def failed(connection: Connection, why: ToolError) -> None:
    """It did not answer, or not sensibly. Calls that were on their way when it opened count no more, nor do those that
    our own end cut off: several slow answers that took all the time of one delivery are answers."""
    if is_open(connection) or isinstance(why, OutOfTime):
        return
    since = Coalesce("failing_since", moment())
    Connection.objects.filter(pk=connection.pk).update(failures=F("failures") + 1, failing_since=since)
    connection.refresh_from_db(fields=["failures", "failing_since"])
    if connection.failures >= OPENS_AT:
        seconds = min(LONGEST, WAITS * 2 ** min(connection.failures - OPENS_AT, 10))
        connection.waits_until, connection.problem = moment() + timedelta(seconds=seconds), why.reason
        _not_lost(connection).update(waits_until=connection.waits_until, problem=connection.problem)


def lost(connection: Connection, why: SignInAgain) -> None:
    """It does not know us any more: it stops until somebody of the team connects it again. Nothing, when that was done
    while the old secrets were still being tried. `connection` is as it was when they were read."""
    with transaction.atomic():
        known = Connection.objects.filter(pk=connection.pk, state=State.CONNECTED)
        if all(secret == connection.secret for secret in known.values_list("secret", flat=True)):
            connection.state, connection.problem = State.NEEDS_RECONNECT, why.reason
            known.update(state=connection.state, problem=connection.problem)


def _not_lost(connection: Connection) -> QuerySet[Connection]:
    """Why somebody has to sign in again, or what stays after the end, is not forgotten for a call on its way."""
    return Connection.objects.filter(pk=connection.pk).exclude(state__in=(State.NEEDS_RECONNECT, State.DISCONNECTED))


def later(attempts: int, patience: Patience = SYNC) -> timedelta:
    """How long to wait with one thing after so many attempts that failed."""
    longest = min(patience.slowest, patience.first * patience.growth ** min(attempts, 12))
    return timedelta(seconds=random.uniform(longest / 2, longest))  # not all at once
