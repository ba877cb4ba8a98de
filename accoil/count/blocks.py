"""The blocks a loader has yet to load: those just written, handed over in memory, and those on disk."""

import sqlite3
from collections import deque

import pyarrow as pa

from accoil.receive.journal import Block, Journal

MOST_AT_ONCE = 100_000  # messages in one load; more is hardly faster and needs more memory
MOST_BLOCKS = 20_000  # in one load: nothing may be left in most of them
USUAL = 320  # bytes of a message at most; one with long traits counts for several
FEW_BLOCKS = 10  # may be on their way from the writer
MOST_IN_MEMORY = 400_000  # messages waiting; beyond that they are read back from the journal

# What bytes that are no block end in; an OSError is the decompression's.
UNREADABLE = (pa.ArrowException, OSError, ValueError, KeyError, sqlite3.DatabaseError)
# What columns end in that are not what they should be. (Errors of the store are none of these.)
STRANGE = (pa.ArrowException, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, OSError)


class Blocks:
    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._queue: deque[Block] = deque()
        self._queued = 0

    def hear(self, block: Block) -> None:
        """A block is on disk (called by the journal's writer)."""
        messages = _messages(block)
        if self._queued < MOST_IN_MEMORY:
            self._queued += messages  # nothing is called in between: the loader subtracts in another thread
            self._queue.append(block)

    def after(self, number: int) -> tuple[list[Block], Exception | None]:
        """The blocks that follow, as many as are loaded at once; and if they end before a block that can't be read,
        what is wrong with that."""
        return (self._queued_after(number), None) if self._queue_follows(number) else self._on_disk_after(number)

    def are_many(self, number: int) -> bool:
        """Whether a whole load, or more than is held in memory, waits after that block."""
        follows = self._queue_follows(number)
        return self._queued >= MOST_AT_ONCE or (not follows and self.journal.last - number > FEW_BLOCKS)

    def _queue_follows(self, number: int) -> bool:
        """Whether the queue goes on after that block; it has a gap when blocks were left on disk."""
        while self._queue and self._queue[0].number <= number:
            messages = _messages(self._queue.popleft())
            self._queued -= messages
        return bool(self._queue) and self._queue[0].number == number + 1

    def _queued_after(self, number: int) -> list[Block]:
        blocks, messages = list[Block](), 0
        for block in list(self._queue):
            if block.number != number + 1 + len(blocks) or messages >= MOST_AT_ONCE:
                break
            blocks.append(block)
            messages += _messages(block)
        return blocks

    def _on_disk_after(self, number: int) -> tuple[list[Block], Exception | None]:
        blocks, messages = list[Block](), 0
        try:
            for block in self.journal.blocks(number):
                block.facts.validate(full=True)
                blocks.append(block)
                messages += _messages(block)
                if messages >= MOST_AT_ONCE or len(blocks) >= MOST_BLOCKS:
                    break
        except UNREADABLE as wrong:
            if is_damage(wrong):
                return blocks, wrong
            raise
        return blocks, None


def halves(blocks: list[Block], loaded: int) -> list[list[Block]]:
    """None of a single call. Of a single block the first half bears the number of the one `loaded` before it: until the
    second is loaded too the block is not, and what was counted of it already is known by its ids."""
    if middle := len(blocks) // 2:
        return [blocks[:middle], blocks[middle:]]
    [block] = blocks
    if not (middle := len(block.facts) // 2):
        return []
    return [[Block(loaded, block.facts.slice(0, middle))], [Block(block.number, block.facts.slice(middle))]]


def _messages(block: Block) -> int:
    """How many of the usual size."""
    return max(len(block.facts), int(block.facts.nbytes) // USUAL)


def is_damage(wrong: Exception) -> bool:
    """Not a lack of memory, nor a disk or a database that can't be read just now."""
    if isinstance(wrong, sqlite3.Error):
        return wrong.sqlite_errorcode == sqlite3.SQLITE_CORRUPT
    return not isinstance(wrong, MemoryError)
