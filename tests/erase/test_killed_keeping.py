"""A server that is killed while days go that are no longer kept ends it when it is there again."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accoil import control
from tests.journey.mortal import Mortal, mortal
from tests.journey.test_kill import insist
from tests.traffic import DAYS, FIRST, traffic
from tests.waiting import until
from tests.whole import accoil, env, rows

KILLS = 1  # starting again takes longest
KEPT = (FIRST + timedelta(days=DAYS * 2 // 3)).date()
BEGIN = """
import sys
from datetime import date
import django
django.setup()
from accoil.erase.retention import Going, begin
from accoil.team.models import Product
begin(Product.objects.get(), Going(date.fromisoformat(sys.argv[1]), 1, 1, 0, None))
"""


def state(server: Mortal) -> str:
    return str(rows(server.data, "select state from erase_retention")[0][0])


def kept(checksums: Any) -> list[Any]:
    return [row for row in checksums if row["day"] >= str(KEPT)]


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 12))])
def test_killed_at_any_moment_it_is_done_in_the_end_and_no_later_day_is_another(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    with mortal(tmp_path / "data") as server:
        insist(server.door, traffic(seed, 3_000, users=20))
        before = control.ask(server.data, "checksums")
        subprocess.run([sys.executable, "-c", BEGIN, str(KEPT)], env=env(server.data), check=True)
        for _ in range(KILLS):
            time.sleep(dice.uniform(0, 1.2))  # no condition to await: the moment is to be any
            server.kill()
            server.start()
        until(lambda: state(server) == "done")
        after = control.ask(server.data, "checksums")
        assert 0 < len(kept(before)) < len(before)
        assert kept(after) == kept(before)
        assert sum(row["messages"] for row in after) == sum(row["messages"] for row in before)
        assert server.stop() == 0
        assert accoil(server.data, "mend").returncode == 0
        server.start()
        assert control.ask(server.data, "rebuild") == after
