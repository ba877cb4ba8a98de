"""ClickHouse's own engine answers the product's questions as DuckDB does: tests of the numbers, which compare them with
the reference, run once more in a process where every question is asked of both. What is shown that way is what
docs/reference/engines.md says is shown."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clickhouse import listed, served

QUICK = ["tests/clickhouse/everything.py", "tests/clickhouse/later.py"]
MORE = [*QUICK, "tests/count", "tests/rule", "tests/score", "tests/segment"]  # of the long runs


def test_every_question_stands_on_the_page_once() -> None:
    alike, of_loads = listed.on_page()
    assert sorted([*alike, *of_loads]) == sorted(listed.of_product())
    assert {each.rsplit(".", 1)[0] for each in of_loads} <= listed.OF_LOADS


@pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING))
@pytest.mark.xdist_group("clickhouse")
def test_answers_are_the_same(tmp_path: Path) -> None:
    alike, _ = listed.on_page()
    assert set(alike) ^ answered_alike(QUICK, tmp_path) == set()


@pytest.mark.soak
@pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING))
def test_answers_are_the_same_in_all_tests_of_numbers(tmp_path: Path) -> None:
    alike, _ = listed.on_page()
    assert answered_alike(MORE, tmp_path, RANDOM_WORLDS="60") - set(alike) == set()


def answered_alike(tests: list[str], folder: Path, **more: str) -> set[str]:
    """The questions that these tests ask. None was answered otherwise."""
    asked = folder / "asked"
    environment = {**os.environ, "RANDOM_WORLDS": "4", **more, "BOTH_ASKED": str(asked), "PYTHONPATH": str(listed.ROOT)}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.clickhouse.both",
        "-m",
        "not soak",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run([*command, *tests], cwd=listed.ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    return {each for each in asked.read_text().split() if "/" not in each}
