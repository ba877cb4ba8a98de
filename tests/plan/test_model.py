"""A plan: more of anything never needs less, and what is said to fit does fit."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from accoil.cli import app
from accoil.plan.measured import MEASURED
from accoil.plan.model import (
    BOOK_EVERY,
    DAYS_A_MONTH,
    FULL,
    LOOKED_AT,
    PARTS,
    Asked,
    Prices,
    _rows_asked,
    bounds,
    grown,
    most,
    plan,
    whole,
)
from accoil.plan.words import carried, lines

LOADS = st.builds(Asked, events_a_day=st.floats(1e3, 1e9), alike=st.floats(1, 20), per=st.integers(1, 1000),
                  months=st.floats(1, 60), look=st.integers(0, 500), cores=st.integers(1, 64))  # fmt: skip


def ran(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "accoil", "plan", *words], capture_output=True, text=True, cwd=folder)


@settings(max_examples=50, deadline=None)
@given(LOADS, st.floats(1.1, 10))
def test_more_events_never_need_less(asked: Asked, times: float) -> None:
    more = msgspec.structs.replace(asked, events_a_day=asked.events_a_day * times)
    for name, make in PARTS.items():
        some, greater = make(asked, MEASURED), make(more, MEASURED)
        assert (some.processes, some.cores, some.disk_gib) <= (greater.processes, greater.cores, greater.disk_gib), name
    assert all(bounds(more)[what] >= share for what, share in bounds(asked).items())
    assert all(whole(more)[what] >= share for what, share in whole(asked).items())


@settings(deadline=None)
@given(LOADS)
def test_every_receiver_but_one_may_carry_all(asked: Asked) -> None:
    part = PARTS["receivers"](asked, MEASURED)
    assert part.processes >= 2
    assert part.cores <= FULL * (part.processes - 1) + 1e-9


@pytest.mark.parametrize("machines", [3, 10, 100])
def test_the_most_that_machines_carry_fits_them_and_a_little_more_does_not(machines: int) -> None:
    carried = most(machines, Asked())
    assert plan(carried).nodes <= machines and max(bounds(carried).values()) <= 1
    more = grown(carried, 1.05)
    assert plan(more).nodes > machines or max(bounds(more).values()) > 1


@settings(deadline=None, max_examples=5)
@given(LOADS)
def test_prices_are_what_is_paid(asked: Asked) -> None:
    assert plan(asked, prices=Prices(0, 0, 0, 0)).each_billion == 0
    once, twice = (plan(asked, prices=Prices(2 * n, n, n, n)).each_billion for n in (1, 2))
    assert twice == pytest.approx(2 * once, rel=0.01, abs=0.02)


def test_a_cost_is_that_of_the_machines_that_are_named() -> None:
    asked = Asked(events_a_day=2e7, memory_gib=64)
    made = plan(asked, prices=Prices(core=3, memory_gib=2, gib=0.5, gib_sent=0))
    a_month = made.nodes * (8 * 3 + 64 * 2 + 1_000 * 0.5)
    assert made.nodes > 1
    assert made.each_billion == pytest.approx(a_month / (2e7 * DAYS_A_MONTH) * 1e9, abs=0.01)
    assert made.one_process_each_billion == pytest.approx(made.each_billion / made.nodes, abs=0.01)


def test_copies_need_machines_of_their_own() -> None:
    """Where so many do not fit, nothing is carried."""
    assert most(2, Asked(replicas=3)).events_a_day < 1
    assert plan(most(3, Asked(replicas=3))).nodes == 3


def test_every_product_that_is_looked_at_is_asked_by_itself() -> None:
    few = Asked(look=10_000)
    many = msgspec.structs.replace(few, events_a_day=20 * few.events_a_day, users=20 * few.users, products=20)
    assert whole(many)["other processors"] == pytest.approx(20 * whole(few)["other processors"], rel=0.01)


def test_who_looked_once_has_numbers_made_anew_for_a_minute() -> None:
    """So as many people as are there one after the other are there at once."""
    one, ten = Asked(look=1, products=100), Asked(look=10, products=100)
    assert whole(ten)["other processors"] == pytest.approx(10 * whole(one)["other processors"])
    anew = msgspec.structs.replace(MEASURED, duckdb_us_user=1e9)  # adding helps nothing
    asking = whole(one, anew)["other processors"] * FULL * (one.cores - 1)
    book = _rows_asked(one) * MEASURED.duckdb_us_row / 1e6
    assert asking == pytest.approx(LOOKED_AT / BOOK_EVERY * one.look * one.pages / 3600 * book)


def test_processes_of_pages_make_their_numbers_each_for_itself() -> None:
    dear = msgspec.structs.replace(MEASURED, page_ms=500)  # a process more for each page a second
    some, more = Asked(look=2_000), Asked(look=4_000)
    of = [
        (PARTS["pages"](each, dear).processes, PARTS["clickhouse"](each, dear).notes["cores_asking"])
        for each in (some, more)
    ]
    (few, asking), (many, greater) = of
    assert many > few
    assert greater == pytest.approx(asking * many / few)


def test_the_command_needs_no_data_folder_and_tells_the_same_as_json(tmp_path: Path) -> None:
    def run(*words: str) -> str:
        made = ran(tmp_path, "--events", "2e7", *words)
        assert made.returncode == 0, made.stderr
        return made.stdout

    asked = Asked(events_a_day=2e7)
    assert run().splitlines() == list(lines(asked, plan(asked)))
    told = json.loads(run("--json"))
    assert told["asked"]["events_a_day"] == 2e7
    assert told["plan"] == json.loads(msgspec.json.encode(plan(asked)))
    assert list(tmp_path.iterdir()) == []


def test_what_makes_no_sense_is_refused() -> None:
    for words in (["--events", "0"], ["--per", "0"]):
        assert CliRunner().invoke(app, ["plan", *words]).exit_code == 2, words


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--machines", "ten"], "is no list of numbers"),
        (["--machines", "0"], "is no list of numbers"),
        (["--events", "inf"], "is no number of events"),
        (["--against", "none.json"], "is not what `accoil bench several` prints"),
        (["--against", "other.json"], "is not what `accoil bench several` prints"),
    ],
)
def test_what_is_refused_is_told_in_a_sentence(tmp_path: Path, words: list[str], says: str) -> None:
    (tmp_path / "none.json").write_text("no JSON")
    (tmp_path / "other.json").write_text('{"batches": 1}')
    made = ran(tmp_path, *words)
    assert made.returncode == 1
    assert says in made.stderr and "Traceback" not in made.stderr


def test_what_machines_carry_is_told_as_json_too_and_at_the_prices_that_are_given(tmp_path: Path) -> None:
    told = json.loads(ran(tmp_path, "--machines", "1,3", "--json").stdout)
    assert told["asked"] == msgspec.to_builtins(Asked())
    assert told["carried"] == msgspec.to_builtins(list(carried([1, 3], Asked(), Prices())))
    free = ["--core-price", "0", "--memory-price", "0", "--disk-price", "0", "--sent-price", "0"]
    told = json.loads(ran(tmp_path, "--machines", "1,3", "--json", *free).stdout)
    assert [row["each_billion"] for row in told["carried"]] == [0, 0]


def test_nobody_who_looks_is_a_load_as_well() -> None:
    made = CliRunner().invoke(app, ["plan", "--look", "0", "--events", "1"])
    assert made.exit_code == 0, made.output


def test_one_process_adds_events_to_books_until_they_are_too_many() -> None:
    few = Asked(events_a_day=1e6, users=20_000, look=2_000)
    many = msgspec.structs.replace(few, events_a_day=3e9)
    dearer = msgspec.structs.replace(MEASURED, duckdb_us_user=2 * MEASURED.duckdb_us_user)
    asking = "other processors"
    assert whole(few, dearer)[asking] == pytest.approx(2 * whole(few)[asking])
    assert whole(many, dearer)[asking] == whole(many)[asking]
