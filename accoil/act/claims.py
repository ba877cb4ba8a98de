"""Who does which delivery: taken by one conditional update, for the time of a lease. A worker that dies leaves its
delivery to whoever comes after the lease; one that was only slow finds that it is not its own any more."""

from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from accoil import measured
from accoil.act.actions import all_actions, patience, retries, together
from accoil.act.models import TOO_LATE, Delivery
from accoil.connect import breaker
from accoil.connect.breaker import QUEUE
from accoil.connect.connection import TryLater
from accoil.connect.models import State as Connected
from accoil.connect.now import moment

LEASE = 90  # seconds
WITHIN = 60.0  # seconds for all calls of one delivery, every retry and wait with them: they end before the lease
MOST_ATTEMPTS = 10
MOST_TOGETHER = 200  # in one message

LATE = "Too late: it waited for more than 24 hours, so it was not done. Trying it again does it all the same."

State = Delivery.State
Lane = int | None  # a connection; None: deliveries that have none


def _due(now: datetime) -> Q:
    return Q(state=State.WAITING, next_at__lte=now) | Q(state=State.TAKEN, leased_until__lte=now)


def under_way() -> Q:
    """Deliveries that somebody is doing."""
    return Q(state=State.TAKEN, leased_until__gt=moment())


def due_lanes() -> dict[Lane, int]:
    """Those with something to do now, and how much. What is to go to a connection that does not work waits until it
    does."""
    now = moment()
    waiting = Delivery.objects.filter(_due(now)).filter(_is_open(now))
    return dict(waiting.order_by().values_list("connection").annotate(n=Count("pk")))


def _is_open(now: datetime) -> Q:
    stopped = Q(connection__state=Connected.NEEDS_RECONNECT) | Q(connection__waits_until__gt=now)
    return Q(connection=None) | ~stopped


def claim(lane: Lane) -> list[Delivery]:
    """The next one of a lane, ours for as long as the lease, with those that are told in one message with it; none when
    there is nothing to do."""
    while True:
        now = moment()
        due = Delivery.objects.filter(_due(now), connection=lane).order_by("next_at", "pk")
        first = due.first()
        if first is None:
            return []
        keys = [first.pk, *_told_with(first, due)]
        until = now + timedelta(seconds=LEASE)
        mine = Delivery.objects.filter(_due(now), pk__in=keys)
        if mine.update(state=State.TAKEN, leased_until=until, attempts=F("attempts") + 1):
            own = Delivery.objects.filter(pk__in=keys, state=State.TAKEN, leased_until=until).order_by("pk")
            return list(own.select_related("product__team", "connection__team", "firing"))


def _told_with(first: Delivery, due: QuerySet[Delivery]) -> list[int]:
    field = together(first.action)
    if first.feed_id or field not in first.values:
        return []
    same = due.filter(feed=None, action=first.action, **{f"values__{field}": first.values[field]}).exclude(pk=first.pk)
    return list(same.values_list("pk", flat=True)[:MOST_TOGETHER])


def give_up_late() -> int:
    """Those that were due for so long and nobody could do, as while their connection needs reconnecting; how many. What
    was begun is finished, whenever that is; what is tried for days has these days, however seldom its turn comes."""
    now = moment()
    early = Q()
    for key in all_actions():
        if retries(key):
            early |= Q(action=key, due_at__gt=now - patience(key))
    due = Delivery.objects.filter(state=State.WAITING, next_at__lte=now - TOO_LATE)
    given_up = (due.exclude(early) if early else due).update(state=State.FAILED, answer=LATE, ended_at=moment())
    if given_up:
        measured.deliveries_ended.add("late", "any", n=given_up)
    return given_up


def done(delivery: Delivery, answer: str) -> None:
    _end(delivery, State.DONE, answer)


def failed(delivery: Delivery, reason: str) -> None:
    _end(delivery, State.FAILED, reason)


def later(delivery: Delivery, why: TryLater) -> None:
    """Not now: again after what the tool said, or a little longer each time; after so many attempts, or so long, it is
    given up."""
    delays = retries(delivery.action)
    if why.limited and delivery.due_at <= moment() - patience(delivery.action):
        failed(delivery, f"Given up, since it was due for too long: {why.reason}")
    elif why.limited:
        put_back(delivery, why.reason, why.after or QUEUE.first)
    elif delivery.attempts > len(delays) if delays else delivery.attempts >= MOST_ATTEMPTS:
        failed(delivery, f"Given up after {delivery.attempts} attempts: {why.reason}")
    elif delays:
        _wait(delivery, why.reason, max(why.after or 0.0, delays[delivery.attempts - 1]), delivery.attempts)
    else:
        after = why.after or breaker.later(delivery.attempts - 1, QUEUE).total_seconds()
        _wait(delivery, why.reason, after, delivery.attempts)


def put_back(delivery: Delivery, reason: str, after: float = 0) -> None:
    """As if it had not been tried."""
    _wait(delivery, reason, after, max(0, delivery.attempts - 1))


def _wait(delivery: Delivery, reason: str, after: float, attempts: int) -> None:
    next_at = moment() + timedelta(seconds=after)
    _put(delivery, state=State.WAITING, answer=reason, next_at=next_at, leased_until=None, attempts=attempts)


def _end(delivery: Delivery, state: str, answer: str) -> None:
    if _put(delivery, state=state, answer=answer, leased_until=None, ended_at=moment()):
        measured.deliveries_ended.add(str(state), delivery.connection.tool if delivery.connection else "none")


def _put(delivery: Delivery, **told: object) -> bool:
    """Only as long as it is ours: whether it is."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=State.TAKEN, leased_until=delivery.leased_until)
    return mine.update(**told) == 1
