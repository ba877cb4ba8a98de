"""`accoil doctor` finds what goes wrong most often: each is made for real, found, and its sentence says what to do."""

from __future__ import annotations

import fcntl
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import pytest

from accoil.receive.calls import Call
from accoil.receive.journal import Journal
from accoil.receive.posting import NAME
from tests import mailbox
from tests.journey.disks import fill, small_disk
from tests.journey.mortal import mortal
from tests.whole import PATIENCE, begun, free_port

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Of a server that does not run."""
    begun(tmp_path / "data")
    return tmp_path / "data"


def doctor(data: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return ran(data, "doctor", *words, **settings)


def ran(data: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    own = {key: value for key, value in os.environ.items() if not key.startswith("ACCOIL_")}
    return subprocess.run(
        [sys.executable, "-m", "accoil", *words],
        env={**own, "ACCOIL_DATA": str(data), **settings}, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip


def found(data: Path, what: str, *words: str, **settings: str) -> str:
    """The sentence about it, which is the only thing that is wrong."""
    result = doctor(data, *words, **settings)
    bad = dict(re.findall(r"^BAD  ([^:]+): (.*)$", result.stdout, re.MULTILINE))
    assert list(bad) == [what], result.stdout + result.stderr
    assert result.returncode == 1
    return bad[what]


def well(data: Path, what: str, *words: str, **settings: str) -> str:
    """The sentence about it, with nothing wrong at all."""
    result = doctor(data, *words, **settings)
    assert result.returncode == 0, result.stdout + result.stderr
    (said,) = re.findall(rf"^ok   {what}: (.*)$", result.stdout, re.MULTILINE)
    return str(said)


def changed(data: Path, statement: str, *values: object, file: str = "app.sqlite3") -> None:
    with closing(sqlite3.connect(data / file)) as db:
        db.execute(statement, values)
        db.commit()


def test_nothing_is_wrong_with_and_without_a_server(data: Path) -> None:
    assert well(data, "One server") == "No server runs on this data folder."
    with mortal(data) as running:
        assert running.door.post("/v1/track", {"userId": "u", "event": "E"}).status == 200
        assert well(data, "One server") == "A server runs on this data folder, and answers."
    assert "Everything up to block 1" in well(data, "Store")


def test_a_disk_that_is_nearly_full(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        begun(disk)
        assert "make room, or events will be refused" in found(disk, "Disk space")


def test_a_disk_that_is_read_only(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        begun(disk)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        said = doctor(disk).stdout
    assert re.search(r"^BAD  Data folder: .*cannot be written to: Read-only.*mounted for reading only", said, re.M)


def test_a_disk_without_any_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 32) as disk:
        begun(disk)
        fill(disk)
        said = doctor(disk).stdout
    assert re.search(r"^BAD  Data folder: .*No space left on device. Make room", said, re.M)


@as_root
def test_a_file_that_belongs_to_somebody_else(data: Path) -> None:
    os.chown(data, NOBODY, -1)
    for each in data.iterdir():
        os.chown(each, NOBODY, -1)
    assert "can be written to" in well(data, "Data folder")
    os.chown(data / "app.sqlite3", 0, -1)
    said = found(data, "Data folder")
    assert "app.sqlite3 belongs to root" in said and f"chown -R nobody {data}" in said


def test_a_secret_key_that_is_missing_is_not_made_anew(data: Path) -> None:
    (data / "secret_key").unlink()
    assert "Put it back from a backup before the server starts" in found(data, "Secret key")
    assert not (data / "secret_key").exists()


def test_a_secret_key_that_changed(data: Path) -> None:
    program = "from accoil.team.models import IngestKey; IngestKey.objects.update(secret='s3cret')"
    own = {**os.environ, "ACCOIL_DATA": str(data), "DJANGO_SETTINGS_MODULE": "accoil.settings"}
    subprocess.run([sys.executable, "-c", f"import django; django.setup(); {program}"], env=own, check=True)
    assert "1 secrets can be read" in well(data, "Secrets")
    said = found(data, "Secrets", ACCOIL_SECRET_KEY="x" * 40)
    assert "1 of 1 ingest keys" in said and "Put the earlier key back" in said and "s3cret" not in said


def test_a_clock_that_was_put_back(data: Path) -> None:
    journal = Journal(data / "journal.sqlite3")
    journal.write(1, 0, [Call(type="track", messageId="m", userId="u", event="E")])
    journal.stop()
    in_an_hour = int(time.time() * 1000) + 3_600_000
    changed(data, "update block set received = ?", in_an_hour, file="journal.sqlite3")
    assert "set it by a time server" in found(data, "Clock")


def test_a_damaged_journal(data: Path) -> None:
    journal = Journal(data / "journal.sqlite3")
    journal.write(1, 0, [Call(type="track", messageId="m", userId="u", event="E")])
    journal.stop()
    changed(data, "update block set facts = substr(facts, 1, 20)", file="journal.sqlite3")
    assert "1 blocks are not as they were written, the first is 1" in found(data, "Journal")


def test_a_receivers_journal_lacks_what_was_taken(data: Path) -> None:
    journal = Journal(data / "journal.sqlite3")
    journal.last = 1_000_000  # its numbers go on from the time
    journal.write(1, 0, [Call(type="track", messageId="m", userId="u", event="E")])
    journal.stop()
    assert "has lost 1,000,000 blocks" in found(data, "Journal")
    (data / NAME).write_text("ab12")
    assert "holds 1 calls in 1 blocks that were not handed on and taken yet" in well(data, "Journal")


def test_a_store_that_is_behind(data: Path) -> None:
    with mortal(data):
        pass
    journal = Journal(data / "journal.sqlite3")
    journal.db.execute("pragma synchronous = off")
    for number in range(1_001):
        journal.write(1, 0, [Call(type="track", messageId=str(number), userId="u", event="E")])
    journal.stop()
    assert found(data, "Store") == "The store is 1,001 blocks behind the journal: start the server, it counts them."
    with mortal(data) as running:
        assert running.door.get("/counts").status == 200
        assert "is in every number" in well(data, "Store")


def test_a_store_that_cannot_be_read(data: Path) -> None:
    with mortal(data):
        pass
    (store,) = data.glob("facts-*.duckdb")
    store.write_bytes(b"no store" * 1000)
    assert "makes it again from the journal when it starts" in found(data, "Store")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"ACCOIL_PUBLIC_URL": "http://accoil.example.com"}, "write https:// (docs/guide/tls.md)"),
        ({"ACCOIL_PUBLIC_URL": "https://accoil.example.com"}, "ACCOIL_TRUSTED_PROXIES is 0"),
        ({"ACCOIL_TRUSTED_PROXIES": "1"}, "ACCOIL_PUBLIC_URL is not set"),
    ],
)
def test_an_address_that_does_not_fit_the_proxy(data: Path, settings: dict[str, str], says: str) -> None:
    assert says in found(data, "Address", **settings)


def test_an_address_that_leads_elsewhere(data: Path, tmp_path: Path) -> None:
    with mortal(data) as running, mortal(tmp_path / "other") as other:
        here, there = (f"http://127.0.0.1:{each.port}" for each in (running, other))
        assert well(data, "Address", ACCOIL_PUBLIC_URL=here) == f"{here} leads to this server."
        assert "something else answers there" in found(data, "Address", ACCOIL_PUBLIC_URL=there)
        said = found(data, "Address", ACCOIL_PUBLIC_URL=f"http://127.0.0.1:{free_port()}")
        assert "could not be reached" in said and "correct ACCOIL_PUBLIC_URL" in said


def test_a_mail_server_that_does_not_answer(data: Path) -> None:
    with mailbox.running() as box:
        address = f"smtp://127.0.0.1:{box.port}"
        assert well(data, "Mail", ACCOIL_SMTP_URL=address).endswith("answers.")
    assert "Look at ACCOIL_SMTP_URL" in found(data, "Mail", ACCOIL_SMTP_URL=address)


def test_a_port_that_is_taken(data: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert "is taken by another program; ss -ltnp says which" in found(data, "Port", "--port", port)
    assert well(data, "Port", "--port", port) == f"Port {port} is free."


@contextmanager
def held(data: Path) -> Iterator[None]:
    """By a process that says nothing, as a server does that hangs or is in another container."""
    with (data / "counting.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def test_a_second_server_on_the_same_folder(data: Path) -> None:
    with held(data):
        said = found(data, "One server")
    assert "Two servers need two folders" in said and f"It is process {os.getpid()}." in said


def test_a_database_that_is_older_or_newer_than_the_program(data: Path) -> None:
    changed(data, "insert into django_migrations (app, name, applied) values ('team', '9999_later', '2026-01-01')")
    why = found(data, "Application database")
    assert "team.9999_later is not known here" in why and "install that version, or restore" in why
    for words in (["definitions"], ["serve", "--port", str(free_port())]):  # would write what the newer one can't use
        refused = ran(data, *words)
        assert (refused.returncode, refused.stderr) == (1, f"{why}\n")
    changed(data, "delete from django_migrations where name = '9999_later' or app = 'erase'")
    assert "any other accoil command brings it up to date" in found(data, "Application database")


def test_a_store_of_a_newer_version_is_left_alone(data: Path) -> None:
    with mortal(data):
        pass
    (store,) = data.glob("facts-*.duckdb")
    with duckdb.connect(store) as db:
        db.execute("insert into migration values (9999)")
    kept = store.read_bytes()
    refused = ran(data, "serve", "--port", str(free_port()))
    assert refused.returncode == 1
    assert f"{store.name} is of a newer version of Accoil: install that version" in refused.stderr
    assert store.read_bytes() == kept


def test_tools_that_cannot_be_reached(data: Path) -> None:
    columns = (
        "team_id, tool, state, problem, workspace, workspace_name, options, secret, full_every, failures, created_at"
    )
    row = "1, 'intercom', 'connected', '', 'w', 'W', '{}', '', 21600, 0, '2026-01-01'"
    changed(data, f"insert into connect_connection ({columns}) values ({row})")
    with socket.socket() as tool:
        tool.bind(("127.0.0.1", 0))
        tool.listen()
        address = f"http://127.0.0.1:{tool.getsockname()[1]}"
        assert "1 addresses" in well(data, "Tools", ACCOIL_INTERCOM_URL=address)
    said = found(data, "Tools", ACCOIL_INTERCOM_URL=address)
    assert address.removeprefix("http://") in said and "Let this machine make connections" in said


def test_a_time_zone_that_is_unknown(data: Path) -> None:
    changed(data, "update team_product set time_zone = 'Europe/Atlantis'")
    said = found(data, "Time zones")
    assert "Europe/Atlantis" in said and "Install the package tzdata" in said


def test_a_setting_that_is_refused_hides_nothing_else(data: Path) -> None:
    result = doctor(data, ACCOIL_OPEN_DAYS="0", ACCOIL_LOG_LEVEL="loud")
    assert result.returncode == 1
    assert re.search(r"^BAD  Settings: ACCOIL_LOG_LEVEL is 'loud'", result.stdout, re.MULTILINE)
    assert re.search(r"^ok   Data folder", result.stdout, re.MULTILINE)
