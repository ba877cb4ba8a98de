"""Who is killed while days go begins again where it was, and a store of before is made again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accoil.count.counting import Counting
from accoil.count.facts import facts
from accoil.erase import keeping
from accoil.erase.keeping import Keeping
from accoil.erase.models import Erasure, Retention
from accoil.erase.restored import has_store_of_before
from accoil.team.models import Product
from tests.erase.kept_days import DAILY, MONTHS, State, by_day, day, keep, opened, total

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """As a process dies: nothing that follows is done."""


@pytest.mark.parametrize("step", ["condense", "after the journal", "rebuild", "after the store"])
def test_killed_at_any_step_the_next_start_ends_it(
    tmp_path: Path, product: Product, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accoil.receive.condensing.MOST_BLOCKS", 2)
    with opened(tmp_path, product, months=18) as counting:
        kept_days = by_day(product, day(MONTHS))
        run = keep(product)
        assert run
        with monkeypatch.context() as patched, pytest.raises(Killed):
            _kill_at(step, patched)
            Keeping(counting, lambda: None, set).step()
    with opened(tmp_path, product) as counting:
        Keeping(counting, lambda: None, set).step()
        run.refresh_from_db()
        assert run.state == State.DONE
        assert (by_day(product, day(MONTHS)), total(product)) == (kept_days, 18 * DAILY)
        before = facts().store.rows("select product, day, sum(n) as n from counts group by all order by all")
        counting.rebuild()
        assert facts().store.rows("select product, day, sum(n) as n from counts group by all order by all") == before


def test_a_store_that_was_made_again_while_days_were_condensed_is_made_once_more(
    tmp_path: Path, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    with opened(tmp_path, product, months=18) as counting:
        condense = keeping.condensing.condense

        def beside(*given: Any, **named: Any) -> Any:
            counting.rebuild()
            made.append(1)
            return condense(*given, **named)

        keep(product)
        with monkeypatch.context() as patched:
            patched.setattr(keeping.condensing, "condense", beside)
            Keeping(counting, lambda: None, set).step()
        assert made == [1]
        assert Retention.objects.get().state == State.DONE
        assert (total(product), len(by_day(product))) == (18 * DAILY, 12 * DAILY + 13)


def test_a_store_of_before_that_was_put_back_from_a_backup_is_made_again_once(tmp_path: Path, product: Product) -> None:
    with opened(tmp_path, product, months=18) as counting:
        backup = tmp_path / "backup"
        backup.mkdir()
        counting.copy_store(backup)
        keep(product)
        Keeping(counting, lambda: None, set).step()
        assert not has_store_of_before(counting)
    shutil.copy2(tmp_path / "journal.sqlite3", backup)
    with opened(backup, product) as counting:
        assert len(by_day(product)) == 18 * DAILY
        assert has_store_of_before(counting)
        counting.rebuild()
        assert not has_store_of_before(counting)
        assert (total(product), len(by_day(product))) == (18 * DAILY, 12 * DAILY + 13)


def test_a_store_with_a_number_that_went_years_ago_is_not_made_again(tmp_path: Path, product: Product) -> None:
    with opened(tmp_path, product) as counting:
        name = counting.at_rest()
        now = timezone.now()

        def deleted(store: str | None, ago: timedelta) -> None:
            gone = Erasure.objects.create(
                product=product, kind="user", digest=store, state=Erasure.State.DONE, finished_at=now - ago,
                parts=[{"where": "journal", "store": store}, {"where": "numbers", "at": (now - ago).isoformat()}],
            )  # fmt: skip
            assert gone.is_done

        deleted(name, timedelta(days=800))
        assert has_store_of_before(counting), "the last that was done: the backup may be of that day"
        deleted("facts-7.duckdb", timedelta(days=3))
        assert not has_store_of_before(counting)
        deleted(name, timedelta(days=3, hours=2))
        assert has_store_of_before(counting)


def _kill_at(step: str, patched: pytest.MonkeyPatch) -> None:
    def dies(*_: Any, **__: Any) -> Any:
        raise Killed

    if step == "condense":
        patched.setattr(Keeping, "_show", _after(5, dies))
    elif step == "after the journal":
        patched.setattr(keeping.Condensing, "begin", _after(1, dies, keeping.Condensing.begin))
    elif step == "rebuild":
        patched.setattr(Counting, "rebuild", dies)
    else:
        patched.setattr(Keeping, "_go_on", _after(1, dies, Keeping._go_on))


def _after(times: int, dies: Callable[..., Any], does: Callable[..., Any] = lambda *_: None) -> Callable[..., Any]:
    """Does so often what it should, and dies then."""
    done: list[int] = []

    def called(*given: Any, **named: Any) -> Any:
        done.append(1)
        return dies() if len(done) > times else does(*given, **named)

    return called
