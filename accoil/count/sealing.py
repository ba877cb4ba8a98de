"""Days past the open window are sealed: their messages are dropped, their sums stay, and the ids of their messages go
into files beside the store, so that a duplicate years later is still a duplicate.

At whatever moment this is killed, the store names the files that count, in the transaction that drops the messages;
a file it does not name is nobody's."""

import shutil
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from accoil.count import in_columns
from accoil.count.hashes import Hashes, Run, write
from accoil.store.questions import beside
from accoil.store.store import Damaged, Store

ASK = beside(__file__, "seal")

MOST_AT_ONCE = 100_000  # messages; loading waits while they are dropped


def folder(store: Store) -> Path:
    return store.path.with_suffix(".seen")


def check(store: Store) -> None:
    """Reads every file once. Raises Damaged when one is missing or is not what was written."""
    for product, runs in _runs(store).items():
        for run in runs:
            if not run.is_whole(folder(store)):
                raise Damaged(f"{run.file}, message ids of product {product}, is damaged or gone")


def forget(store_path: Path) -> None:
    shutil.rmtree(store_path.with_suffix(".seen"), ignore_errors=True)


def copy(store_path: Path, into: Path) -> None:
    """The files that a saved store names, and perhaps some that nobody needs any more."""
    for each in store_path.with_suffix(".seen").glob("*.ids"):
        with suppress(FileNotFoundError):  # one that the saved store does not name may go at any time
            copy = into / each.parent.name / each.name
            copy.parent.mkdir(exist_ok=True)
            shutil.copy2(each, copy)


class Sealing:
    """The sealed ids of one store. `done` is told each product's ids that moved into files, and all its files."""

    def __init__(self, store: Store, done: Callable[[int, Hashes, list[Hashes]], None]) -> None:
        self._store = store
        self._done = done
        self._folder = folder(store)
        self._runs = _runs(store)
        self._remove_unnamed()

    def files(self, product: int) -> list[Hashes]:
        return [run.open(self._folder) for run in self._runs[product]]

    def products(self) -> list[int]:
        return list(self._runs)

    def seal(self, first_open: Callable[[int], int], seconds: float = float("inf")) -> int:
        """Seals what lies before each product's first open day, for about so long; how many messages were dropped."""
        until, sealed = time.monotonic() + seconds, 0
        for row in self._store.rows(ASK["oldest"]):
            product, first = row["product"], first_open(row["product"])
            while row["day"] < first and time.monotonic() < until and (some := self._seal_some(product, first)):
                sealed += some
        return sealed

    def _seal_some(self, product: int, first_open: int) -> int:
        past = self._store.ask(ASK["past"], product=product, first_open=first_open, most=MOST_AT_ONCE)
        if not len(past):
            return 0
        ids = np.sort(past["message_id"].to_numpy())
        kept, joined = self._joined_with(product, len(ids))
        number = 1 + max((_number(run.file) for runs in self._runs.values() for run in runs), default=0)
        run = write(self._folder, f"{product}-{number}.ids", [ids, *(each.open(self._folder) for each in joined)])
        with self._store.loading() as loading:
            loading.hand_in("sealed_now", past)
            loading.tell(ASK["drop"], product=product, first_open=first_open)
            for each in joined:
                loading.tell(ASK["forget_file"], file=each.file)
            loading.tell(ASK["file"], product=product, file=run.file, ids=run.ids, checksum=run.checksum)
        self._runs[product] = [*kept, run]
        self._done(product, ids, self.files(product))
        if joined:
            self._store.save()  # killed later, it must not name files that are gone
        for each in joined:
            (self._folder / each.file).unlink(missing_ok=True)
        return len(ids)

    def _joined_with(self, product: int, added: int) -> tuple[list[Run], list[Run]]:
        """Runs that stay, and those small enough to become one with what is added: each is at least twice the next, so
        there are few to search and each id is seldom written again."""
        kept, joined = list(self._runs[product]), list[Run]()
        while kept and kept[-1].ids < 2 * added:
            added += kept[-1].ids
            joined.append(kept.pop())
        return kept, joined

    def _remove_unnamed(self) -> None:
        """What was written by somebody who was killed before the store named it, or after it did no longer."""
        named = {run.file for runs in self._runs.values() for run in runs}
        for path in self._folder.iterdir() if self._folder.exists() else ():
            if path.name not in named:
                path.unlink()


def first_open_day(zone: str, open_days: int, now: float) -> int:
    """The earliest of the last `open_days` local days, today among them; `now` in seconds since 1970."""
    return int(in_columns.local_days(np.array([int(now * 1000)], np.int64), zone)[0]) - open_days + 1


def _runs(store: Store) -> dict[int, list[Run]]:
    """By product, longest first."""
    runs: dict[int, list[Run]] = defaultdict(list)
    for row in store.rows(ASK["files"]):
        runs[row["product"]].append(Run(row["file"], row["ids"], row["checksum"]))
    return runs


def _number(file: str) -> int:
    return int(Path(file).stem.split("-")[1])
