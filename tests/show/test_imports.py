"""Settings > Import: files handed in through the browser, followed, stopped, gone on with, deleted."""

import gzip
import re
import shutil
from collections import namedtuple
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accoil import importing
from accoil.receive.importing.imports import Imports
from accoil.receive.importing.state import Import
from accoil.show import export, uploads
from tests.receive.importing import past
from tests.receive.importing.running import open_imports
from tests.show.reading import main, words
from tests.waiting import until

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def opened(world, tmp_path, monkeypatch, settings) -> Iterator[Imports]:
    """The imports of a server, without the server."""
    settings.DATA = tmp_path / "data"
    with open_imports(settings.DATA) as (imports, _):
        monkeypatch.setattr(importing, "_own", imports)
        yield imports


@pytest.fixture
def home(world) -> str:
    return f"/p/{world.web.pk}/settings/import"


def upload(client: Client, home: str, *files: tuple[str, bytes], **fields: str):
    named = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(home, {"files": named, **fields})


def newest(imports: Imports, world) -> Import:
    return imports.all(world.web.pk)[0]


def finished(imports: Imports, world) -> Import:
    until(lambda: all(each.is_finished for each in imports.all(world.web.pk)))
    return newest(imports, world)


def uploaded(data: Path) -> list[str]:
    """What lies in the folder of uploads."""
    return sorted(path.name for path in (data / "imports" / "uploads").glob("*/*"))


def test_an_empty_page_says_what_to_do(ann, opened, home):
    page = main(ann.get(home))
    assert "Nothing was imported yet." in page
    assert "Bring in what happened before Accoil was there." in page
    assert 'hx-trigger="every' not in ann.get(home).content.decode()


def test_a_file_is_handed_in_imported_and_then_forgotten(ann, world, opened, home, settings):
    answer = upload(ann, home, ("past.csv", past.as_csv(past.rows(500))))
    assert (answer.status_code, answer.url) == (302, home)
    done = finished(opened, world)
    assert (done.name, done.status, done.accepted, done.asked_by) == ("past.csv", "done", 500, "Ann")
    page = main(ann.get(home))
    assert "past.csv is in: 500 events." in page
    assert "500 events accepted in" in page
    assert re.search(r"Ann, (just now|\d+ s ago)", page)
    assert uploaded(settings.DATA) == []
    assert "Delete file" not in page


def test_several_files_come_at_once_and_a_packed_one_is_no_matter(ann, world, opened, home):
    rows = past.as_csv(past.rows(100))
    users = b'user_id,timestamp,traits\nann,2025-03-01,"{}"\n'
    upload(ann, home, ("a.csv", rows), ("b.csv.gz", gzip.compress(past.as_csv(past.rows(100, 100)))), ("c.csv", users))
    finished(opened, world)
    assert {each.name: (each.status, each.accepted) for each in opened.all(world.web.pk)} == {
        "a.csv": ("done", 100), "b.csv.gz": ("done", 100), "c.csv": ("done", 1),
    }  # fmt: skip


def test_rows_that_can_not_be_used_are_told_and_can_be_had(ann, world, opened, home, settings):
    bad = [("track", "x", "soon", "u"), ("track", "", "2025-03-01", "u"), ("track", "y", "later", "u")]
    upload(ann, home, ("past.csv", past.as_csv([*past.rows(7), *bad])))
    done = finished(opened, world)
    page = main(ann.get(home))
    assert "past.csv is in, but for some rows: 7 events." in page
    assert "Done with errors" in page
    assert "7 events accepted, 3 rows rejected" in page
    assert "2 timestamp is not a time" in page
    answer = ann.get(f"{home}/{done.id}/errors")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="past.csv.errors.csv"'
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert [line.split(",")[0] for line in lines] == ["line", "9", "10", "11"]
    with ExitStack() as others:
        for _ in range(export.MOST_AT_ONCE):
            export._turns.acquire()
            others.callback(export._turns.release)
        assert ann.get(f"{home}/{done.id}/errors").status_code == 503, "two long files are sent at a time"
    assert uploaded(settings.DATA) == ["past.csv", "past.csv.errors.csv"]

    page = main(ann.post(f"{home}/{done.id}/delete", follow=True))
    assert uploaded(settings.DATA) == []
    assert "7 events accepted, 3 rows rejected" in page  # what became of it stays known
    assert "Delete file" not in page
    assert ann.get(f"{home}/{done.id}/errors").status_code == 404


def test_a_file_of_a_wrong_shape_is_refused_in_words_without_places_of_the_server(ann, world, opened, home, settings):
    upload(ann, home, ("past.csv", b"name,timestamp,user_id,colour\na,2025-03-01,u,red\n"))
    finished(opened, world)
    page = main(ann.get(home))
    assert "past.csv could not be imported." in page
    assert "past.csv has columns that events do not have: colour" in page
    assert str(settings.DATA) not in page
    assert "Go on" not in page
    assert uploaded(settings.DATA) == []  # nothing of it is of any use


def test_the_type_may_be_said(ann, world, opened, home):
    upload(ann, home, ("a.csv", b"user_id,timestamp\nann,2025-03-01\n"), kind="users")
    assert finished(opened, world).accepted == 1
    refused = upload(ann, home, ("b.csv", b"user_id,timestamp\nann,2025-03-01\n"), kind="wishes")
    assert (refused.status_code, "Choose one of the types" in main(refused)) == (422, True)


def test_without_a_file_the_page_asks_for_one(ann, opened, home):
    answer = ann.post(home, {"kind": ""})
    assert (answer.status_code, "Choose a file first." in main(answer)) == (422, True)


def test_one_that_runs_is_followed_stopped_and_gone_on_with(ann, world, opened, home, settings):
    upload(ann, home, ("past.csv", past.as_csv(past.rows(150_000))))
    until(lambda: newest(opened, world).line > 20_000)
    page = ann.get(home)
    assert "past.csv is being imported: " in main(page)
    assert 'hx-trigger="every 1s"' in page.content.decode()
    ann.post(f"{home}/{newest(opened, world).id}/stop")
    stopped = finished(opened, world)
    page = ann.get(home)
    assert "past.csv was stopped on its way; it can go on from there." in main(page)
    assert "Stopped" in main(page)
    assert 'hx-trigger="every' not in page.content.decode()
    assert uploaded(settings.DATA) == ["past.csv"]
    ann.post(f"{home}/{stopped.id}/go-on")
    done = finished(opened, world)
    assert (done.status, done.accepted, done.began_rows, done.asked_by) == ("done", 150_000, stopped.rows, "Ann")
    assert ann.post(f"{home}/{done.id}/go-on").status_code == 409  # there is nothing to go on with
    assert ann.post(f"{home}/{done.id}/stop", follow=True).status_code == 200


def test_htmx_gets_the_list_alone_and_nothing_when_nothing_moved(ann, world, opened, home):
    upload(ann, home, ("past.csv", past.as_csv(past.rows(10))))
    finished(opened, world)
    part = ann.get(home, headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert b"hx-trigger" not in part.content  # it stops asking
    assert b"10 events accepted" in part.content


def test_a_member_looks_and_changes_nothing(ann, bob, world, opened, home):
    upload(ann, home, ("past.csv", past.as_csv([*past.rows(5), ("track", "x", "soon", "u")])))
    done = finished(opened, world)
    page = main(bob.get(home))
    assert "5 events accepted, 1 row rejected" in page
    assert "Owners and managers of Acme Inc import files." in page
    assert "Delete file" not in page
    assert bob.get(f"{home}/{done.id}/errors").status_code == 200
    assert upload(bob, home, ("more.csv", past.as_csv(past.rows(5)))).status_code == 403
    for act in ("stop", "go-on", "delete"):
        assert bob.post(f"{home}/{done.id}/{act}").status_code == 403
    assert len(opened.all(world.web.pk)) == 1


def test_another_team_sees_nothing_of_it(ann, eve, world, opened, home):
    upload(ann, home, ("past.csv", past.as_csv([*past.rows(5), ("track", "x", "soon", "u")])))
    done = finished(opened, world)
    other = f"/p/{world.evil.pk}/settings/import"
    assert "past.csv" not in words(eve.get(other))
    for place in (home, other):
        assert eve.get(f"{place}/{done.id}/errors").status_code == 404
        assert {eve.post(f"{place}/{done.id}/{act}").status_code for act in ("stop", "go-on", "delete")} == {404}


def test_an_upload_without_its_token_is_not_kept(world, opened, home, settings):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.ann)
    assert upload(strict, home, ("past.csv", past.as_csv(past.rows(5)))).status_code == 403
    assert (opened.all(world.web.pk), uploaded(settings.DATA)) == ([], [])


def test_too_much_at_once_is_refused_before_it_is_read(ann, opened, home, settings):
    settings.LARGEST_UPLOAD = 1_000_000
    answer = upload(ann, home, ("past.csv", b"x" * 1_000_001))
    assert answer.status_code == 413
    assert "at most 1 MB can be uploaded at once" in main(answer)
    assert uploaded(settings.DATA) == []


def test_a_disk_that_is_nearly_full_keeps_its_last_room_for_live_events(ann, opened, home, settings, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(1e12, 1e12, uploads.KEPT_FREE + 1_000))
    answer = upload(ann, home, ("past.csv", b"x" * 2_000))
    assert answer.status_code == 507
    assert "There is no room" in main(answer)


def test_a_disk_that_fills_up_meanwhile_ends_the_upload(ann, world, opened, home, settings, monkeypatch):
    free = iter([1 << 40, 1 << 40])
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(1e12, 0, next(free, 0)))
    monkeypatch.setattr(uploads, "LOOK_EVERY", 100_000)
    answer = upload(ann, home, ("past.csv", b"x" * 900_000))
    assert answer.status_code == 507
    assert "has no more room" in main(answer)
    assert (opened.all(world.web.pk), uploaded(settings.DATA)) == ([], [])


def test_a_third_upload_waits_for_one_of_two(ann, opened, home, settings):
    for _ in range(uploads.MOST_AT_ONCE):
        assert uploads._places.acquire(blocking=False)
    try:
        answer = upload(ann, home, ("past.csv", past.as_csv(past.rows(5))))
    finally:
        for _ in range(uploads.MOST_AT_ONCE):
            uploads._places.release()
    assert (answer.status_code, "on their way already" in main(answer)) == (503, True)
    assert upload(ann, home, ("past.csv", past.as_csv(past.rows(5)))).status_code == 302


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("größer.csv", "größer.csv"),
        ("a" * 300 + ".csv.gz", "a" * 193 + ".csv.gz"),
        ("a\x07b.csv", "ab.csv"),
        ("...", "upload"),
    ],
)
def test_names_are_kept_as_far_as_they_can_be_shown_and_stored(given, kept):
    assert uploads.stored_name(given.rsplit("/", 1)[-1]) == kept


@pytest.mark.parametrize("kind", ["events.csv", "users.csv", "groups.csv", "segment.jsonl"])
def test_the_files_to_begin_with_can_be_imported_as_they_are(ann, world, opened, home, kind):
    sample = Path(importing.__file__).parent / "show" / "static" / "accoil" / "import" / kind
    assert f"accoil/import/{kind}" in ann.get(home).content.decode()
    upload(ann, home, (kind, sample.read_bytes()))
    done = finished(opened, world)
    assert (done.status, done.shape and done.shape.kind) == ("done", kind.split(".")[0])


def test_without_a_server_that_imports_the_page_says_so(ann, world, home, settings, tmp_path):
    settings.DATA = tmp_path
    assert "does not answer" in main(ann.get(home))
    answer = upload(ann, home, ("past.csv", past.as_csv(past.rows(5))))
    assert (answer.status_code, uploaded(tmp_path)) == (422, [])
