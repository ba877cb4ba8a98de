"""What `accoil init` does, for one test after another: a process for each took a second.

python -m tests.browser.beginning, with ACCOIL_DATA: what is wanted comes in as a line of JSON, what was made goes out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

Beginning = Callable[..., dict[str, Any]]


@contextmanager
def beginning(data: Path) -> Iterator[Beginning]:
    """Makes teams, products and owners in a data folder: asked with the fields of Wanted, it tells those of Begun."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("ACCOIL_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.browser.beginning"], env={**own, "ACCOIL_DATA": str(data)}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert process.stdin and process.stdout
    asked, told = process.stdin, process.stdout

    def begin(**wanted: str) -> dict[str, Any]:
        asked.write(json.dumps(wanted) + "\n")
        asked.flush()
        made: dict[str, Any] = json.loads(told.readline())
        return made

    with process:  # which ends when nothing more is asked
        yield begin
        asked.close()


def name_of(request: pytest.FixtureRequest) -> str:
    """Of what a test has for itself; another when it is tried once more, since keys are told once."""
    tries = getattr(request.node, "execution_count", 1)
    return f"{request.node.name[:90]} {tries}" if tries > 1 else request.node.name[:100]


def answer() -> None:
    from accoil.start import start

    start()
    from accoil.team.beginning import Wanted, begin

    for line in sys.stdin:
        print(json.dumps(begin(Wanted(**json.loads(line))).as_json()), flush=True)


if __name__ == "__main__":
    answer()
