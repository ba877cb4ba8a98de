"""Carries deletions out, step by step. Each step can be done again, and says that it is done only when it is: killed in
the middle, the next start goes on.

1. journal: the blocks that name them are written anew, without them. From then on nothing brings them back.
2. numbers: the store is made again from the journal, beside the one that answers meanwhile.
3. records: what is kept beside the facts; what stands in other tools is left to the sync to be emptied.
4. tools: waits until that is done, looks once more for what came in between, and forgets who it was. Were calls among
   it, on their way to the disk when the journal was gone through, it goes on from the second step."""

import time
from collections.abc import Callable, Collection, Sequence
from functools import partial

import structlog
from django.db import transaction
from django.utils import timezone

from accoil.count import erasing
from accoil.count.counting import Counting
from accoil.count.erasing import Erased, change_of
from accoil.erase import elsewhere, naming, records, restored, suppression
from accoil.erase.cleaning import Cleaning
from accoil.erase.models import Erasure
from accoil.erase.stepping import WAITS_FOR_STORE, Stepping
from accoil.receive import rewriting
from accoil.receive.calls import Call
from accoil.receive.debugger import debugger
from accoil.receive.importing import Imports
from accoil.receive.suppressed import Suppressed
from accoil.receive.tracks import Plain
from accoil.score.configuration import configuration_of

State = Erasure.State

AFTERWARDS = 5.0  # seconds: whoever wrote about them while they were being deleted is done by then
WAITS_FOR_CLICKHOUSE = "Numbers without it are on their way to ClickHouse; those with it go there a minute later."
WAITS_FOR_MAILBOX = "What came from receivers is being removed from ClickHouse; it goes on when that is done."
WAITS_FOR_READERS = "Somebody reads what stood there before, such as a backup; it goes on when that is done."
WAITS_FOR_DELIVERY = "Something that tells of them is on its way to another tool; it goes on when that is over."

log = structlog.get_logger()


class Erasing(Stepping[Erasure]):
    """`refresh` has the front door look up who is refused; `importing`: products that a file is being imported for;
    `mailbox_is_empty_since`: whether what receivers handed on before then (monotonic seconds) lies nowhere else.
    Everything happens in the caller's thread: the one that looks who moved, so nobody moves half-way."""

    def __init__(
        self,
        counting: Counting,
        refresh: Callable[[], None],
        importing: Callable[[], Collection[int]],
        imports: Imports,
        mailbox_is_empty_since: Callable[[float], bool] = lambda at: True,
    ) -> None:
        super().__init__(Erasure, counting, refresh, importing, "Deletions can't go on")
        self._imports, self._mailbox_is_empty_since = imports, mailbox_is_empty_since
        self._cleaning = Cleaning(counting.journal.path)
        self._has_begun = False

    def step(self) -> None:
        """As far as it goes just now, with all that are open at once: they share the work."""
        self.trying.step(self._steps)

    def _begin_again(self) -> None:
        if self._has_begun or self._counting.at_rest() is None:
            return
        restored.begin_again(self._counting)
        if restored.has_store_of_before(self._counting):
            self._count_anew([])
        self._has_begun = True

    def _steps(self) -> None:
        self._begin_again()
        self._cleaning.is_done()
        if not Erasure.objects.filter(finished_at=None).exists():
            return
        if (some := self._in(State.JOURNAL)) and (some := self._not_importing(some)):
            self._journal(some)
        if some := self._in(State.NUMBERS):
            self._numbers(some)
        for each in self._in(State.RECORDS):
            self._records(each)
        for each in self._in(State.TOOLS):
            self._tools(each)

    def _journal(self, some: Sequence[Erasure]) -> None:
        if not self._is_counted(some):  # else it is not known which ids are whose
            return
        whom = [self._erased(each) for each in some]
        path, change, last, left_out = self._counting.journal.path, change_of(whom), 0, 0
        self._begin(some)
        while last < self._counting.journal.last:
            done = rewriting.rewrite(path, change, last, lambda number: self._show(some, number))
            self._refresh()  # with the other ids that were found
            if done.last == last:
                break  # blocks that the journal has lost come last
            last, left_out = done.last, left_out + done.unreadable
        for each in some:
            removed, changed = rewriting.taken(path, each.pk)
            each.note("journal", removed=removed, changed=changed, unreadable=left_out, last=last)
            self._go_on(each, State.NUMBERS)
        self._cleaning.is_due()
        self._cleaning.is_done()

    def _have_come_since(self, erasure: Erasure) -> bool:
        """Whether calls that had been let in before the door knew came to the journal after it was gone through."""
        path, part = self._counting.journal.path, erasure.part("journal")
        done = rewriting.rewrite(
            path, change_of([self._erased(erasure)]), part.get("last", 0), lambda number: self._show([erasure], number)
        )
        removed, changed = rewriting.taken(path, erasure.pk)
        have_come = (removed, changed) != (part["removed"], part["changed"])
        unreadable = part["unreadable"] + done.unreadable
        part.update(removed=removed, changed=changed, unreadable=unreadable, last=done.last)
        if have_come:
            part.pop("store", None)  # the store of now has counted them
        erasure.save(update_fields=["parts"])
        return have_come

    def _erased(self, erasure: Erasure) -> Erased:
        """Who is meant, written down before anything is changed: later the store does not know any more."""
        kind, own = suppression.kind_of(erasure), erasure.entities[0]
        if kind == "user":
            erasure.entities = [own, *sorted({*erasure.entities[1:], *erasing.adopted(erasure.product_id, own)})]
            erasure.save(update_fields=["entities"])
        key, *_ = suppression.keys_of(erasure.product_id)
        return Erased(
            erasure.pk, erasure.product_id, kind, frozenset(erasure.entities), key,
            configuration_of(erasure.product).account_id or None, partial(self._named, erasure),
        )  # fmt: skip

    def _named(self, erasure: Erasure, text: str) -> None:
        own = erasure.digest in suppression.digests(erasure.product_id, suppression.kind_of(erasure), text)
        suppression.add(erasure, text, is_other_id=not own)

    def _numbers(self, some: Sequence[Erasure]) -> None:
        store = self._counting.at_rest()
        if store is None:
            return self._say(some, WAITS_FOR_STORE)
        for each in some:
            if "store" not in (part := each.part("journal")):
                part["store"] = store  # may have counted them: another one takes its place, begun after this
                each.save(update_fields=["parts"])
        if store in {each.part("journal")["store"] for each in some} and not self._count_anew(some):
            return None
        # Put aside once, and made again from the journal since.
        folder = self._counting.journal.path.parent
        for damaged in folder.glob("facts-*.damaged"):
            damaged.unlink()
        kept = sorted(path.name for path in folder.glob("journal.sqlite3*.damaged-*"))
        for each in some:
            each.note("numbers", damaged=kept)
            self._go_on(each, State.RECORDS)

    def _records(self, erasure: Erasure) -> None:
        if not records.sweep(erasure):
            return self._say([erasure], WAITS_FOR_DELIVERY)
        if known := suppression.of(erasure.product_id):
            forgotten = debugger().forget(erasure.product_id, partial(_concerns, known))
            erasure.note("debugger", requests=erasure.part("debugger").get("requests", 0) + forgotten)
        told = erasure.told
        ids = [name for name in told["names"] if name == told["id"] or "@" in name]  # a first name stands anywhere
        is_in = naming.in_rows(ids)
        files = self._imports.forget(erasure.product_id, lambda lines: self._may_go_on() and is_in(lines))
        erasure.note("imports", files=erasure.part("imports").get("files", 0) + files)
        return self._go_on(erasure, State.TOOLS)

    def _tools(self, erasure: Erasure) -> None:
        if why_not := elsewhere.why_not_done(erasure):
            return self._say([erasure], why_not)
        if erasure.seconds_in_state < AFTERWARDS:
            return None
        if not self._counting.sharing.is_all_there_is:
            return self._say([erasure], WAITS_FOR_CLICKHOUSE)
        if not self._mailbox_is_empty_since(time.monotonic() - erasure.seconds_in_state):
            return self._say([erasure], WAITS_FOR_MAILBOX)
        if self._have_come_since(erasure):
            self._refresh()  # with the other ids that were found
            return self._go_on(erasure, State.NUMBERS)
        is_gone = records.sweep(erasure)  # what was being written while the rest was deleted
        if not is_gone or elsewhere.why_not_done(erasure):
            return None
        self._cleaning.is_due()
        if not self._cleaning.is_done():
            return self._say([erasure], WAITS_FOR_READERS)
        with transaction.atomic():
            elsewhere.note(erasure)
            erasure.secret, erasure.entities, erasure.left = "", [], []
            erasure.finished_at = timezone.now()
            self._go_on(erasure, State.DONE)
        self._cleaning.is_due()
        self._cleaning.is_done()
        log.info("a deletion is done", deletion=erasure.pk, kind=erasure.kind)

    def _go_on(self, run: Erasure, state: str) -> None:
        run.since = timezone.now()
        super()._go_on(run, state)


def _concerns(known: Suppressed, call: Call | Plain) -> bool:
    context = call.context.groupId if call.context else None
    ids = (call.userId, call.anonymousId, getattr(call, "previousId", None))
    return any(map(known.has_user, ids)) or any(map(known.has_account, (call.groupId, context)))
