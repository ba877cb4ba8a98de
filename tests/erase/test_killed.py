"""A server that is killed in the middle of a deletion ends it when it is there again."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from accoil import control
from accoil.receive.encoding import decoded
from tests.journey.mortal import Mortal, mortal
from tests.journey.test_kill import insist
from tests.traffic import expected, traffic
from tests.waiting import until
from tests.whole import accoil, env, rows

KILLS = 2  # starting again takes longest
BEGIN = """
import sys
import django
django.setup()
from accoil.erase.asking import begin
from accoil.team.models import Product
begin(Product.objects.get(), "user", sys.argv[1], [sys.argv[1]])
"""


def begin(server: Mortal, user: str) -> None:
    subprocess.run([sys.executable, "-c", BEGIN, user], env=env(server.data), check=True)


def state(server: Mortal) -> str:
    return str(rows(server.data, "select state from erase_erasure")[0][0])


def users_in_journal(data: Path) -> set[str]:
    with sqlite3.connect(data / "journal.sqlite3") as journal:
        blocks = [decoded(facts) for (facts,) in journal.execute("select facts from block").fetchall()]
    return {user for block in blocks for user in block["user"].to_pylist() if user}


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 12))])
def test_killed_at_any_moment_it_is_done_in_the_end_and_nobody_else_is_missing(tmp_path: Path, seed: int) -> None:
    items, dice = traffic(seed, 3_000, users=20), random.Random(seed)
    with mortal(tmp_path / "data") as server:
        insist(server.door, items)
        user = next(item["userId"] for item in items if item.get("userId"))
        begin(server, user)
        for _ in range(KILLS):
            time.sleep(dice.uniform(0, 1.2))  # no condition to await: the moment is to be any
            server.kill()
            server.start()
        until(lambda: state(server) == "done")
        others = [item for item in items if item.get("userId") != user]
        assert server.door.counts() == expected(others)
        before = control.ask(server.data, "checksums")
        assert server.stop() == 0
        assert accoil(server.data, "mend").returncode == 0
        assert user not in users_in_journal(server.data)
        server.start()
        assert control.ask(server.data, "rebuild") == before
