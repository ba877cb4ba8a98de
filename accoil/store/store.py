"""The one door to the facts: the same few verbs whatever engine is behind it."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

Value = int | float | str | None | list[int] | list[float] | list[str]
MEMORY = "500MB"  # the most a store takes for itself where nobody says otherwise

Places = Mapping[str, str] | None  # names of tables and columns to put into a question's `{places}`


class Damaged(Exception):
    """The store's files can't be opened or read, or its engine gave up. It is derived: it can be made again."""


class NoRoom(Exception):
    """The engine has not as much memory as it would need for that."""


class Loading(Protocol):
    """A transaction of the loader: all of it becomes visible at once, or nothing."""

    def tell(self, question: str, **values: Value) -> None: ...

    def ask(self, question: str, **values: Value) -> pa.Table: ...

    def hand_in(self, name: str, table: pa.Table) -> None:
        """Makes a table readable under a name until the transaction ends."""


class Change(Protocol):
    """Of kept tables, at one moment."""

    def ask(self, question: str, places: Places = None, /, **values: Value) -> pa.Table: ...

    def keep(self, name: str, question: str, places: Places = None, /, **values: Value) -> None: ...


class Asked(Protocol):
    """Facts that can be asked. A truth among the answers may come as 0 or 1."""

    def ask(self, question: str, places: Places = None, /, **values: Value) -> pa.Table: ...

    def rows(self, question: str, places: Places = None, /, **values: Value) -> list[dict[str, Any]]: ...

    def stream(self, question: str, places: Places = None, /, **values: Value) -> Iterator[pa.RecordBatch]:
        """The answer as it was when asked for, some thousand rows at a time; never all of it in memory.
        The first batch holds none: it says what the columns are."""

    def keep(self, name: str, question: str, places: Places = None, /, **values: Value) -> None:
        """Keeps the answer as a table `kept.{name}` until this process ends or `drop`."""

    def keep_dated(self, name: str, question: str, places: Places = None, /, **values: Value) -> int | None:
        """The same; the number of the last block of which the answer knows. None where nobody can tell."""

    def changing(self) -> AbstractContextManager["Change"]:
        """Where blocks are told: all that is done to kept tables in it becomes visible at once, or nothing."""

    def keep_rows(self, name: str, rows: pa.Table) -> None:
        """Keeps these rows like an answer."""

    def drop(self, name: str) -> None: ...

    def drop_all(self, name: str) -> None:
        """What is kept under this name, and under every name that goes on with an underscore: also what was left by
        somebody who broke off."""

    def close(self) -> None: ...


class Store(Asked, Protocol):
    path: Path  # where its own files are; what belongs to it may be put beside
    damaged: str | None  # why its answers can't be relied on any more, as soon as a question found out
    stopped: bool  # the engine gave up; opened again, its files may be whole

    def loading(self) -> AbstractContextManager[Loading]: ...

    def save(self) -> None:
        """What was told until now survives a kill from here on; `close` does it too."""

    def saved(self) -> AbstractContextManager[None]:
        """Saves; its files stay as they are until the block ends. Who loads waits."""
