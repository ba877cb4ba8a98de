"""A copy of the store, taken while it counts, is a store: with what was counted, and the ids of sealed days."""

from pathlib import Path

from accoil.count.load import checksums
from tests.count.test_rebuild import answers, counting, receive

LATER = 4_000_000_000.0  # seconds: everything lies before the open window


def test_a_copy_goes_on_where_the_store_was(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    data.mkdir()
    copy.mkdir()
    with counting(data) as opened:
        receive(opened, 10)
        opened.loader.catch_up()
        opened.loader.seal(10, LATER)
        receive(opened, 20)
        opened.loader.catch_up()
        before = answers(opened), checksums(opened.facts.store)
        opened.copy_store(copy)
        receive(opened, 30)  # is not in the copy
        opened.loader.catch_up()
    assert list(copy.glob("facts-*.seen/*.ids"))
    with counting(copy) as again:
        assert (answers(again), checksums(again.facts.store)) == before
        receive(again, 10)  # clients that send again what was sealed
        again.loader.catch_up()
        assert answers(again) == before[0]
