"""Mappings of a product hold for the Segment-shaped lines it imports, and for nothing else."""

import json
from pathlib import Path

import pytest

from accoil.receive.importing.found import Found, find
from accoil.receive.importing.imports import Imports
from accoil.receive.importing.pieces import Piece
from accoil.receive.importing.reader import Wanted
from accoil.receive.importing.shape import look
from accoil.receive.mapping.rules import PRESETS, Mapping, check
from tests.receive.importing import past
from tests.receive.importing.running import brought_in, open_imports

AT = "2025-03-01T10:00:00Z"
RENAMED = (
    check({"name": "Rest", "trigger": 'type = "track" and event != "report.created"', "action": "track"}, id=1),
    check({"name": "Reports", "trigger": 'event = "report.created"', "action": "track",
           "fields": {"event": "Report_Created"}}, id=2),
)  # fmt: skip
TWICE = (*RENAMED, check({"name": "Also", "trigger": 'event = "report.created"', "action": "track",
                          "fields": {"event": "Anything_Created"}}, id=3))  # fmt: skip


def call(**item: object) -> dict[str, object]:
    return {"type": "track", "userId": "ann", "timestamp": AT, **item}


def read(tmp_path: Path, mappings: tuple[Mapping, ...] | None, *items: object) -> Found:
    path = tmp_path / "lines.jsonl"
    path.write_text("".join(item if isinstance(item, str) else json.dumps(item) + "\n" for item in items))
    rest = path.read_bytes()
    handling = Wanted(mappings).handling()
    return find(Piece(rest, len(rest), is_last=True), look(path, "segment"), 1_750_000_000_000, handling)


def test_an_event_is_renamed_and_one_that_no_mapping_takes_is_left_out(tmp_path):
    items = [call(event="report.created"), call(event="Other"), {"type": "page", "userId": "ann", "timestamp": AT}]
    found = read(tmp_path, RENAMED, *items)
    assert [each.event for each in found.calls] == ["Report_Created", "Other"]
    assert (found.left_out, found.bad) == (1, [])


def test_an_event_that_two_mappings_take_counts_for_both(tmp_path):
    found = read(tmp_path, TWICE, call(event="report.created", messageId="m"), call(event="report.created"))
    assert sorted(each.event for each in found.calls) == ["Anything_Created"] * 2 + ["Report_Created"] * 2
    assert len({each.messageId for each in found.calls}) == 4
    assert found.left_out == 0


def test_a_call_without_an_id_is_known_by_what_was_sent_whatever_the_mappings_are(tmp_path):
    item = call(event="report.created")
    ids = [read(tmp_path, mappings, item).calls[0].messageId for mappings in (None, RENAMED, PRESETS)]
    assert len(set(ids)) == 1


def test_rows_that_are_wrong_are_told_by_their_line(tmp_path):
    items = [call(event="A"), "{broken\n", call(event="", messageId="m"), "[7]\n", call(event="B", userId=[1])]
    found = read(tmp_path, RENAMED, *items)
    assert [each.event for each in found.calls] == ["A"]
    assert [bad.line for bad in found.bad] == [1, 2, 3, 4]


@pytest.mark.parametrize("mappings", [None, PRESETS])
def test_thousands_of_tiny_lines_are_one_piece_as_good_as_any(tmp_path, mappings):
    items = [call(event="a", userId="b", timestamp=1_735_689_600_000 + place) for place in range(13_000)]
    found = read(tmp_path, mappings, *items)
    assert (len(found.calls), found.bad) == (13_000, [])


def test_a_line_of_too_many_parts_costs_only_itself(tmp_path):
    huge = call(event="huge", properties={"list": [0] * 600_000})
    found = read(tmp_path, None, call(event="A"), huge, call(event="B"))
    assert [each.event for each in found.calls] == ["A", "B"]
    assert "at most" in found.bad[0].reason


def test_an_import_asks_for_the_mappings_of_its_product_and_tables_do_without(tmp_path):
    lines, rows = tmp_path / "lines.jsonl", tmp_path / "rows.csv"
    lines.write_text(json.dumps(call(event="report.created")) + "\n" + json.dumps(call(type="page")) + "\n")
    rows.write_bytes(past.as_csv([("track", "report.created", AT, "bob")]))
    with open_imports(tmp_path / "data") as (imports, counting):
        imports.close()
        mapped = Imports(
            tmp_path / "data" / "imports", counting.journal, counting.loader.wait_for, {1: Wanted(RENAMED)}.__getitem__
        )
        mapped.open()
        done = brought_in(mapped, lines)
        assert (done.status, done.accepted, done.left_out, done.rows) == ("done", 1, 1, 2)
        assert brought_in(mapped, rows).accepted == 1
        mapped.close()
        assert past.found(counting) == {
            ("ann", "Report_Created", "2025-03-01"): 1, ("bob", "report.created", "2025-03-01"): 1,
        }  # fmt: skip


def test_a_full_product_takes_no_new_names_from_a_file(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(past.as_csv([("track", "Known", AT, "ann"), ("track", "New", AT, "ann")]))
    wanted = Wanted(events=frozenset({"Known"}))
    with open_imports(tmp_path / "data") as (imports, counting):
        imports.close()
        full = Imports(tmp_path / "data" / "imports", counting.journal, counting.loader.wait_for, lambda _: wanted)
        full.open()
        done = brought_in(full, path)
        full.close()
    assert (done.accepted, done.rejected_rows) == (1, 1)
    assert "as many as it may have" in next(iter(done.rejected))


def test_mappings_and_names_may_be_longer_than_an_argument_of_a_command(tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_text(json.dumps(call(event="report.created")) + "\n")
    names = frozenset(f"A rather long name of an event, number {number}" for number in range(5_000))
    wanted = Wanted(RENAMED, events=names | {"Report_Created"})
    with open_imports(tmp_path / "data") as (imports, counting):
        imports.close()
        long = Imports(tmp_path / "data" / "imports", counting.journal, counting.loader.wait_for, lambda _: wanted)
        long.open()
        assert brought_in(long, path).accepted == 1
        long.close()
