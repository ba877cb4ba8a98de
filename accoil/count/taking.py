"""The process that counts takes blocks of receivers out of the mailbox, into its own journal.

Each is taken after the one that it follows, and in one transaction with the note that it was: so what a receiver
forgets is here, whoever was killed in between. What came for somebody who was deleted since stays out."""

import time
from collections.abc import Callable, Mapping

import pyarrow as pa
import structlog

from accoil.receive.encoding import UNREADABLE, decoded, joined
from accoil.receive.handling import PLAIN, Handling
from accoil.receive.journal import Journal
from accoil.receive.late_refusal import without
from accoil.store.mailbox import Mailbox, Put

MOST_BLOCKS = 1_000  # looked at at once
MOST_CALLS = 50_000  # taken at once
SWEEPS_AFTER = 50  # times that something was taken
SWEEPS_WITHIN = 60.0  # seconds after something was taken
SWEEPS_AGAIN = 5.0  # seconds, where somebody waits for it

log = structlog.get_logger()


class Taking:
    """`handling`: what the front door would refuse of a product just now."""

    def __init__(
        self, journal: Journal, mailbox: Mailbox, handling: Callable[[int], Handling] = lambda product: PLAIN
    ) -> None:
        self._journal, self._mailbox, self._handling = journal, mailbox, handling
        self._has_begun = False
        self.has_taken_all = False  # that lay there at the start and can be taken
        self._wrong: dict[str, str] = {}  # receiver → why its next block can't be read
        self._unswept = 0
        self._swept_at, self._sweeps_at = float("-inf"), float("inf")
        self._is_asked, self._empty_at = False, float("-inf")  # whether it holds what was taken
        self._stopping = False

    def stop(self) -> None:
        """A step that is being done ends soon; what lies there stays for the next start."""
        self._stopping = True

    def step(self) -> None:
        """Takes all that lies there. Raises whatever mailbox and journal do."""
        if not self._has_begun:
            self._begin()
        while not self._stopping and self._take():
            pass
        self._look_for_taken()

    def _begin(self) -> None:
        """What was said last may not be what the journal has: it was killed in between, or another one takes its
        place, such as an older copy. What a receiver was told is gone there."""
        told, ours = self._mailbox.taken(), self._journal.taken
        if further := {name: number for name, number in told.items() if number > ours.get(name, 0)}:
            log.error("the journal is without blocks that were taken before; it is an older copy", receivers=further)
            ours.update(further)
        if ours:
            self._mailbox.take(ours)
            self._sweep()
        self._has_begun = True

    def _take(self) -> bool:
        """Whether there was anything."""
        taken = dict(self._journal.taken)
        chosen, are_all = self._chosen(taken)
        blocks, facts = self._mailbox.with_facts(chosen), list[pa.Table]()
        marks = dict[str, int]()
        for block in blocks:
            if block.before > marks.get(block.receiver, taken.get(block.receiver, 0)):
                continue
            try:
                facts.append(decoded(block.facts))
            except UNREADABLE as wrong:
                self._says(block, f"{type(wrong).__name__}: {wrong}")
                continue  # nor those that follow it
            marks[block.receiver] = block.number
        if not marks:
            self.has_taken_all = True
            return False
        self._journal.put(without(joined(facts), self._handling), marks)
        self.has_taken_all = self.has_taken_all or are_all
        for receiver in marks:
            self._wrong.pop(receiver, None)
        self._has_begun = False  # until it is said
        self._mailbox.take(marks)
        self._has_begun = True
        self._unswept += 1
        self._sweeps_at = min(self._sweeps_at, time.monotonic() + SWEEPS_WITHIN)
        return True

    def _chosen(self, taken: Mapping[str, int]) -> tuple[list[Put], bool]:
        """As many as are taken at once, and each only after the one that it follows; whether that is all there is."""
        chosen, calls, last = list[Put](), 0, dict(taken)
        there = self._mailbox.next(taken, MOST_BLOCKS)
        for block in there:
            if block.before > last.get(block.receiver, 0):
                continue  # the one before it is on its way
            if chosen and calls + block.calls > MOST_CALLS:
                return chosen, False
            chosen.append(block)
            calls, last[block.receiver] = calls + block.calls, block.number
        return chosen, len(there) < MOST_BLOCKS

    def is_empty_since(self, at: float) -> bool:
        """Whether the mailbox has been without what was taken before then (monotonic seconds). It is looked for."""
        if self._empty_at >= at:
            return True
        self._is_asked = True
        return False

    def _look_for_taken(self) -> None:
        now = time.monotonic()
        if self._is_asked:
            if not self._mailbox.taken_there(self._journal.taken):
                self._is_asked, self._empty_at = False, now
            else:
                self._sweeps_at = min(self._sweeps_at, self._swept_at + SWEEPS_AGAIN)
        if self._unswept >= SWEEPS_AFTER or now >= self._sweeps_at:
            self._sweep()

    def _sweep(self) -> None:
        self._mailbox.sweep(self._journal.taken)
        self._unswept, self._sweeps_at, self._swept_at = 0, float("inf"), time.monotonic()

    def _says(self, block: Put, reason: str) -> None:
        if self._wrong.get(block.receiver) != reason:
            log.error("a block can't be read; its receiver's others wait", receiver=block.receiver, reason=reason)
        self._wrong[block.receiver] = reason

    @property
    def wrong(self) -> str | None:
        """As a sentence."""
        names = ", ".join(sorted(self._wrong))
        return f"What the receivers {names} took in can't be read from the mailbox." if names else None
