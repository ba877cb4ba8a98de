"""`accoil demo` as a person runs it: once, twice, interrupted, served."""

from __future__ import annotations

import json
import stat
import time
import urllib.request
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accoil.demo import start
from accoil.demo.memory import EMAIL, SEED, Memory
from accoil.demo.tell import first_day, told
from accoil.score.models import Profile
from accoil.team.models import IngestKey, Member, Product, User
from tests import whole
from tests.demo.looking import NOW


def expected(data: Path) -> tuple[Counter[str], int, int]:
    """Events by name, users and accounts that should be there, from what the demo remembers."""
    memory = Memory.recall(data / "demo.json", 1, 1, NOW)
    assert memory.until is not None
    life = list(told(memory.company(), memory.until))
    events = Counter(m.get("event") or f"Viewed {m['name']}" for m in life if m["type"] in ("track", "page"))
    return events, len({m["userId"] for m in life}), len({m["groupId"] for m in life if m["type"] == "group"})


def assert_exact(data: Path) -> None:
    events, users, accounts = expected(data)
    with whole.counted(data):
        health = whole.health()
        assert (health["events"], health["users"], health["accounts"]) == (events.total(), users, accounts)
        assert whole.events(datetime.now(UTC).date() + timedelta(days=1)) == events


def test_it_is_counted_exactly_and_later_runs_change_nothing_whatever_size_they_ask_for(tmp_path: Path) -> None:
    words = ("demo", "--no-serve", "--users", "150", "--days", "14")
    first = whole.accoil(tmp_path, *words)
    assert first.returncode == 0, first.stderr
    assert_exact(tmp_path)
    second = whole.accoil(tmp_path, *words)
    assert second.returncode == 0, second.stderr
    assert_exact(tmp_path)
    assert EMAIL in first.stdout
    assert first.stdout.splitlines()[-2:] == second.stdout.splitlines()[-2:], "the same address and sign-in"
    larger = whole.accoil(tmp_path, "demo", "--no-serve", "--users", "200", "--days", "14")
    assert "The demo of 150 users and 14 days stays" in larger.stdout
    assert_exact(tmp_path)


def test_killed_on_its_way_it_is_finished_by_the_next_run(tmp_path: Path) -> None:
    words = ("demo", "--no-serve", "--users", "1500", "--days", "28")
    journal = tmp_path / "journal.sqlite3-wal"
    killed = whole.begin(tmp_path, *words)
    until = time.monotonic() + whole.PATIENCE
    while not (journal.exists() and journal.stat().st_size > 200_000):  # some of it is there, and some is not
        assert killed.poll() is None and time.monotonic() < until
        time.sleep(0.005)
    killed.kill()
    killed.communicate()
    assert json.loads((tmp_path / "demo.json").read_text())["until"] is None
    again = whole.accoil(tmp_path, *words)
    assert again.returncode == 0, again.stderr
    assert_exact(tmp_path)


def test_it_serves_until_it_is_stopped(tmp_path: Path) -> None:
    port = whole.free_port()
    serving = whole.begin(tmp_path, "demo", "--users", "40", "--days", "7", "--port", str(port))
    assert serving.stdout is not None
    said = []
    for line in serving.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            break
    assert f"http://127.0.0.1:{port}" in "".join(said)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
        assert answer.status == 200
    serving.terminate()
    _, wrong = serving.communicate(timeout=whole.PATIENCE)
    assert serving.returncode == 0
    assert "Traceback" not in wrong
    assert_exact(tmp_path)


# --- what it remembers, and makes ---


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory.recall(tmp_path / "demo.json", 100, 30, NOW)


def test_what_it_remembers_is_kept_for_its_owner_only(memory: Memory) -> None:
    memory.told(NOW).keep()
    memory.told(NOW).keep()
    assert stat.S_IMODE(memory.path.stat().st_mode) == 0o600
    assert Memory.recall(memory.path, 7, 7, NOW + timedelta(days=9)) == memory.told(NOW)


def test_it_tells_more_only_when_time_has_passed(memory: Memory) -> None:
    assert not memory.is_fresh(NOW)
    assert memory.told(NOW).is_fresh(NOW + timedelta(minutes=59))
    assert not memory.told(NOW).is_fresh(NOW + timedelta(minutes=61))


def test_the_company_it_remembers_is_the_one_that_was_told(memory: Memory) -> None:
    company = memory.company()
    assert (company.first, company.days, len(company.people)) == (first_day(30, NOW), 30, 100)
    assert company.seed == SEED


@pytest.mark.django_db
def test_team_owner_key_and_profiles_are_made_once(memory: Memory) -> None:
    key, _ = start._prepare(memory)
    assert start._prepare(memory.told(NOW)) == (key, memory.told(NOW))
    product = Product.objects.get(name="Ledgerly")
    assert IngestKey.objects.get(product=product).key == key
    assert [profile.name for profile in Profile.objects.filter(product=product)] == [
        "All Users",
        "Getting Started",
        "Power Features",
    ]
    assert Member.objects.get(team=product.team).user.email == EMAIL
    assert product.time_zone == "Europe/London"


@pytest.mark.django_db
def test_what_people_change_in_the_demo_stays_changed(memory: Memory) -> None:
    start._prepare(memory)
    Profile.objects.get(name="All Users").rename("Everybody")
    start._prepare(memory.told(NOW))
    assert Profile.objects.count() == 3
    user = User.objects.get(email=EMAIL)
    assert start._password(memory) == memory.password
    user.set_password("something else entirely")
    user.save()
    assert start._password(memory) == "and the password you have set since"


@pytest.mark.django_db
def test_a_new_database_is_told_everything_again(memory: Memory) -> None:
    _, prepared = start._prepare(memory.told(NOW))
    assert prepared.until is None
