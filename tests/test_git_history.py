"""The example on a small real repository, run as a person would run it, with the real Segment library."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests import whole
from tests.recording import HANG_UP, Recording, recording
from tests.repository import ADA, Repository, alone

EXAMPLE = Path(__file__).parent.parent / "examples" / "git_history.py"
KEY = "0123456789abcdef0123456789abcdef"

BEN = ("Ben Łukasik", "ben@northgate.example")
CLEO = ("Cleo Quinn", "cleo@gmail.com")
DAN = ("dan", "dan@workstation")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


@pytest.fixture
def door() -> Iterator[Recording]:
    with recording() as door:
        yield door


def run(repository: Path, host: str, *words: str, key: str = KEY) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLE), str(repository), "--host", host, "--key", key, *words]
    return subprocess.run(command, env=alone(), capture_output=True, text=True, timeout=60)


def sent(repository: Repository, door: Recording, *words: str) -> str:
    done = run(repository.folder, door.host, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def tracks(door: Recording) -> list[dict[str, object]]:
    return [message for message in door.by_id().values() if message["type"] == "track"]


def test_commits_become_events_of_their_author_at_their_time(repository: Repository, door: Recording) -> None:
    first = repository.commit("feat: count things", "2026-03-01", ADA)
    second = repository.commit("Fixed #12 -- counted twice", "2026-03-02", BEN)
    told = sent(repository, door)
    assert [(m["messageId"], m["userId"], m["event"], m["timestamp"]) for m in tracks(door)] == [
        (first, "ada@northgate.example", "Feature_Added", "2026-03-01T02:00:00.000+00:00"),
        (second, "ben@northgate.example", "Bug_Fixed", "2026-03-02T02:00:00.000+00:00"),
    ]
    assert "Sent 2 commits of 2 people in 1 organisations" in told
    assert "accoil apply" in told


def test_people_are_introduced_with_their_name_and_their_organisation(repository: Repository, door: Recording) -> None:
    repository.commit("one", "2026-03-01", BEN)
    repository.commit("two", "2026-03-01", CLEO)
    repository.commit("three", "2026-03-01", DAN)
    repository.commit("four", "2026-03-02", BEN)
    sent(repository, door)
    assert [m["type"] for m in door.taken] == ["identify", "group", "track"] + ["identify", "track"] * 2 + ["track"]
    people = {m["userId"]: m["traits"]["name"] for m in door.taken if m["type"] == "identify"}
    assert people == {"ben@northgate.example": "Ben Łukasik", "cleo@gmail.com": "Cleo Quinn", "dan@workstation": "dan"}
    assert [(m["userId"], m["groupId"]) for m in door.taken if m["type"] == "group"] == [
        ("ben@northgate.example", "northgate.example")
    ], "a public mail address or a machine's name is no organisation"


def test_mailmap_joins_the_addresses_of_one_person(repository: Repository, door: Recording) -> None:
    repository.commit("one", "2026-03-01", ADA)
    repository.commit("two", "2026-03-02", ("ada", "ada@home.example"))
    (repository.folder / ".mailmap").write_text("Ada Obi <ada@northgate.example> <ada@home.example>\n")
    sent(repository, door)
    assert {m["userId"] for m in tracks(door)} == {"ada@northgate.example"}


KINDS = {
    "fix(api)!: no more nulls": "Bug_Fixed",
    "[5.2.x] Fixed #3 -- a crash in the test client": "Bug_Fixed",
    "docs: how to": "Docs_Written",
    "Update README": "Docs_Written",
    "test: the odd case": "Test_Added",
    "Add tests for the odd case": "Test_Added",
    "refactor: shorter": "Refactoring_Done",
    "Remove what nobody used": "Refactoring_Done",
    "feat(ui): dark mode": "Feature_Added",
    "Adding dark mode": "Feature_Added",
    "chore(deps): bump things": "Chore_Done",
    'Revert "feat: dark mode"': "Commit_Reverted",
    "Release 2.0": "Release_Tagged",
    "v1.2.3": "Release_Tagged",
    "Address review": "Commit_Made",
    "": "Commit_Made",
    "\N{BUG} Käfer \x1f weg": "Commit_Made",
}


def test_the_kind_of_a_commit_names_the_event(repository: Repository, door: Recording) -> None:
    made = {}
    for subject, event in KINDS.items():
        repository.git("commit", "--quiet", "--allow-empty", "--allow-empty-message", "-m", subject)
        made[repository.git("rev-parse", "HEAD")] = event
    sent(repository, door)
    assert {m["messageId"]: m["event"] for m in tracks(door)} == made


def test_merges_and_tags_are_seen(repository: Repository, door: Recording) -> None:
    repository.commit("first", "2026-03-01")
    repository.git("switch", "--quiet", "-c", "side")
    repository.commit("aside", "2026-03-02", BEN)
    repository.git("switch", "--quiet", "main")
    repository.commit("main goes on", "2026-03-03")
    repository.git("merge", "--quiet", "--no-edit", "side", day="2026-03-04")
    repository.commit("last touches", "2026-03-05")
    repository.git("tag", "v1")
    sent(repository, door)
    assert Counter(m["event"] for m in tracks(door)) == {"Commit_Made": 3, "Merge_Made": 1, "Release_Tagged": 1}


def test_a_second_run_repeats_the_same_ids_and_adds_only_new_commits(repository: Repository, door: Recording) -> None:
    repository.commit("one", "2026-03-01", ADA)
    repository.commit("two", "2026-03-02", BEN)
    sent(repository, door)
    before = door.by_id()
    sent(repository, door)
    assert len(door.taken) == 2 * len(before)
    assert door.by_id() == before
    new = repository.commit("three", "2026-03-03", BEN)
    sent(repository, door)
    assert set(door.by_id()) - set(before) == {new}


def test_since_leaves_out_what_is_older(repository: Repository, door: Recording) -> None:
    repository.commit("old", "2024-03-01")
    new = repository.commit("new", "2026-03-01")
    sent(repository, door, "--since", "2025-01-01")
    assert [m["messageId"] for m in tracks(door)] == [new]


def test_nothing_is_lost_when_the_server_is_busy_or_hangs_up(tmp_path: Path, door: Recording) -> None:
    count = 10_500  # more than the library's own queue holds
    repository = Repository(tmp_path)
    lines = [
        f"commit refs/heads/main\ncommitter Ada <ada@northgate.example> {1_700_000_000 + n} +0000\ndata 1\nx\n"
        for n in range(count)
    ]
    subprocess.run(
        ["git", "fast-import", "--quiet"], env=alone(), cwd=tmp_path, input="".join(lines), text=True, check=True
    )
    door.answers.extend([200, HANG_UP, 503, 200, 429])
    door.retry_after = "1"
    told = sent(repository, door)
    assert len(tracks(door)) == count
    assert f"Sent {count:,} commits" in told


def test_the_real_server_counts_each_commit_once_however_often_it_is_sent(tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    repository, data = Repository(tmp_path / "repository"), tmp_path / "data"
    people = [ADA, BEN, CLEO, DAN]
    for number, (subject, _) in enumerate(KINDS.items()):
        repository.commit(subject or "Release 3.0", f"2026-03-{number + 1:02}", people[number % 4])
    with whole.serving(data) as (host, key):
        once, twice = (run(repository.folder, host, key=key) for _ in range(2))
        assert once.returncode == twice.returncode == 0, once.stderr + twice.stderr
    with whole.counted(data):
        health = whole.health()
        counts = whole.events(date(2026, 3, 28))
    assert counts == Counter([event for subject, event in KINDS.items() if subject] + ["Release_Tagged"])
    assert (health["events"], health["users"], health["accounts"]) == (len(KINDS), 4, 1)
    assert (health["users_without_account"], health["accounts_without_name"]) == (2, 0)


# --- what can be wrong ---


def test_a_wrong_key_is_said(repository: Repository, door: Recording) -> None:
    repository.commit("one", "2026-03-01")
    door.answers.append(401)
    done = run(repository.folder, door.host)
    assert done.returncode == 1
    assert "Not all of it arrived" in done.stderr and "said 401" in done.stderr
    assert "Sent" not in done.stdout


def test_an_empty_repository_is_said(repository: Repository, door: Recording) -> None:
    assert "has no commits yet" in sent(repository, door)
    assert not door.requests


def test_a_folder_that_is_no_repository_is_said(tmp_path: Path, door: Recording) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        done = run(folder, door.host)
        assert done.returncode == 1
        assert f"{folder} cannot be read as a git repository" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_server_that_is_not_there_is_said_at_once(repository: Repository) -> None:
    repository.commit("one", "2026-03-01")
    with recording() as gone:
        host = gone.host
    done = run(repository.folder, host)
    assert done.returncode == 1
    assert f"Nothing answers at {host}" in done.stderr
    assert "Traceback" not in done.stderr
