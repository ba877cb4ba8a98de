"""Blocks on their way from receivers to the process that counts: two tables in ClickHouse, which both can reach.

Whatever is put in twice, by whomever, is there once: a block is told by its receiver and number. What was taken is told
by the number of the last one, since each names the one before it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import pyarrow as pa

from accoil.store import questions
from accoil.store.on_each import OnEach

COLUMNS = pa.schema(
    {
        "receiver": pa.string(),
        "number": pa.int64(),
        "before": pa.int64(),
        "calls": pa.int64(),
        "facts": pa.binary(),
    }
)
ASK = questions.beside(__file__, "mailbox")


class Put(msgspec.Struct, frozen=True):
    """A block as it lies there. `before`: the number of the receiver's block before it, 0 for none that it has."""

    receiver: str
    number: int
    before: int
    calls: int
    facts: bytes = b""


class Mailbox:
    """For one thread. Every question may raise: it is asked again, of the next address (`store/on_each`)."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._tables = OnEach(addresses, "mailbox")

    def put(self, receiver: str, blocks: Sequence[tuple[int, int, int, bytes]]) -> None:
        """`blocks`: number, number of the one before it, calls, facts."""
        rows = [dict(zip(COLUMNS.names, (receiver, *each), strict=True)) for each in blocks]
        self._tables.insert("block", pa.Table.from_pylist(rows, COLUMNS))

    def last(self, receiver: str) -> tuple[int, int, int]:
        """Numbers of a receiver's last block that was taken and of the last that lies there, 0 for none; how many lie
        there that were not taken."""
        (row,) = self._rows(ASK["last"], receiver=receiver)
        return int(row["taken"] or 0), int(row["there"] or 0), int(row["lying"])

    def next(self, taken: Mapping[str, int], most: int) -> list[Put]:
        """The blocks that follow those, without their facts: the first ones of each receiver first."""
        return [Put(**row) for row in self._rows(ASK["next"], **_marks(taken), most=most)]

    def with_facts(self, blocks: Iterable[Put]) -> list[Put]:
        """The same blocks, in order of receiver and number; without any that are gone meanwhile."""
        wanted = {(each.receiver, each.number) for each in blocks}
        receivers, numbers = sorted({each[0] for each in wanted}), sorted({each[1] for each in wanted})
        found = [Put(**row) for row in self._rows(ASK["facts"], receivers=receivers, numbers=numbers)]
        return [each for each in found if (each.receiver, each.number) in wanted]

    def taken(self) -> dict[str, int]:
        """Receiver → number of the last block that was taken."""
        return {str(row["receiver"]): int(row["number"]) for row in self._rows(ASK["taken"])}

    def take(self, taken: Mapping[str, int]) -> None:
        """Says so: from now on nobody needs to keep them."""
        self._tables.insert(
            "taken", pa.table({"receiver": list(taken), "number": pa.array(taken.values(), pa.int64())})
        )

    def sweep(self, taken: Mapping[str, int]) -> None:
        """Removes those blocks; some time after this, they are gone from the disk, on all servers that hold them."""
        self._tables.ask(lambda client: client.command(ASK["sweep"], _marks(taken)))

    def taken_there(self, taken: Mapping[str, int]) -> int:
        """How many of those blocks lie there still."""
        return int(self._rows(ASK["taken_there"], **_marks(taken))[0]["lying"])

    def close(self) -> None:
        self._tables.close()

    def _rows(self, question: str, **values: Any) -> list[dict[str, Any]]:
        found = self._tables.rows(question, **values)
        return [{name: _told(name, value) for name, value in row.items()} for row in found]


def _marks(taken: Mapping[str, int]) -> dict[str, list[Any]]:
    return {"receivers": [*taken, ""], "numbers": [*taken.values(), 0]}  # a list of nothing has no type


def _told(name: str, value: Any) -> Any:
    return value.decode() if name == "receiver" else value
