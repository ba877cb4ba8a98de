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
from accoil.plan.model import FULL, PARTS, Asked, Prices, bounds, grown, most, plan, whole
from accoil.plan.words import lines

LOADS = st.builds(Asked, events_a_day=st.floats(1e3, 1e9), alike=st.floats(1, 20), per=st.integers(1, 1000),
                  months=st.floats(1, 60), look=st.integers(0, 500), cores=st.integers(1, 64))  # fmt: skip


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
    assert plan(asked, prices=Prices(0, 0, 0)).each_billion == 0
    once, twice = plan(asked, prices=Prices(2, 1, 1)).each_billion, plan(asked, prices=Prices(4, 2, 2)).each_billion
    assert twice == pytest.approx(2 * once, rel=0.01, abs=0.02)


def test_the_command_needs_no_data_folder_and_tells_the_same_as_json(tmp_path: Path) -> None:
    def run(*words: str) -> str:
        command = [sys.executable, "-m", "accoil", "plan", "--events", "2e7", *words]
        made = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
        assert made.returncode == 0, made.stderr
        return made.stdout

    asked = Asked(events_a_day=2e7)
    assert run().splitlines() == list(lines(asked, plan(asked)))
    told = json.loads(run("--json"))
    assert told["asked"]["events_a_day"] == 2e7
    assert told["plan"] == json.loads(msgspec.json.encode(plan(asked)))
    assert list(tmp_path.iterdir()) == []


def test_what_makes_no_sense_is_refused() -> None:
    for words in (["--events", "0"], ["--per", "0"], ["--machines", "ten"], ["--machines", "0"]):
        made = CliRunner().invoke(app, ["plan", *words])
        assert made.exit_code != 0, words


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
