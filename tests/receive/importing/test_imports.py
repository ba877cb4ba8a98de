"""Imports of a data folder: every form, once, with the bad rows beside."""

import csv
from pathlib import Path

import msgspec
import pytest

from accoil.count import ids, people
from accoil.refused import Refused
from tests.receive.importing import past
from tests.receive.importing.running import brought_in, finished

N = 20_000

FORMS = {
    "csv": past.as_csv,
    "csv in another order": lambda given: past.as_csv(given, ("user_id", "timestamp", "name", "type")),
    "csv with semicolons": lambda given: past.as_csv(given, delimiter=";"),
    "lines": past.as_lines,
    "segment": past.as_segment,
}


@pytest.mark.parametrize("packing", past.PACKINGS)
@pytest.mark.parametrize("form", FORMS)
def test_every_form_in_every_packing_comes_to_the_same(opened, tmp_path, form, packing):
    imports, counting = opened
    path = tmp_path / "past"
    path.write_bytes(past.PACKINGS[packing](FORMS[form](past.rows(N))))
    done = brought_in(imports, path)
    assert (done.status, done.accepted, done.rejected, done.failure) == ("done", N, {}, None)
    assert (done.done, done.line) == (done.size, N + (2 if form.startswith("csv") else 1))
    assert past.found(counting) == past.counted(past.rows(N))
    assert not Path(done.errors).exists()


def test_twice_counts_once_and_so_do_two_forms_of_the_same(opened, tmp_path):
    imports, counting = opened
    table, lines = tmp_path / "past.csv", tmp_path / "past.jsonl"
    table.write_bytes(past.as_csv(past.rows(N)))
    lines.write_bytes(past.as_lines(past.rows(N)))
    assert [brought_in(imports, path).accepted for path in (table, table, lines)] == [N] * 3
    assert past.found(counting) == past.counted(past.rows(N))


def test_users_and_groups_bring_traits_and_memberships(opened, tmp_path):
    imports, _ = opened
    groups, users = tmp_path / "groups.csv", tmp_path / "users.csv"
    groups.write_text(
        "group_id,user_id,timestamp,traits\n"
        'acme,ann,2025-03-01,"{""name"": ""Acme"", ""mrr"": 500000}"\n'
        "acme,bob,2025-03-02,\n"
        'acme,,2025-03-03,"{""plan"": ""pro""}"\n'
    )
    users.write_text('user_id,timestamp,traits\nann,2025-03-01,"{""email"": ""ann@acme.example""}"\n')
    assert [brought_in(imports, path).shape.kind for path in (groups, users)] == ["groups", "users"]
    health = people.health(1)
    assert (health["users"], health["accounts"], health["users_without_account"]) == (2, 1, 0)
    assert people.traits(1, "account", ids.id_of(1, ids.ACCOUNT, "acme")) == {
        "name": "Acme", "mrr": 500000, "plan": "pro",
    }  # fmt: skip
    assert people.traits(1, "user", ids.id_of(1, ids.USER, "ann")) == {"email": "ann@acme.example"}


def test_bad_rows_stand_beside_the_file_and_can_be_mended_there(opened, tmp_path):
    imports, counting = opened
    given = list(past.rows(60_000))
    spoilt = {
        17: ("track", "", given[17][2], "u"),
        30_000: ("track", "x", "soon", "u"),
        59_999: ("track", "y", "", "u"),
    }
    path = tmp_path / "past.csv"
    path.write_bytes(past.as_csv(spoilt.get(i, row) for i, row in enumerate(given)))
    done = brought_in(imports, path)
    assert (done.status, done.accepted, done.rejected_rows) == ("done with errors", 59_997, 3)
    assert done.errors == str(tmp_path / "past.csv.errors.csv")
    with Path(done.errors).open(newline="") as file:
        header, *bad = csv.reader(file)
    assert header == ["line", "reason", *past.COLUMNS]
    assert [(int(line), tuple(row)) for line, _, *row in bad] == [(i + 2, row) for i, row in spoilt.items()]
    assert {reason: 1 for _, reason, *_ in bad} == done.rejected

    mended = Path(done.errors)
    with mended.open("w", newline="") as file:
        csv.writer(file).writerows([header, *([line, reason, *given[int(line) - 2]] for line, reason, *_ in bad)])
    assert brought_in(imports, mended).accepted == 3
    assert past.found(counting) == past.counted(given)


def test_an_error_file_of_before_goes_when_nothing_is_wrong_any_more(opened, tmp_path):
    imports, _ = opened
    path = tmp_path / "past.csv"
    path.write_text("name,timestamp,user_id\na,soon,u\n")
    errors = Path(brought_in(imports, path).errors)
    assert errors.exists()
    path.write_text("name,timestamp,user_id\na,2025-03-01,u\n")
    assert brought_in(imports, path).status == "done"
    assert not errors.exists()


def test_a_wrong_shape_is_told_and_nothing_is_written(opened, tmp_path):
    imports, counting = opened
    path = tmp_path / "past.csv"
    path.write_text("name,timestamp,user_id,colour\na,2025-03-01,u,red\n")
    done = brought_in(imports, path)
    assert (done.status, counting.journal.last) == ("failed", 0)
    assert "`colour`" in done.failure
    with pytest.raises(Refused, match="is not there"):
        imports.start(tmp_path / "nothing", 1)


def test_they_wait_for_each_other_and_one_that_waits_can_be_stopped(opened, tmp_path):
    imports, counting = opened
    paths = [past.write(tmp_path / f"{n}.csv", past.rows(40_000, n * 40_000)) for n in range(3)]
    started = [imports.start(path, 1) for path in paths]
    assert imports.start(paths[1], 1).id == started[1].id  # on its way already
    imports.stop(started[2].id)
    assert [finished(imports, each).status for each in started] == ["done", "done", "failed"]
    assert past.found(counting) == past.counted(past.rows(80_000))
    assert brought_in(imports, paths[2]).status == "done"
    assert past.found(counting) == past.counted(past.rows(120_000))
    assert [each.id for each in imports.all(1)] == [started[2].id, started[1].id, started[0].id]
    assert imports.all(2) == []


def test_one_that_was_done_before_it_could_be_stopped_stays_done(opened, tmp_path, monkeypatch):
    imports, _ = opened
    done = brought_in(imports, past.write(tmp_path / "past.csv", past.rows(10)))
    monkeypatch.setattr(imports, "get", lambda id: msgspec.structs.replace(done, status="queued"))  # a moment ago
    assert imports.stop(done.id).status == "done"
