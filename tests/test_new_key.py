"""Changing the secret key: every secret is read with the new one, and who was deleted stays deleted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.whole import PATIENCE, accoil, begun, env, serving

OLD, NEW = "o" * 40, "n" * 40

FILL = """
import django; django.setup()
from accoil.connect.models import Connection
from accoil.erase import suppression
from accoil.erase.models import Erasure
from accoil.team.models import IngestKey, Product
product = Product.objects.get()
IngestKey.objects.update(secret="of a key")
Connection.objects.create(team=product.team, tool="intercom", secret='{"token": "of a tool"}')
gone = Erasure.objects.create(product=product, kind="user", state="done", digest="x")
suppression.add(gone, "ann")
"""
TELL = """
import django; django.setup()
from accoil.connect.models import Connection
from accoil.erase import suppression
from accoil.team.models import IngestKey, Product
product = Product.objects.get().pk
known = suppression.of(product)
print(IngestKey.objects.get().secret, Connection.objects.get().secrets, known.has_user("ann"), known.has_user("bob"))
"""
SAVE = """
import django; django.setup()
from accoil.team.models import IngestKey
IngestKey.objects.update(secret="of a key")
"""
FORGET_KEYS = """
import django; django.setup()
from accoil.erase.models import SuppressionKey
SuppressionKey.objects.all().delete()
"""
ALL = "of a key {'token': 'of a tool'} True False\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    begun(tmp_path / "data")
    return tmp_path / "data"


def run(data: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], env=env(data, **settings), capture_output=True, text=True, timeout=PATIENCE
    )


def told(data: Path, **settings: str) -> str:
    return run(data, "-c", TELL, **settings).stdout


def test_the_key_in_the_data_folder(data: Path) -> None:
    assert run(data, "-c", FILL).returncode == 0
    before = (data / "secret_key").read_text()
    done = accoil(data, "secret-key")
    assert done.returncode == 0, done.stderr
    assert "secrets are encrypted with the new key" in done.stdout
    assert (data / "secret_key").read_text() != before
    assert (data / "secret_key").stat().st_mode & 0o777 == 0o600
    assert told(data) == ALL
    assert told(data, ACCOIL_SECRET_KEY=before) != ALL
    assert accoil(data, "secret-key").returncode == 0  # once more: the hashes' key goes along
    assert told(data) == ALL


def test_killed_before_the_new_key_took_the_old_ones_place(data: Path) -> None:
    assert run(data, "-c", FILL).returncode == 0
    before = (data / "secret_key").read_text()
    assert accoil(data, "secret-key").returncode == 0
    (data / "secret_key").rename(data / "secret_key.new")
    (data / "secret_key").write_text(before)
    assert told(data) != ALL
    assert accoil(data, "secret-key").returncode == 0
    assert told(data) == ALL
    assert not (data / "secret_key.new").exists()


@pytest.mark.parametrize("left", ["", "shor\n"])
def test_a_draft_that_a_full_disk_left_is_no_key(data: Path, left: str) -> None:
    assert run(data, "-c", FILL).returncode == 0
    before = (data / "secret_key").read_text()
    (data / "secret_key.new").write_text(left)
    assert accoil(data, "secret-key").returncode == 0
    assert (data / "secret_key").read_text() not in ("", left, before)
    assert told(data) == ALL
    assert told(data, ACCOIL_SECRET_KEY=before) != ALL


def test_a_key_from_the_environment(data: Path) -> None:
    assert run(data, "-c", FILL, ACCOIL_SECRET_KEY=OLD).returncode == 0
    words = ("-m", "accoil", "secret-key", "--before", "UNTIL_NOW")
    wrong = run(data, *words, ACCOIL_SECRET_KEY=NEW, UNTIL_NOW="w" * 40)
    assert (wrong.returncode, "nothing was changed" in wrong.stderr) == (1, True)
    assert told(data, ACCOIL_SECRET_KEY=OLD) == ALL
    done = run(data, *words, ACCOIL_SECRET_KEY=NEW, UNTIL_NOW=OLD)
    assert done.returncode == 0, done.stderr
    assert told(data, ACCOIL_SECRET_KEY=NEW) == ALL


@pytest.mark.parametrize("by_an_older_version", [True, False])
def test_a_server_that_ran_with_the_new_key_first(data: Path, by_an_older_version: bool) -> None:
    assert run(data, "-c", FILL, ACCOIL_SECRET_KEY=OLD).returncode == 0
    if by_an_older_version:
        assert run(data, "-c", FORGET_KEYS, ACCOIL_SECRET_KEY=OLD).returncode == 0
    assert run(data, "-c", SAVE, ACCOIL_SECRET_KEY=NEW).returncode == 0
    words = ("-m", "accoil", "secret-key", "--before", "UNTIL_NOW")
    for _ in "12":
        done = run(data, *words, ACCOIL_SECRET_KEY=NEW, UNTIL_NOW=OLD)
        assert done.returncode == 0, done.stderr
        assert told(data, ACCOIL_SECRET_KEY=NEW) == ALL


def test_who_was_deleted_under_the_new_key_stays_deleted_when_the_command_is_given_again(data: Path) -> None:
    assert run(data, "-c", FILL, ACCOIL_SECRET_KEY=NEW).returncode == 0
    words = ("-m", "accoil", "secret-key", "--before", "UNTIL_NOW")
    assert run(data, *words, ACCOIL_SECRET_KEY=NEW, UNTIL_NOW=OLD).returncode == 0
    assert told(data, ACCOIL_SECRET_KEY=NEW) == ALL


def test_what_does_not_fit_together_is_refused(data: Path) -> None:
    for words, settings, says in [
        (("secret-key",), {"ACCOIL_SECRET_KEY": NEW}, "name the old one by --before"),
        (("secret-key", "--before", "OLD"), {}, "Set ACCOIL_SECRET_KEY to the new key"),
        (("secret-key", "--before", "OLD"), {"ACCOIL_SECRET_KEY": NEW}, "does not hold the key until now"),
    ]:
        refused = run(data, "-m", "accoil", *words, **settings)
        assert (refused.returncode, says in refused.stderr) == (1, True), refused.stderr


def test_not_while_a_server_runs(data: Path) -> None:
    with serving(data):
        refused = accoil(data, "secret-key")
    assert (refused.returncode, "Another Accoil process is using" in refused.stderr) == (1, True)
