"""One data folder counts in a database of ClickHouse; whoever else names it is refused, and told whose it is."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.clickhouse import served
from tests.waiting import until

pytestmark = [
    pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING)),
    pytest.mark.xdist_group("clickhouse"),
]
if not served.MISSING:
    from accoil.count import sharing
    from accoil.store import claim
    from accoil.store.claim import Claim, Claimed
    from tests.clickhouse.everything import messages
    from tests.clickhouse.shipped import Ships, url

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def folders(tmp_path: Path) -> Callable[[str], Path]:
    def made(name: str) -> Path:
        (tmp_path / name).mkdir()
        return tmp_path / name

    return made


@pytest.fixture
def two(folders: Callable[[str], Path]) -> tuple[Ships, Ships]:
    """The first one counts in the database that the second one names too."""
    first = Ships(folders("first"))
    second = Ships(folders("second"), first.url)
    for each in (first, second):
        each.receive(each.new_product(), messages()[:100], per_block=100)
    first.ship()
    return first, second


def test_who_names_the_database_of_another_one_sends_nothing_and_says_whose_it_is(two: tuple[Ships, Ships]) -> None:
    first, second = two
    with pytest.raises(Claimed, match=r"another data folder \(.*first on .*Name another database"):
        second.ship()
    with pytest.raises(Claimed):
        second.shipping.copy()
    first.assert_alike()
    second.shipping.start()
    until(lambda: second.shipping.failing)
    assert second.shipping.wrong and "accoil move --take-over" in second.shipping.wrong
    second.shipping.stop()


def test_nor_does_it_take_what_receivers_put_there(
    folders: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCOIL_CLICKHOUSE_URL", url())
    first, second = sharing.sharing(folders("first")), sharing.sharing(folders("second"))
    assert first.holds()
    assert not second.holds()
    for each in (first, second):
        each.stop()


def test_one_that_gives_no_sign_of_life_is_replaced(two: tuple[Ships, Ships], monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = two
    monkeypatch.setattr(claim, "RENEWED_EVERY", 0.0)
    with pytest.raises(Claimed):  # the first look
        second.ship()
    monkeypatch.setattr(claim, "OF_ANOTHER", 0.0)
    first.ship()  # a sign of life
    monkeypatch.setattr(claim, "OF_ANOTHER", 3600.0)
    with pytest.raises(Claimed):
        second.ship()
    monkeypatch.setattr(claim, "OF_ANOTHER", 0.0)
    second.ship()
    monkeypatch.undo()
    second.assert_alike()
    with pytest.raises(Claimed, match="second"):
        first.shipping.begin()


def test_a_copy_on_its_way_when_another_one_takes_over_is_never_asked(two: tuple[Ships, Ships]) -> None:
    first, second = two
    told = []

    def another_takes_over(table: str, rows: int) -> None:
        if not told:
            second.shipping.begin(take_over=True)
        told.append(table)

    with pytest.raises(Claimed):
        first.shipping.copy(another_takes_over)
    second.ship()
    second.assert_alike()


def test_who_was_killed_goes_on_at_once(two: tuple[Ships, Ships]) -> None:
    first, _ = two
    first.die()
    first.ship()
    first.assert_alike()
    assert first.generation == 1


def test_a_copy_of_a_folder_waits_for_the_first_one(
    folders: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, address = folders("first"), url()
    first = Claim(address, folder)
    first.check()
    copied = Claim(address, Path(shutil.copytree(folder, folder.with_name("copied"))))
    with pytest.raises(Claimed, match="a copy of this data folder"):
        copied.check()
    first.close()
    with pytest.raises(Claimed):
        copied.check()  # asks again only a little later
    copied.check(now=True)  # one that stopped by itself is not waited for
    with pytest.raises(Claimed):
        first.check()
    monkeypatch.setattr(claim, "OF_THE_SAME", 0.0)
    first.check(now=True)
    for each in (first, copied):
        each.close()


def test_a_database_that_lost_everything_is_claimed_anew(folders: Callable[[str], Path]) -> None:
    of_one = Claim(url(), folders("first"))
    of_one.check()
    of_one._table.ask(lambda client: client.command("truncate table claim"))
    of_one.check(now=True)
    newest = of_one._newest()
    assert newest and newest.version == 1
    of_one.close()
