"""Sends values for a few records at a time, and writes down what the tool says it kept of them.

What is about to be sent is written down before, as not sure: if the answer is lost, or we are killed, it is sent again,
also when it would have to become what it was. What the tool confirmed is written down at once, with whatever else was
answered in the meantime."""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta

import msgspec
import structlog
from django.db import transaction

from accoil.connect import breaker
from accoil.connect.connection import Closed, Gone, Rejected, Session, SignInAgain, ToolError, TryLater, Value
from accoil.connect.desired import Desired
from accoil.connect.ledger import entry, failure
from accoil.connect.models import Connection, Entry, Record
from accoil.connect.now import moment

GONE_AT_ONCE, GONE_LATER = 2, timedelta(minutes=10)  # what is gone is looked for at once, so often; then after these
AT_A_TIME = 8  # calls on their way, or answered and not written down; each record is in one of them at most
Values = dict[str, Value]
log = structlog.get_logger()


class Due(msgspec.Struct, frozen=True):
    """`doubted`: names that were not sure before, either."""

    record: Record
    values: Values
    told: Desired
    doubted: tuple[str, ...]


class Writer:
    """`counts`: of the pass: written, failed, gone, kept_otherwise."""

    def __init__(
        self, connection: Connection, session: Session, pool: ThreadPoolExecutor, counts: Counter[str]
    ) -> None:
        self._connection, self._session, self._pool, self.counts = connection, session, pool, counts
        self._entries: list[Entry] = []

    def write(self, due: Sequence[Due]) -> None:
        """Raises TryLater or SignInAgain when it makes no sense to go on; whatever was not sent is still due."""
        self._doubt(due)
        waiting = list(reversed(due))
        calls: dict[Future[Values], Due] = {}  # not written down yet
        stops: ToolError | None = None
        while calls or (waiting and not stops):
            while waiting and not stops and len(calls) < AT_A_TIME:
                if not self._connection.is_connected():
                    stops = Closed()
                    break
                each = waiting.pop()
                calls[self._pool.submit(self._send, each)] = each
            done, _ = wait(calls, return_when=FIRST_COMPLETED)
            stops = self._note({call: calls.pop(call) for call in done}) or stops
        for each in waiting:
            self._not_sent(each)
        if stops:
            raise stops

    def _note(self, answered: Mapping["Future[Values]", Due]) -> ToolError | None:
        stops: ToolError | None = None
        with transaction.atomic():
            for call, due in answered.items():
                stops = self._answered(call, due) or stops
            Entry.objects.bulk_create(self._entries)
        self._entries.clear()
        return stops

    def _send(self, due: Due) -> Values:
        return self._session.write(due.record.kind, due.record.remote_id, due.values)  # type: ignore[arg-type]

    def _doubt(self, due: Sequence[Due]) -> None:
        for each in due:
            each.record.unsure = sorted({*each.record.unsure, *each.values})
        Record.objects.bulk_update([each.record for each in due], ["unsure"])

    def _answered(self, call: "Future[Values]", due: Due) -> ToolError | None:
        """What stops the others, if anything does."""
        try:
            kept = call.result()
        except TryLater as why:
            return self._later(due, why)
        except SignInAgain as why:
            self._not_sent(due)
            return why
        except (Rejected, Gone) as why:
            breaker.answered(self._connection)
            self._refused(due, why) if isinstance(why, Rejected) else self._gone(due.record, why)
        except Exception as wrong:  # one record must not stop all others
            log.exception("a record can't be written", connection=self._connection.pk, record=due.record.pk)
            self._failed(due.record, ToolError(f"It went wrong on our side: {type(wrong).__name__}."), None)
        else:
            breaker.answered(self._connection)
            self._confirm(due.record, due.values, kept, due.told)
        return None

    def _confirm(self, record: Record, values: Values, kept: Mapping[str, Value], told: Desired) -> None:
        before = {name: record.confirmed.get(name) for name in values}
        for name in values:
            if (stands := kept.get(name)) is None:
                record.confirmed.pop(name, None)
            else:
                record.confirmed[name] = stands
        otherwise = [f"{name} is {kept.get(name)!r} there, not {values[name]!r}" for name in values
                     if kept.get(name) != values[name]]  # fmt: skip
        record.problem = f"It was kept otherwise than sent: {'; '.join(otherwise)}." if otherwise else ""
        record.unsure = [name for name in record.unsure if name not in values]
        record.rests_on, record.confirmed_at = told.rests_on, moment()
        record.attempts, record.next_at = 0, None
        changed = {name: [before[name], kept.get(name)] for name in values}
        record.save(update_fields=SAVED)
        self._entries.append(entry(record, Entry.What.WRITTEN, record.problem, changes=changed))
        self.counts["written"] += 1
        self.counts["kept_otherwise"] += bool(otherwise)

    def _later(self, due: Due, why: TryLater) -> ToolError | None:
        if why.limited:
            self._not_sent(due)
            return why
        breaker.failed(self._connection, why)
        self._failed(due.record, why, why.after)
        return why if breaker.is_open(self._connection) else None

    def _refused(self, due: Due, why: Rejected) -> None:
        _sure(due)
        self._failed(due.record, why, self._connection.full_every)

    def _failed(self, record: Record, why: ToolError, after: float | None) -> None:
        """The record is left alone for so many seconds."""
        record.problem = why.reason
        record.next_at = moment() + (breaker.later(record.attempts) if after is None else timedelta(seconds=after))
        record.attempts = min(record.attempts + 1, 1000)
        record.save(update_fields=SAVED)
        self._entries.append(failure(record, why))
        self.counts["failed"] += 1

    def _gone(self, record: Record, why: Gone) -> None:
        """What was merged is followed; what was deleted is looked for anew."""
        moved, names = why.moved_to, [*record.confirmed]
        record.remote_id = moved or ""
        record.match = Record.Is.MATCHED if moved else Record.Is.UNMATCHED
        record.reason = "" if moved else why.reason
        record.confirmed = record.confirmed if moved else {}
        record.unsure = names if moved else []
        record.rests_on, record.problem, record.attempts = {}, "", min(record.attempts + 1, 1000)
        at_once = record.attempts <= GONE_AT_ONCE  # a tool may go on finding what it says is gone
        record.rematch = at_once
        record.next_at = None if at_once and not moved else moment() + (timedelta() if at_once else GONE_LATER)
        record.save()
        what = Entry.What.MOVED if moved else Entry.What.SKIPPED
        self._entries.append(entry(record, what, why.reason, status=why.status))
        self.counts["gone"] += 1

    def _not_sent(self, due: Due) -> None:
        _sure(due)
        due.record.save(update_fields=["unsure"])


def _sure(due: Due) -> None:
    """It did not get there: what was confirmed before still stands."""
    due.record.unsure = [name for name in due.record.unsure if name not in due.values or name in due.doubted]


SAVED = ["confirmed", "unsure", "rests_on", "confirmed_at", "attempts", "next_at", "problem"]
