"""What the journal says without somebody, and that counting it again finds nothing of him."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accoil.count import belongings, erasing, ids
from accoil.count.counting import Counting
from accoil.count.erasing import Erased, change_of
from accoil.count.load import checksums
from accoil.receive import rewriting, steps
from accoil.receive.calls import Body
from accoil.receive.encoding import encoded
from tests.reference_facts import Message
from tests.small_worlds import alias, at, did, did_anonymously, identified, joins
from tests.world import call

WEB, OTHER = 71_001, 71_002  # products that no server of other tests has
KEY = b"a key"
RECEIVED = at(31)


@contextmanager
def counting(folder: Path) -> Iterator[Counting]:
    opened = Counting(folder, lambda: {WEB: "UTC", OTHER: "UTC"})
    try:
        yield opened
    finally:
        opened.stop()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Counting]:
    with counting(tmp_path) as made:
        yield made


def receive(opened: Counting, *told: Message | list[Message], product: int = WEB) -> None:
    every = [m for each in told for m in (each if isinstance(each, list) else [each])]
    for start in range(0, len(every), 3):
        body = Body([call(message) for message in every[start : start + 3]])
        opened.journal.write(product, RECEIVED, steps.run(body, steps.Arrival(RECEIVED)))
    opened.loader.catch_up()


def erase(opened: Counting, kind: Any, name: str, trait: str | None = None) -> tuple[int, int]:
    """Calls removed, calls changed."""
    who = Erased(1, WEB, kind, erasing.ids_of(WEB, kind, name), KEY, trait)
    rewriting.rewrite(opened.journal.path, change_of([who]), 0)
    opened.rebuild()
    return rewriting.taken(opened.journal.path, 1)


def rows(opened: Counting) -> list[dict[str, Any]]:
    return [row for block in opened.journal.blocks(0) for row in block.facts.to_pylist()]


def told() -> list[Message | list[Message]]:
    return [
        joins("ann", "acme", at(1), plan="Growth"),
        joins("bob", "acme", at(1)),
        identified("ann", at(2), name="Ann Marlow", email="ann@acme.example"),
        did("ann", "Report_Created", at(3), 5),
        did("bob", "Report_Created", at(3), 2),
        did("bob", "Dashboard_Viewed", at(4), 3, "acme"),
    ]


def test_a_user_is_in_no_block_and_the_account_keeps_what_his_calls_told_of_it(opened: Counting) -> None:
    receive(opened, *told())
    assert erase(opened, "user", "ann") == (6, 1)
    assert "ann" not in str(rows(opened)).lower()
    assert opened.facts.store.rows("select text from trait_last where key = 'plan'") == [{"text": "Growth"}]
    assert opened.facts.store.rows("select sum(n) as n from counts") == [{"n": 5}]


def test_what_is_counted_then_is_what_would_have_been_counted_without_him(opened: Counting, tmp_path: Path) -> None:
    receive(opened, *told())
    erase(opened, "user", "ann")
    (tmp_path / "never").mkdir()
    with counting(tmp_path / "never") as never:
        receive(never, *(each for each in told() if "ann" not in str(each)), joins(None, "acme", at(1), plan="Growth"))
        assert checksums(opened.facts.store) == checksums(never.facts.store)
        assert names(opened) == names(never)


def names(opened: Counting) -> list[dict[str, Any]]:
    return opened.facts.store.rows("select kind, name, first_day from name order by all")


def test_the_ids_he_used_before_go_with_him(opened: Counting) -> None:
    receive(
        opened,
        did_anonymously("browser", "Report_Created", at(1), 3),
        replace(identified("ann", at(2), name="Ann"), anonymous="browser"),
        alias("old-ann", "ann", at(3)),
        did("old-ann", "Report_Created", at(3), 2),
        did("bob", "Report_Created", at(3), 2),
    )
    found: list[str] = []
    who = Erased(1, WEB, "user", erasing.ids_of(WEB, "user", "ann"), KEY, named=found.append)
    rewriting.rewrite(opened.journal.path, change_of([who]), 0)
    assert {"browser", "old-ann", "ann"} == set(found)
    assert {row["user"] for row in rows(opened)} == {"bob"}


def test_whoever_shared_his_browser_stays_and_does_not_inherit_it(opened: Counting) -> None:
    receive(
        opened,
        did_anonymously("browser", "Report_Created", at(1), 3),
        replace(identified("ann", at(2)), anonymous="browser"),
        replace(identified("bob", at(5)), anonymous="browser"),
        did("bob", "Report_Created", at(5), 2),
    )
    assert erase(opened, "user", "ann") == (4, 1)
    assert [row["n"] for row in opened.facts.store.rows("select sum(n) as n from counts")] == [2]
    assert not any(row["anonymous"] for row in rows(opened))


def test_what_somebody_else_did_in_his_browser_is_not_held_of_him(opened: Counting) -> None:
    receive(
        opened,
        did_anonymously("browser", "Report_Created", at(1), 3),
        replace(identified("ann", at(2), email="ann@acme.example"), anonymous="browser"),
        replace(identified("bob", at(5), email="bob@acme.example"), anonymous="browser"),
        [replace(each, anonymous="browser") for each in did("bob", "Report_Created", at(5), 2)],
    )
    held = {
        who: list(belongings.calls(opened.journal.path, WEB, "user", erasing.ids_of(WEB, "user", who)))
        for who in ("ann", "bob")
    }
    assert [row["user"] for row in held["ann"]] == [None, None, None, "ann"]
    assert [row["user"] for row in held["bob"]] == ["bob"] * 3


def test_an_account_goes_and_its_users_stay_without_one(opened: Counting) -> None:
    receive(opened, *told(), joins("una", "acme", at(5)))
    removed, changed = erase(opened, "account", "acme")
    assert (removed, changed) == (0, 6)
    assert "acme'" not in str(rows(opened)).replace("in acme", "")
    assert "Growth" not in str(rows(opened))
    assert {row["account_id"] for row in opened.facts.store.rows("select account_id from counts")} == {0}
    users = opened.facts.store.rows("select name from name where kind = 1 order by name")
    assert [row["name"] for row in users] == ["ann", "bob", "una"]
    assert not opened.facts.store.rows("select * from name where kind = 2")


def test_a_trait_that_names_the_account_goes_where_that_is_configured(opened: Counting) -> None:
    receive(opened, identified("ann", at(1), company="acme", role="Analyst"), identified("bob", at(1), company="beta"))
    assert erase(opened, "account", "acme", "company") == (0, 1)
    assert [dict(row["traits"]) for row in rows(opened)] == [{"role": '"Analyst"'}, {"company": '"beta"'}]


def test_the_same_id_in_another_product_is_left_alone(opened: Counting) -> None:
    receive(opened, *told())
    receive(opened, *told(), product=OTHER)
    before = [row for row in checksums(opened.facts.store) if row["product"] == OTHER]
    erase(opened, "user", "ann")
    assert [row for row in checksums(opened.facts.store) if row["product"] == OTHER] == before
    assert {row["product"] for row in rows(opened) if row["user"] == "ann"} == {OTHER}


def test_a_block_without_calls_is_still_a_block(opened: Counting) -> None:
    receive(opened, did("ann", "Report_Created", at(3), 6))
    last = opened.journal.last
    assert erase(opened, "user", "ann") == (6, 0)
    assert (opened.journal.last, opened.loader.loaded) == (last, last)
    receive(opened, did("bob", "Report_Created", at(3), 1))
    assert len(rows(opened)) == 1


def test_nothing_stays_in_the_files(opened: Counting, tmp_path: Path) -> None:
    """Blocks are compressed: what is looked for is the bytes that a block of his has."""
    receive(opened, did("ann", "Report_Created", at(3), 3), did("bob", "Report_Created", at(3), 3))
    block = encoded(next(iter(opened.journal.blocks(0))).facts).to_pybytes()[:200]

    def files() -> bytes:
        return b"".join(path.read_bytes() for path in tmp_path.glob("journal*"))

    assert block in files()
    erase(opened, "user", "ann")
    rewriting.clean(opened.journal.path)
    assert block not in files()


@pytest.mark.parametrize(("held", "kept"), [(-1, 6), (60, 0)])
def test_broken_off_and_done_again_it_counts_each_call_once(
    opened: Counting, monkeypatch: pytest.MonkeyPatch, held: float, kept: int
) -> None:
    monkeypatch.setattr(rewriting, "HELD", held)
    receive(opened, did("ann", "Report_Created", at(3), 9))
    who = Erased(1, WEB, "user", erasing.ids_of(WEB, "user", "ann"), KEY)

    def killed(number: int) -> None:
        if number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rewriting.rewrite(opened.journal.path, change_of([who]), 0, killed)
    assert rewriting.taken(opened.journal.path, 1) == (kept, 0)
    assert erase(opened, "user", "ann") == (9, 0)


def test_a_block_that_can_not_be_read_is_told(opened: Counting) -> None:
    receive(opened, did("ann", "Report_Created", at(3), 6))
    opened.journal.db.execute("update block set facts = ? where number = 1", (b"nonsense",))
    opened.journal.db.commit()
    who = Erased(1, WEB, "user", frozenset({ids.id_of(WEB, ids.USER, "ann")}), KEY)
    done = rewriting.rewrite(opened.journal.path, change_of([who]), 0)
    assert (done.blocks, done.unreadable, done.last) == (1, 1, 2)
