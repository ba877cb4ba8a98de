"""The one door to the facts: the same few verbs whatever engine is behind it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

import pyarrow as pa

Value = int | float | str | None | list[int] | list[float] | list[str]
Places = Mapping[str, str] | None  # names of tables and columns to put into a question's `{places}`


class Damaged(Exception):
    """The store's files can't be opened or read. It is derived: make it again from the journal."""


class Loading(Protocol):
    """A transaction of the loader: all of it becomes visible at once, or nothing."""

    def tell(self, question: str, **values: Value) -> None: ...

    def ask(self, question: str, **values: Value) -> pa.Table: ...

    def hand_in(self, name: str, table: pa.Table) -> None:
        """Makes a table readable under a name until the transaction ends."""


class Store(Protocol):
    def ask(self, question: str, places: Places = None, /, **values: Value) -> pa.Table: ...

    def rows(self, question: str, places: Places = None, /, **values: Value) -> list[dict[str, Any]]: ...

    def keep(self, name: str, question: str, places: Places = None, /, **values: Value) -> None:
        """Keeps the answer as a table `kept.{name}` until this process ends or `drop`."""

    def drop(self, name: str) -> None: ...

    def loading(self) -> AbstractContextManager[Loading]: ...

    def close(self) -> None: ...
