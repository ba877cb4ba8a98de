"""A store that notes how long each question takes, under the name it has in its .sql file."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow as pa

from accoil.count.facts import Facts, open_facts
from accoil.store import questions
from accoil.store.store import Change, Loading, Store, Value

Places = Mapping[str, str] | None


class Watched:
    """Stands in for the store it is given. `names`: text of a question → its name; others are noted as "other".
    `plans`: each question is asked a second time, by its first asking, for the way the engine answers it."""

    def __init__(self, store: Store, names: Mapping[str, str], plans: bool = False) -> None:
        self._store = store
        self.path, self.damaged, self.stopped = store.path, store.damaged, store.stopped
        self._names = names
        self._kept: set[str] = set()
        self._took: dict[str, list[float]] = defaultdict(list)
        self.plans: dict[str, str] = {}  # name → the engine's own words
        self._wants_plans = plans
        self.given: dict[str, tuple[Mapping[str, str], Mapping[str, Value]]] = {}  # name → last places and values

    def ask(self, question: str, places: Places = None, /, **values: Value) -> pa.Table:
        began = time.perf_counter()
        answer = self._store.ask(question, places, **values)
        self._note(question, began, places, values)
        return answer

    def rows(self, question: str, places: Places = None, /, **values: Value) -> list[dict[str, Any]]:
        began = time.perf_counter()
        answer = self._store.rows(question, places, **values)
        self._note(question, began, places, values)
        return answer

    def stream(self, question: str, places: Places = None, /, **values: Value) -> Iterator[pa.RecordBatch]:
        return self._store.stream(question, places, **values)

    def keep(self, name: str, question: str, places: Places = None, /, **values: Value) -> None:
        began = time.perf_counter()
        self._store.keep(name, question, places, **values)
        self._kept.add(name)
        self._note(question, began, places, values)

    def keep_dated(self, name: str, question: str, places: Places = None, /, **values: Value) -> int | None:
        began = time.perf_counter()
        block = self._store.keep_dated(name, question, places, **values)
        self._kept.add(name)
        self._note(question, began, places, values)
        return block

    def changing(self) -> AbstractContextManager[Change]:
        return self._store.changing()

    def keep_rows(self, name: str, rows: pa.Table) -> None:
        self._store.keep_rows(name, rows)
        self._kept.add(name)

    def drop(self, name: str) -> None:
        self._store.drop(name)
        self._kept.discard(name)

    def drop_all(self, name: str) -> None:
        self._store.drop_all(name)
        self._kept = {kept for kept in self._kept if kept != name and not kept.startswith(f"{name}_")}

    def loading(self) -> AbstractContextManager[Loading]:
        return self._store.loading()

    def save(self) -> None:
        self._store.save()

    def saved(self) -> AbstractContextManager[None]:
        return self._store.saved()

    def close(self) -> None:
        self._store.close()

    def forget_answers(self) -> None:
        """The facts as after a new load: nothing that was kept is good any more."""
        for name in list(self._kept):
            self.drop(name)
        open_facts(Facts(self))

    def taken(self) -> dict[str, float]:
        """Name → median of the seconds it took since this was last asked, longest first."""
        took = {name: round(median(seconds), 4) for name, seconds in self._took.items()}
        self._took.clear()
        return dict(sorted(took.items(), key=lambda item: -item[1]))

    def _note(self, question: str, began: float, places: Places, values: Mapping[str, Value]) -> None:
        name = self._names.get(question, "other")
        self._took[name].append(time.perf_counter() - began)
        self.given[name] = (places or {}, values)
        if self._wants_plans and name not in self.plans:
            told = self._store.rows(f"explain analyze\n{question}", places, **values)
            self.plans[name] = str(told[0]["explain_value"])


def names_of(package: Path) -> dict[str, str]:
    """Text → file and name, of every question in the package."""
    return {
        text: f"{path.stem}.{name}" for path in package.rglob("*.sql") for name, text in questions.read(path).items()
    }
