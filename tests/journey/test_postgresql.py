"""The whole product with its state in PostgreSQL, by a setting alone, and the way from SQLite there and back."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import psycopg
import pytest
from django.db import DatabaseError, connections

from accoil.database import database
from accoil.postgresql.base import DatabaseWrapper
from accoil.postgresql.troubles import sentence
from accoil.refused import Refused
from tests.connect.scripted import Scripted, serving
from tests.door import Door
from tests.journey.mortal import Mortal, mortal
from tests.postgresql import OWNER, Cluster
from tests.waiting import until
from tests.whole import accoil, begun, copy, database_of, env, keep_in, rows

pytestmark = pytest.mark.xdist_group("postgresql")

LOOPBACK = {"ACCOIL_WEBHOOK_NETWORKS": "127.0.0.2/32"}
WORD = "quite a good one"
DEFINITIONS = """
profiles:
- {name: Everyday, window: 7, events: {Zebra_Seen: 9, Ant_Seen: 2}, benchmark: {fixed: 100}}
automations:
- name: Tell
  profile: Everyday
  scope: user
  when: {becomes: {metric: raw, at_least: 9}}
  then: [{webhook: {url: "URL"}}]
"""
ODD_ROWS = """
import django; django.setup()
from datetime import UTC, datetime
from django.db import transaction
from accoil.team.models import IngestKey, Mapping, Product, Team, User
product = Product.objects.get()
Mapping.objects.create(product=product, name="Ünïcode \\U0001f98b\\x00", trigger="event exists", action="track",
                       fields={"zebra": {"b": 1, "a": [1.0, 1e21, "\\x00"]}, "ant": None}, enabled=False)
IngestKey.objects.create(product=product, name="quiet", secret="s3cret",
                         last_seen_at=datetime(2026, 3, 29, 1, 30, 0, 123456, UTC))
Team.objects.create(name="gone").delete()  # nobody else is ever given its number
Team.objects.create(name="also gone").delete()
"""
ADD = "import django; django.setup(); from accoil.team.models import Team; print(Team.objects.create(name='new').pk)"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, postgresql: Cluster) -> Path:
    data = tmp_path_factory.mktemp("made") / "data"
    keep_in(data, postgresql.new_database())
    begun(data)
    return data


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A data folder whose application state is in PostgreSQL, as `accoil init` leaves it."""
    return copy(made, tmp_path / "data")


def apply(data: Path, text: str, **settings: str) -> None:
    file = data.with_suffix(".yaml")
    file.write_text(text)
    done = accoil(data, "apply", str(file), **settings)
    assert done.returncode == 0, done.stderr


def fill_in(browser: OpenerDirector, address: str, **form: str) -> str:
    """Sends the form of a page; the address of the page that comes then."""
    page = browser.open(address)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    assert token, page.url
    return str(browser.open(page.url, urlencode({"csrfmiddlewaretoken": token[1], **form}).encode()).url)


def archived(backup: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of a backup's application database as it stands, and what numbers were given last."""
    with closing(sqlite3.connect(backup / "app.sqlite3")) as kept:
        names = [name for (name,) in kept.execute("select name from sqlite_master where type = 'table' order by 1")]
        found = {name: sorted(kept.execute(f'select * from "{name}"').fetchall(), key=repr) for name in names}
    del found["django_migrations"]  # tells when each was applied
    found["sqlite_sequence"] = [row for row in found["sqlite_sequence"] if row[0] != "django_migrations" and row[1]]
    return found


def moved(data: Path, backup: Path, to: Path) -> Path:
    """Backed up and restored somewhere else; where to."""
    kept = accoil(data, "backup", str(backup))
    assert kept.returncode == 0, kept.stderr
    back = accoil(to, "restore", str(backup))
    assert back.returncode == 0, back.stderr
    return to


def test_from_the_first_command_to_an_automation_and_into_a_file_again(folder: Path, tmp_path: Path) -> None:
    with serving("127.0.0.2") as receiver, mortal(folder, **LOOPBACK) as server:
        assert not (folder / "app.sqlite3").exists()
        _tells(server, receiver)
        _shows(server)
        _goes_on_when_postgresql_was_restarted(server)
        restored = moved(folder, tmp_path / "kept", tmp_path / "file")
        stated = rows(folder, "select key, state, answer from act_delivery order by id")
    assert (restored / "app.sqlite3").exists() and not (restored / "database").exists()
    assert rows(restored, "select key, state, answer from act_delivery order by id") == stated
    assert accoil(restored, "definitions").stdout == accoil(folder, "definitions").stdout
    assert "Zebra_Seen: 9\n    Ant_Seen: 2" in accoil(restored, "definitions").stdout


def _goes_on_when_postgresql_was_restarted(server: Mortal) -> None:
    """As seen from here: every connection is gone."""
    rows(server.data, "select pg_terminate_backend(pid) from pg_stat_activity "
         "where datname = current_database() and pid <> pg_backend_pid()")  # fmt: skip
    assert server.door.get("/workspaces").status == 200
    for _ in range(5):
        assert server.door.post("/v1/track", {"userId": "bob", "event": "Ant_Seen"}).status == 200
    until(lambda: rows(server.data, "select state from act_delivery") == [("done",)] * 2, said=server.log.read_text)


def _tells(server: Mortal, receiver: Scripted) -> None:
    apply(server.data, DEFINITIONS.replace("URL", f"{receiver.url}/told"), **LOOPBACK)
    until(lambda: rows(server.data, "select count(*) from segment_segment where recorded_from is null") == [(0,)])
    assert server.door.post("/v1/track", {"userId": "ann", "event": "Zebra_Seen"}).status == 200
    until(lambda: rows(server.data, "select state from act_delivery") == [("done",)], said=server.log.read_text)
    assert [each.path for each in receiver.asked] == ["/told"]


def _shows(server: Mortal) -> None:
    address, (newcomer, owner) = server.door.address, [build_opener(HTTPCookieProcessor(CookieJar())) for _ in "12"]
    link = urlsplit(accoil(server.data, "reset-password", "t@example.com").stdout.strip())
    fill_in(newcomer, f"{address}{link.path}", password1=WORD, password2=WORD)
    assert "sign-in" not in fill_in(owner, f"{address}/sign-in/", login="t@example.com", password=WORD)
    for browser in (newcomer, owner):
        assert "ann" in browser.open(f"{address}/p/{server.door.product_id}/users").read().decode()


def test_a_server_moves_from_sqlite_to_postgresql_and_back_row_by_row(
    tmp_path: Path, postgresql: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ACCOIL_TEST_DATABASE_URL", raising=False)
    begun(tmp_path / "before")
    apply(tmp_path / "before", DEFINITIONS.replace("URL", "https://hooks.example.com/x"))
    subprocess.run([sys.executable, "-c", ODD_ROWS], env=env(tmp_path / "before"), check=True)
    keep_in(tmp_path / "between", postgresql.new_database())
    moved(tmp_path / "before", tmp_path / "first", tmp_path / "between")
    assert sorted(each.name for each in (tmp_path / "between").iterdir() if each.is_file()) == [
        "database",
        "secret_key",
    ]
    assert rows(tmp_path / "between", "select name from team_mapping where name like 'Ü%'") == [("Ünïcode 🦋\ufffd",)]
    moved(tmp_path / "between", tmp_path / "second", tmp_path / "after")
    first, second = archived(tmp_path / "first"), archived(tmp_path / "second")
    assert second == {**first, "team_mapping": [_without_zero(row) for row in first["team_mapping"]]}
    (number,) = [seq for name, seq in second["sqlite_sequence"] if name == "team_team"]
    assert number == 3
    for data in (tmp_path / "between", tmp_path / "after"):
        made = subprocess.run([sys.executable, "-c", ADD], env=env(data), check=True, capture_output=True, text=True)
        assert made.stdout == "4\n"


def _without_zero(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The one thing that PostgreSQL can't keep."""
    return tuple(each.replace("\0", "\ufffd") if isinstance(each, str) else each for each in row)


def test_why_postgresql_cannot_be_used_is_said_without_the_password(
    tmp_path: Path, postgresql: Cluster, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any
) -> None:
    right = urlsplit(postgresql.new_database())
    where, name = f"{right.hostname}:{right.port}", right.path.strip("/")
    with psycopg.connect(right.geturl(), autocommit=True) as owner:
        owner.execute("create role reader login password 'hush'")
        owner.execute("create database in_latin template template0 encoding latin1 locale 'C' locale_provider libc")
    for address, said in [
        (f"postgresql://{OWNER}:wr0ng-hush@{where}/{name}", f"refuses the password of {OWNER}"),
        (f"postgresql://{OWNER}:hush@127.0.0.1:1/{name}", r"can't be reached \(Connection refused\)"),
        (f"postgresql://{OWNER}@{where}/{name}", "asks accoil for a password"),
        (right._replace(path="/nothing").geturl(), "has no database nothing; make it with createdb"),
        (right._replace(query="sslmode=require").geturl(), "see sslmode"),
        (right._replace(path="").geturl(), "ACCOIL_DATABASE_URL names no database"),
        (right._replace(query="pool=yes").geturl(), "has the parameter 'pool'"),
        ("mysql://a:hush@127.0.0.1/x", "postgresql://HOST"),
    ]:
        monkeypatch.setenv("ACCOIL_DATABASE_URL", address)
        with django_db_blocker.unblock():
            _says(_why_not(tmp_path), said)
    for address, command, said in [
        (f"postgresql://{OWNER}:wr0ng-hush@{where}/{name}", "definitions", f"refuses the password of {OWNER}"),
        (f"postgresql://{OWNER}:hush@127.0.0.1:1/{name}", "doctor", r"can't be reached \(Connection refused\)"),
        (f"postgresql://reader:hush@{where}/{name}", "definitions", "GRANT ALL ON SCHEMA public TO reader"),
        (right._replace(path="/in_latin").geturl(), "definitions", "keeps text as LATIN1; make one that keeps any"),
    ]:
        keep_in(tmp_path / "data", address)
        told = accoil(tmp_path / "data", command)
        assert told.returncode == 1
        _says(told.stderr + told.stdout, said)


def _why_not(data: Path) -> str:
    """What a command would say, asked in this process."""
    try:
        found = connections.configure_settings({"default": database(data)})["default"]
    except Refused as refused:
        return str(refused)
    with pytest.raises(DatabaseError) as wrong:
        DatabaseWrapper(found).ensure_connection()
    return sentence(wrong.value, found)


def _says(answer: str, said: str) -> None:
    assert re.search(said, answer), answer
    assert "hush" not in answer and quote("not a secret") not in answer


def test_a_data_folder_and_a_database_of_others_are_refused(folder: Path, tmp_path: Path, postgresql: Cluster) -> None:
    url = database_of(folder)
    keep_in(tmp_path / "empty", url)
    assert "belongs to another data folder, and" in accoil(tmp_path / "empty", "definitions").stderr
    keep_in(folder, "")
    assert "set ACCOIL_DATABASE_URL" in accoil(folder, "definitions").stderr
    (folder / "journal.sqlite3").touch()
    keep_in(folder, postgresql.new_database())
    assert "has nothing of the server whose data is in" in accoil(folder, "backup", str(tmp_path / "kept")).stderr
    (folder / "journal.sqlite3").unlink()
    keep_in(folder, url)
    key = (tmp_path / "empty" / "secret_key").read_text()
    assert "make an empty one" in accoil(tmp_path / "empty", "restore", str(_kept(folder, tmp_path))).stderr
    assert (tmp_path / "empty" / "secret_key").read_text() == key


def test_a_database_of_another_folder_is_not_filled_although_nobody_works_with_it(
    folder: Path, tmp_path: Path, postgresql: Cluster
) -> None:
    backup, url = _kept(folder, tmp_path), postgresql.new_database()
    keep_in(tmp_path / "first", url)
    assert accoil(tmp_path / "first", "definitions").returncode == 1  # there is no team; the two are a pair from now on
    assert (tmp_path / "first" / "database").exists()
    keep_in(tmp_path / "second", url)
    refused = accoil(tmp_path / "second", "restore", str(backup))
    assert (refused.returncode, "make an empty one" in refused.stderr) == (1, True), refused.stdout + refused.stderr
    keep_in(tmp_path / "second", postgresql.new_database())
    restored = accoil(tmp_path / "second", "restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    assert (tmp_path / "second" / "secret_key").read_text() == (folder / "secret_key").read_text()
    assert accoil(tmp_path / "second", "definitions").returncode == 0


def _kept(data: Path, tmp_path: Path) -> Path:
    assert accoil(data, "backup", str(tmp_path / "backup")).returncode == 0
    return tmp_path / "backup"


def test_one_server_at_a_time_works_with_a_database(folder: Path, tmp_path: Path) -> None:
    with mortal(folder) as server:
        twin = tmp_path / "twin"
        twin.mkdir()
        (twin / "database").write_text((folder / "database").read_text())
        keep_in(twin, database_of(folder))
        another = accoil(twin, "serve", "--port", "0")
        assert another.returncode == 1
        assert "Another Accoil server works with the database" in another.stderr
        assert Door(server.door.address, 1, "", server.door.token).get("/counts").status == 200
