"""What came from where is written down by day of the product, and made good after a crash from the journal."""

from datetime import UTC, date, datetime

import pytest

from accoil.count.duplicates import Duplicates
from accoil.receive.calls import EVENT, Call, Context, Library, Rejected
from accoil.receive.columns import Request, table
from accoil.receive.debugger import Debugger
from accoil.receive.journal import Journal
from accoil.receive.keys import Key
from accoil.team.ingest import SourceDay, Upkeep
from accoil.watch.sources import DAYS_KEPT, Writer
from tests.small_worlds import at

TODAY = date(2026, 3, 12)
NODE = Context(library=Library("analytics-node"))


@pytest.fixture
def journal(tmp_path):
    opened = Journal(tmp_path / "journal.sqlite3")
    yield opened
    opened.db.close()


@pytest.fixture
def debugger():
    return Debugger()


@pytest.fixture
def duplicates():
    return Duplicates()


@pytest.fixture
def writer(debugger, duplicates, journal):
    return Writer(debugger.sources, lambda: duplicates, journal)


@pytest.fixture
def key(world):
    return world.web.ingest_keys.get()


@pytest.fixture
def saw(debugger, journal, key):
    def seen(n: int, received: int, rejected: int = 0, key_id: int = 0, context: Context | None = NODE) -> None:
        calls = [
            Call(kind=EVENT, messageId=f"{received}-{i}", at=received, event="E", context=context) for i in range(n)
        ]
        wrong = [Rejected(i, "invalid_event", f"`type` must be one, not '{i}'.") for i in range(rejected)]
        found = Key(key_id or key.pk, key.product_id)
        if calls:
            journal._commit(table([Request(found.product, received, calls, found.id)]))
        debugger.saw(found, "/v1/batch", received, calls, wrong, "curl/8.5")

    return seen


def rows() -> dict[tuple[str, date], SourceDay]:
    return {(row.library, row.day): row for row in SourceDay.objects.all()}


def test_a_source_is_written_down_by_day_and_hour(writer, saw, key):
    saw(3, at(10, 8))
    saw(2, at(10, 9), rejected=2)
    saw(1, at(11, 0))
    writer.write(TODAY)
    told = rows()
    first = told["analytics-node", date(2026, 3, 10)]
    assert (first.accepted, first.hours[8:10]) == (5, [3, 2])
    assert first.reasons == {"`type` must be one.": 2}
    assert first.last_seen_at == datetime(2026, 3, 10, 9, tzinfo=UTC)
    assert told["analytics-node", date(2026, 3, 11)].accepted == 1


def test_what_comes_later_is_added(writer, saw):
    for _ in range(3):
        saw(2, at(10, 8), rejected=1)
        writer.write(TODAY)
    (row,) = SourceDay.objects.all()
    assert (row.accepted, sum(row.reasons.values()), row.hours[8]) == (6, 3, 6)


def test_days_are_the_products_own(writer, saw, world):
    world.web.time_zone = "Australia/Sydney"
    world.web.save()
    saw(1, at(10, 20))
    writer.write(TODAY)
    (row,) = SourceDay.objects.all()
    assert (row.day, row.hours[7]) == (date(2026, 3, 11), 1)


def test_duplicates_belong_to_the_key(writer, duplicates, key):
    duplicates._new.append((key.product_id, key.pk, at(10, 8) // 900_000, 7))
    writer.write(TODAY)
    (row,) = SourceDay.objects.all()
    assert (row.library, row.day, row.duplicates, row.accepted) == ("", date(2026, 3, 10), 7, 0)


def test_a_refusal_is_counted_as_one_request(writer, debugger, key):
    debugger.refused(Key(key.pk, key.product_id), "/v1/b", at(10), 413, "payload_too_large", "Less.", "curl/8.5")
    writer.write(TODAY)
    (row,) = SourceDay.objects.all()
    assert (row.library, row.refused, row.reasons) == ("curl", 1, {"413 payload_too_large": 1})


def test_a_key_that_is_gone_costs_nobody_else(writer, saw):
    saw(1, at(10), key_id=999_999)
    saw(2, at(10))
    writer.write(TODAY)
    assert [row.accepted for row in SourceDay.objects.all()] == [2]


def test_what_could_not_be_written_is_written_later(writer, saw, monkeypatch):
    saw(2, at(10))
    with monkeypatch.context() as broken:
        broken.setattr(SourceDay, "save", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            writer.write(TODAY)
    assert not SourceDay.objects.filter(accepted__gt=0).exists()
    saw(1, at(10))
    writer.write(TODAY)
    assert SourceDay.objects.get().accepted == 3


def test_after_a_crash_the_journal_makes_good_what_was_not_written(writer, saw, journal, key):
    saw(2, at(10))
    writer.write(TODAY)
    saw(3, at(11, 8))  # and here it dies
    again = Writer(Debugger().sources, Duplicates, journal)
    again.read_back()
    told = rows()
    assert told["analytics-node", date(2026, 3, 10)].accepted == 2
    assert told["", date(2026, 3, 11)].accepted == 3
    assert told["", date(2026, 3, 11)].hours[8] == 3
    again.read_back()
    assert rows()["", date(2026, 3, 11)].accepted == 3


def test_a_journal_from_before_is_not_read_at_the_first_start(saw, journal):
    saw(3, at(10))
    Writer(Debugger().sources, Duplicates, journal).read_back()
    assert not SourceDay.objects.exists()
    assert Upkeep.objects.get().block == journal.last


def test_after_a_clean_stop_there_is_nothing_to_read_back(writer, saw, journal):
    saw(3, at(10))
    writer.write(TODAY)
    Writer(Debugger().sources, Duplicates, journal).read_back()
    assert SourceDay.objects.get().accepted == 3


def test_what_came_while_it_was_written_is_not_read_back_after_a_clean_stop(writer, saw, journal, debugger):
    take = debugger.sources.take

    def meanwhile():
        saw(3, at(10))
        return take()

    saw(1, at(10))
    debugger.sources.take = meanwhile
    writer.write(TODAY)
    debugger.sources.take = take
    writer.write(TODAY)
    Writer(Debugger().sources, Duplicates, journal).read_back()
    assert SourceDay.objects.get().accepted == 4


def test_a_damaged_block_is_no_reason_not_to_start(saw, journal, writer):
    saw(1, at(10))
    writer.write(TODAY)
    saw(2, at(10))
    saw(3, at(10))
    journal.db.execute("update block set facts = ? where number = ?", (b"damaged", journal.last))
    journal.db.commit()
    Writer(Debugger().sources, Duplicates, journal).read_back()
    assert {row.library: row.accepted for row in SourceDay.objects.all()} == {"analytics-node": 1, "": 2}
    assert Upkeep.objects.get().block == journal.last


def test_days_long_past_are_swept_away(writer, key):
    SourceDay.objects.create(key=key, library="old", day=date(2020, 1, 1))
    SourceDay.objects.create(key=key, library="new", day=TODAY)
    writer.write(TODAY)
    assert [row.library for row in SourceDay.objects.all()] == ["new"]
    assert DAYS_KEPT > 63  # what alarms look back
