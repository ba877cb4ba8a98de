"""Uploads through the real server: streamed to the disk, given up when the browser goes away."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from accoil import importing
from accoil.asgi import Server
from accoil.receive.importing.state import Import
from accoil.team.models import Member
from tests.door import Door
from tests.receive.importing import past
from tests.waiting import until

TOKEN = "a" * 32


@dataclass
class Browser:
    """Of the owner of a product; sends multipart bodies as slowly as a test wants."""

    door: Door
    session: str

    def begin(self, size: int, name: str = "past.csv") -> HTTPConnection:
        """A connection that has sent all before the file."""
        head = _part("csrfmiddlewaretoken", TOKEN.encode()) + _part(f'files"; filename="{name}', b"")[:-2]
        connection = HTTPConnection(urlsplit(self.door.address).netloc, timeout=60)
        connection.putrequest("POST", f"/p/{self.door.product_id}/settings/import")
        connection.putheader("Cookie", f"accoil_session={self.session}; accoil_csrf={TOKEN}")
        connection.putheader("Content-Type", "multipart/form-data; boundary=B")
        connection.putheader("Content-Length", str(len(head) + size + len(TAIL)))
        connection.endheaders(head)
        return connection

    def imports(self) -> list[Import]:
        return importing.running().all(self.door.product_id)


TAIL = b"\r\n--B--\r\n"


def _part(name: str, content: bytes) -> bytes:
    return b'--B\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), content)


def lying() -> list[str]:
    """Files in the folder of uploads, of which one may go while it is read."""
    return [name for _, _, names in os.walk(Path(settings.DATA) / "imports" / "uploads") for name in names]


@pytest.fixture
def browser(server: Server, door: Door) -> Iterator[Browser]:
    client = Client()
    client.force_login(Member.objects.get(team__products=door.product_id).user)
    yield Browser(door, client.cookies["accoil_session"].value)


def test_a_file_that_comes_in_pieces_is_imported(browser: Browser) -> None:
    text = past.as_csv(past.rows(20_000))
    connection = browser.begin(len(text))
    for at in range(0, len(text), 100_000):
        connection.send(text[at : at + 100_000])
    connection.send(TAIL)
    assert connection.getresponse().status == 302
    until(lambda: browser.imports()[0].is_finished)
    assert (browser.imports()[0].status, browser.imports()[0].accepted) == ("done", 20_000)


def test_a_browser_that_goes_away_in_the_middle_leaves_nothing_behind(browser: Browser) -> None:
    connection = browser.begin(10_000_000, "cut.csv")
    connection.send(past.as_csv(past.rows(20_000)))
    until(lambda: "cut.csv" in lying())
    connection.sock.close()
    connection.close()
    until(lambda: "cut.csv" not in lying())
    assert browser.imports() == []


def test_what_may_not_be_uploaded_is_answered_without_being_read(browser: Browser) -> None:
    stranger = Browser(browser.door, "nobody")
    connection = stranger.begin(5_000_000_000)
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"][:9]) == (302, "/sign-in/")
    connection.close()
    connection = browser.begin(50_000_000_000)
    assert connection.getresponse().status == 413
    connection.close()
