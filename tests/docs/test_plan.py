"""docs/reference/plan.md: what it shows is what the command prints, from the figures that it lists."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from accoil.cli import app
from accoil.plan.measured import DATE, MACHINE, MEASURED

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "plan.md").read_text()
SHOWN = re.findall(r"^    \$ (accoil plan .+)\n((?:(?:    (?!\$ ).*)?\n)+)", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("command", "printed"), SHOWN)
def test_each_plan_on_the_page_is_what_is_printed(command: str, printed: str) -> None:
    made = CliRunner().invoke(app, shlex.split(command)[1:])
    assert made.exit_code == 0
    assert [line.strip() for line in printed.strip().splitlines()] == [
        line.strip() for line in made.output.splitlines()
    ]


def test_there_are_some() -> None:
    assert len(SHOWN) >= 4


def test_the_page_lists_every_figure_with_its_value_and_where_it_is_from() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| ([\d.,]+) [^|]+ \| [^|]{3,} \|$", PAGE, re.MULTILINE))
    assert told == {name: f"{getattr(MEASURED, name):,g}" for name in MEASURED.__struct_fields__}
    assert DATE in PAGE and MACHINE in PAGE


def test_the_page_names_every_option() -> None:
    options = re.findall(r"--[a-z-]+", CliRunner().invoke(app, ["plan", "--help"]).output)
    assert set(options) - {"--help", "--data"} <= set(re.findall(r"`(--[a-z-]+)", PAGE))
