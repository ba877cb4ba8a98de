"""A step in which daily counts go may fail, as on a full disk: that is said, and tried again with growing pauses."""

from __future__ import annotations

import errno
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from accoil.asgi import Server
from accoil.count.counting import Counting
from accoil.erase import keeping
from accoil.erase.keeping import Keeping
from accoil.erase.trying import FIRST_PAUSE
from accoil.team.models import Product
from tests.erase.kept_days import DAILY, State, by_day, day, keep, opened, total
from tests.erase.test_hindered import FULL

pytestmark = pytest.mark.django_db(transaction=True)


def told(journal: Path, statement: str) -> None:
    with closing(sqlite3.connect(journal)) as db, db:
        db.execute(statement)


def test_a_disk_that_is_full_is_said_and_it_is_done_when_there_is_room(
    tmp_path: Path, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path, product, months=18) as counting:
        kept_days = by_day(product, day(12))
        run = keep(product)
        assert run
        told(counting.journal.path, FULL)
        keeps = Keeping(counting, lambda: None, set)
        keeps.step()
        run.refresh_from_db()
        assert "(database or disk is full); it is tried again" in run.problem
        assert (run.state, run.done, keeps.trying.wrong) == (State.JOURNAL, 0, run.problem)
        tries: list[int] = []
        condense = keeping.condensing.condense

        def counted(*given: Any) -> Any:
            tries.append(1)
            return condense(*given)

        monkeypatch.setattr(keeping.condensing, "condense", counted)
        keeps.step()
        assert tries == [], "not before the pause is over"
        told(counting.journal.path, "drop trigger full")
        keeps.trying.next_at = 0.0
        keeps.step()
        run.refresh_from_db()
        assert (tries, run.state, run.problem, keeps.trying.wrong) == ([1], State.DONE, "", None)
        assert (by_day(product, day(12)), total(product)) == (kept_days, 18 * DAILY)


@pytest.mark.parametrize("who", ["_keeping", "_erasing"])
def test_health_says_it(server: Server, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getattr(server.parts.counts, who).trying, "wrong", "Days can't go.")
    with urlopen(f"{server.address}/health") as answer:
        assert "Days can't go." in json.load(answer)["wrong"]


def test_pauses_grow_and_what_was_begun_of_a_store_takes_no_room_meanwhile(
    tmp_path: Path, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path, product, months=18) as counting:
        run = keep(product)
        assert run
        with monkeypatch.context() as patched:

            def is_full(*_: Any) -> None:
                raise OSError(errno.ENOSPC, "No space left on device", str(tmp_path))

            patched.setattr(Counting, "_count_anew", is_full)
            keeps, pauses = Keeping(counting, lambda: None, set), list[float]()
            for _ in range(9):
                pauses.append(keeps.trying.pause)
                keeps.trying.next_at = 0.0
                keeps.step()
        run.refresh_from_db()
        assert (run.state, str(tmp_path) in run.problem) == (State.NUMBERS, False)
        assert "(No space left on device); it is tried again" in run.problem
        assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300]
        assert [path.name for path in tmp_path.glob("facts-*.duckdb")] == [counting.at_rest()]
        keeps.trying.next_at = 0.0
        keeps.step()
        run.refresh_from_db()
        assert (run.state, keeps.trying.pause) == (State.DONE, FIRST_PAUSE)
