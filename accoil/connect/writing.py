"""Sends values for a few records at a time, and writes down what the tool says it kept of them.

What is about to be sent is written down before, as not sure: if the answer is lost, or we are killed, it is sent again,
also when it would have to become what it was. What the tool confirmed is written down at once, with whatever else was
answered in the meantime. Others write to the records too: each is read anew before anything is written down."""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from typing import cast

import msgspec
import structlog
from django.db import transaction

from accoil.connect import breaker, leaving
from accoil.connect.connection import Batching, Closed, Gone, Rejected, Session, SignInAgain, ToolError, TryLater, Value
from accoil.connect.desired import Desired
from accoil.connect.held import held, still
from accoil.connect.ledger import entry, failure
from accoil.connect.models import Connection, Entry, Record
from accoil.connect.now import moment
from accoil.count.ids import Kind

GONE_AT_ONCE, GONE_LATER = 2, timedelta(minutes=10)  # what is gone is looked for at once, so often; then after these
AT_A_TIME = 8  # calls on their way, or answered and not written down; each record is in one of them at most
Values = dict[str, Value]
Told = Mapping[str, Values | ToolError]  # remote id → what is kept there, or why it was not written
log = structlog.get_logger()


class Due(msgspec.Struct, frozen=True):
    """`doubted`: names that were not sure before, either."""

    record: Record
    values: Values
    told: Desired
    doubted: tuple[str, ...] = ()


class Writer:
    """`counts`: of the pass: written, failed, gone, kept_otherwise. `at_once`: records in one call."""

    def __init__(
        self, connection: Connection, session: Session, pool: ThreadPoolExecutor, counts: Counter[str], at_once: int = 1
    ) -> None:
        self._connection, self._session, self._pool, self.counts = connection, session, pool, counts
        self.at_once = at_once
        self._blamed: TryLater | None = None
        self._entries: list[Entry] = []

    def write(self, due: Sequence[Due]) -> None:
        """All of one kind. Raises TryLater or SignInAgain when it makes no sense to go on; what was not sent is due."""
        waiting = self._doubted(due)[::-1]
        calls: dict[Future[Told], list[Due]] = {}  # not written down yet
        stops: ToolError | None = None
        while calls or (waiting and not stops):
            while waiting and not stops and len(calls) < AT_A_TIME:
                if not self._connection.is_connected():
                    stops = Closed()
                    break
                some, waiting = waiting[: -self.at_once - 1 : -1], waiting[: -self.at_once]
                calls[self._pool.submit(self._send, some)] = some
            done, _ = wait(calls, return_when=FIRST_COMPLETED)
            stops = self._note({call: calls.pop(call) for call in done}) or stops
        if waiting:
            self._not_sent(waiting)
        if stops:
            raise stops

    def _note(self, answered: Mapping["Future[Told]", list[Due]]) -> ToolError | None:
        stops: ToolError | None = None
        with transaction.atomic():
            now = held(due.record.pk for some in answered.values() for due in some)
            for call, some in answered.items():
                for due in some:
                    stops = self._answered(call, due, still(due.record, now.get(due.record.pk))) or stops
            Entry.objects.bulk_create(self._entries)
        self._entries.clear()
        return stops

    def _send(self, due: Sequence[Due]) -> Told:
        values = {each.record.remote_id: each.values for each in due}
        kind, session = cast(Kind, due[0].record.kind), self._session
        if self.at_once > 1:
            return cast(Batching, session).write_many(kind, values)
        return {remote_id: session.write(kind, remote_id, own) for remote_id, own in values.items()}

    def _doubted(self, due: Sequence[Due]) -> list[Due]:
        """Those to be sent, all of whose values are not sure from now on."""
        sent: list[Due] = []
        with transaction.atomic():
            now = held(each.record.pk for each in due)
            for each in due:
                if record := still(each.record, now.get(each.record.pk)):
                    sent.append(msgspec.structs.replace(each, record=record, doubted=tuple(record.unsure)))
                    record.unsure = sorted({*record.unsure, *each.values})
            Record.objects.bulk_update([each.record for each in sent], ["unsure"])
        return sent

    def _answered(self, call: "Future[Told]", due: Due, record: Record | None) -> ToolError | None:
        """What stops the others, if anything does. `record`: as it is now; None when the answer is not about it any
        more: what was sent is emptied by whoever matched it anew."""
        try:
            kept = call.result()[due.record.remote_id]
            if isinstance(kept, ToolError):
                raise kept
        except TryLater as why:
            return self._later(due, record, why)
        except SignInAgain as why:
            if record and not why.lost:
                _sure(due, record)
            return why
        except (Rejected, Gone) as why:
            breaker.answered(self._connection)
            if record:
                self._refused(due, record, why) if isinstance(why, Rejected) else self._gone(record, why)
        except Exception as wrong:  # one record must not stop all others
            log.exception("a record can't be written", connection=self._connection.pk, record=due.record.pk)
            if record:
                self._failed(record, ToolError(f"It went wrong on our side: {type(wrong).__name__}."), None)
        else:
            breaker.answered(self._connection)
            if record:
                self._confirm(record, due.values, kept, due.told)
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
        record.attempts, record.next_at, record.refused = 0, None, {}
        changed = {name: [before[name], kept.get(name)] for name in values}
        record.save(update_fields=SAVED)
        self._entries.append(entry(record, Entry.What.WRITTEN, record.problem, changes=changed))
        self.counts["written"] += 1
        self.counts["kept_otherwise"] += bool(otherwise)

    def _later(self, due: Due, record: Record | None, why: TryLater) -> ToolError | None:
        if why.limited:
            if record and not why.lost:
                _sure(due, record)
            return why
        if why is not self._blamed:  # once for all records of a call
            breaker.failed(self._connection, why)
        self._blamed = why
        if record:
            self._failed(record, why, why.after)
        return why if breaker.is_open(self._connection) else None

    def _refused(self, due: Due, record: Record, why: Rejected) -> None:
        """These values are not sent again before the next full pass, others are."""
        if not why.lost:
            _sure(due, record)
        self._failed(record, why, self._connection.full_every, due.values)

    def _failed(self, record: Record, why: ToolError, after: float | None, refused: Values | None = None) -> None:
        """The record is left alone for so many seconds."""
        record.problem, record.refused = why.reason, refused or {}
        record.next_at = moment() + (breaker.later(record.attempts) if after is None else timedelta(seconds=after))
        record.attempts = min(record.attempts + 1, 1000)
        record.save(update_fields=SAVED)
        self._entries.append(failure(record, why))
        self.counts["failed"] += 1

    def _gone(self, record: Record, why: Gone) -> None:
        """What was merged is followed; what was deleted is looked for anew."""
        attempts = min(record.attempts + 1, 1000)
        at_once = attempts <= GONE_AT_ONCE  # a tool may go on finding what it says is gone
        if why.moved_to:
            leaving.follow(record, why.moved_to)
        else:
            leaving.emptied(record)
            record.remote_id, record.match, record.reason = "", Record.Is.UNMATCHED, why.reason
        record.attempts, record.rematch = attempts, at_once
        record.next_at = None if at_once and not why.moved_to else moment() + (timedelta() if at_once else GONE_LATER)
        record.save(update_fields=[*SAVED, "remote_id", "match", "matched_at", "reason", "rematch"])
        what = Entry.What.MOVED if why.moved_to else Entry.What.SKIPPED
        self._entries.append(entry(record, what, why.reason, status=why.status))
        self.counts["gone"] += 1

    def _not_sent(self, waiting: Sequence[Due]) -> None:
        with transaction.atomic():
            now = held(each.record.pk for each in waiting)
            for each in waiting:
                if record := still(each.record, now.get(each.record.pk)):
                    _sure(each, record)


def _sure(due: Due, record: Record) -> None:
    """It did not get there: what was confirmed before still stands."""
    record.unsure = [name for name in record.unsure if name not in due.values or name in due.doubted]
    record.save(update_fields=["unsure"])


SAVED = ["confirmed", "unsure", "rests_on", "confirmed_at", "attempts", "next_at", "problem", "refused"]
