"""Messages → journal → loader → numbers, the real ones without HTTP: many small worlds, a product each."""

import itertools
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from accoil.count.configured import USUAL, Configured
from accoil.count.facts import Facts, facts, open_facts
from accoil.count.load import Loader
from accoil.receive import steps
from accoil.receive.calls import Body, Call
from accoil.receive.journal import Journal
from accoil.score.book import Book, open_book
from accoil.score.definition import Definition
from accoil.store.duckdb import DuckDB
from tests.reference_facts import Message

_products = itertools.count(1)
_TYPES = {"event": "track", "identify": "identify", "group": "group", "alias": "alias"}


@dataclass
class Running:
    product_id: int

    def book(self, definition: Definition, as_of: date) -> Book:
        return open_book(self.product_id, definition, as_of)


class Engine:
    """Journal, store and loader in a folder of their own, worked by hand instead of by threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.zones: dict[int, str] = {}
        self.journal = Journal(folder / "journal.sqlite3")
        self.open()

    def open(self) -> None:
        self.facts = Facts(DuckDB(self.folder / "facts.duckdb", threads=1))
        self.loader = Loader(self.facts, self.journal, lambda: self.zones)

    def new_product(self, zone: str = "UTC") -> int:
        """Its number. These facts are asked from then on."""
        open_facts(self.facts)
        number = next(_products)
        self.zones[number] = zone
        return number

    def receive(self, product: int, messages: Iterable[Message], per_block: int = 4, count: bool = True) -> None:
        """Through the steps and the journal, a few messages to a block, and counted unless that is left for later."""
        waiting = list(messages)
        for start in range(0, len(waiting), per_block):
            body = Body([call(message) for message in waiting[start : start + per_block]])
            received = int(datetime.now(UTC).timestamp() * 1000)
            calls = steps.run(body, steps.Arrival(received))
            assert not body.rejected
            if calls:
                self.journal.write(product, received, calls)
        if count:
            self.loader.catch_up()


@cache
def _engine() -> Engine:
    return Engine(Path(tempfile.mkdtemp(prefix="accoil-world-")))


@contextmanager
def engine(messages: Iterable[Message], zone: str, configured: Configured = USUAL) -> Iterator[Running]:
    shared = _engine()
    running = Running(shared.new_product(zone))
    shared.facts.configure({running.product_id: configured})
    shared.receive(running.product_id, messages)
    assert facts() is shared.facts
    yield running


def call(message: Message) -> Call:
    at = datetime.fromtimestamp(message.at_ms // 1000, UTC).replace(microsecond=message.at_ms % 1000 * 1000)
    return Call(
        type=_TYPES[message.kind],
        messageId=message.message_id,
        userId=message.user,
        anonymousId=None if message.kind == "alias" else message.anonymous,
        previousId=message.anonymous if message.kind == "alias" else None,
        groupId=message.account,
        event=message.event,
        traits=message.traits or None,
        timestamp=at.isoformat(timespec="milliseconds"),
    )
