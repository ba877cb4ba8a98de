"""A ClickHouse of before: whoever would ask it says so, and which one is needed."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest

from tests.clickhouse import served
from tests.waiting import until

pytestmark = [
    pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING)),
    pytest.mark.xdist_group("clickhouse"),
]
if not served.MISSING:
    from accoil.doctor import several
    from accoil.refused import Refused
    from accoil.shared import PATIENCE, Shared
    from accoil.store.clickhouse import ClickHouse
    from tests.clickhouse.shipped import Ships

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper

OLD = "24.8.14.39"
SAYS = f"is {OLD}; .* Update it to 25.8 or newer"


class Old(BaseHTTPRequestHandler):
    """The engine of these tests, which calls itself older than it is."""

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        told = _asked(self.path, asked, self.headers.get("Content-Type", "text/plain"))
        told = told.replace(_asked("", b"select version()").strip(), OLD.encode())
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: object) -> None:
        pass


def _asked(path: str, body: bytes, type: str = "text/plain") -> bytes:
    request = Request(f"{served.url()}{path}", body, {"Content-Type": type})
    with urlopen(request) as answer:
        return bytes(answer.read())


@pytest.fixture
def old() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Old) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/store_old"
        server.shutdown()


def test_who_asks_says_so_at_once(old: str) -> None:
    with pytest.raises(Refused, match=SAYS):
        ClickHouse(old)
    began = time.monotonic()
    with pytest.raises(Refused, match=SAYS):
        Shared([old]).wait()
    assert time.monotonic() - began < PATIENCE


def test_who_counts_says_so_in_its_health(old: str, tmp_path: Path) -> None:
    ships = Ships(tmp_path, old)
    ships.shipping.start()
    until(lambda: ships.shipping.failing)
    assert ships.shipping.wrong and "25.8 or newer" in ships.shipping.wrong
    ships.shipping.stop()


def test_doctor_says_so(old: str, settings: SettingsWrapper) -> None:
    settings.CLICKHOUSE = [old]
    fine, said = several.clickhouse()
    assert not fine
    assert said.startswith("ClickHouse at 127.0.0.1 is 24.8")
