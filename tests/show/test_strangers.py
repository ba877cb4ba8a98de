"""What somebody without an account sends to pages, on real connections: it leaves nothing on the disk, and keeps no
page from others."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.http import HttpResponse

from tests.door import Door, ask
from tests.journey.others import sign_in_page_comes
from tests.journey.raw import Raw, chunked, head

COOKIE = f"Cookie: accoil_csrf={'a' * 32}"  # made up: Django then looks for its like in the form
FILE = b'--B\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n'
MULTIPART = (COOKIE, "Content-Type: multipart/form-data; boundary=B")
FORM = (COOKIE, "Content-Type: application/x-www-form-urlencoded")


@pytest.fixture
def raw(door: Door) -> Iterator[Raw]:
    opened = Raw(door)
    yield opened
    opened.close()


@pytest.mark.parametrize("path", ["/sign-in/", "/", "/join/guess", "/api/v2/accounts", "/p/1/settings/privacy"])
def test_files_are_kept_nowhere(
    door: Door, raw: Raw, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    kept = []
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", lambda *_, **__: kept.append("a file"))
    body = FILE + b"x" * 2_900_000 + b"\r\n--B--\r\n"
    raw.send(head(door, path, f"Content-Length: {len(body)}", *MULTIPART) + body)
    assert raw.answer().status in (302, 403, 404, 405)
    assert (kept, list(tmp_path.iterdir())) == ([], [])


def test_more_than_a_form_needs_is_refused(door: Door, raw: Raw) -> None:
    raw.send(head(door, "/sign-in/", "Content-Length: 10000000000", *MULTIPART) + FILE)
    answer = raw.answer()
    assert (answer.status, answer.code, answer.headers["connection"]) == (413, "payload_too_large", "close")


def test_more_than_a_form_needs_is_refused_where_nobody_said_how_much_would_come(door: Door, raw: Raw) -> None:
    raw.send(head(door, "/sign-in/", "Transfer-Encoding: chunked", *FORM))
    raw.send(chunked(b"x" * 3_000_001, [1_000_000]))
    assert raw.answer().status == 413


@pytest.mark.parametrize("path", ["/sign-in/", "/intercom/uninstalled", "/slack/events"])
@pytest.mark.parametrize("kind", [MULTIPART, FORM])
def test_large_forms_that_come_slowly_keep_no_page_from_others(door: Door, path: str, kind: tuple[str, ...]) -> None:
    with ExitStack() as stack:
        for _ in range(8):  # twice as many as there are threads for pages
            raw = Raw(door)
            stack.callback(raw.close)
            raw.send(head(door, path, "Content-Length: 2000000", *kind) + FILE + b"x" * 1_100_000)
        sign_in_page_comes(door)


def test_files_of_the_past_that_come_slowly_from_a_stranger_are_not_waited_for(door: Door, raw: Raw) -> None:
    path = f"/p/{door.product_id}/settings/import"
    raw.send(head(door, path, "Content-Length: 5000000000", *MULTIPART) + FILE)
    answer = raw.answer()
    assert (answer.status, answer.headers["location"][:9]) == (302, "/sign-in/")


def test_a_forged_address_of_a_visitor_counts_in_no_spelling(
    door: Door, raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy sets X-Forwarded-For, and may pass on what WSGI takes for the same."""
    said: list[dict[str, str]] = []
    monkeypatch.setattr(
        "django.core.handlers.wsgi.WSGIHandler.get_response",
        lambda self, request: said.append(dict(request.headers)) or HttpResponse(),
    )
    forged = ("X_Forwarded_For: 6.6.6.6", "X-Forwarded_For: 6.6.6.6", "X-Forwarded-For: 10.0.0.1", "Content-Length: 0")
    raw.send(head(door, "/sign-in/", *forged))
    assert raw.answer().status == 200
    assert [each["X-Forwarded-For"] for each in said] == ["10.0.0.1"]


def asset() -> bytes:
    """A request for the largest script that comes along with a package."""
    largest = max(Path(find("django_htmx")).glob("*.js"), key=lambda file: file.stat().st_size)
    return f"GET /static/django_htmx/{largest.name} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def test_who_takes_no_answers_keeps_no_page_from_others(door: Door) -> None:
    """A thread that draws a page hands the answer over in pieces, and would wait for each to be taken."""
    assert ask(door.address, "GET", "/sign-in/", None, {}).status == 200  # is drawn for the first time
    with ExitStack() as stack:
        for _ in range(8):
            raw = Raw(door, receive_buffer=1024)
            stack.callback(raw.close)
            raw.send(asset() * 60)
        time.sleep(1)
        sign_in_page_comes(door)


def test_who_hangs_up_before_the_answers_are_told_keeps_no_page_from_others(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With many pieces, as those of exports are."""
    monkeypatch.setattr("accoil.show.assets.LARGEST", 1_000)
    assert ask(door.address, "GET", "/sign-in/", None, {}).status == 200
    for _ in range(8):
        raw = Raw(door, receive_buffer=1024)
        raw.send(asset() * 60)
        time.sleep(0.2)
        raw.vanish()
    sign_in_page_comes(door)
