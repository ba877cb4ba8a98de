"""A ClickHouse that takes a connection and then says nothing is not waited for longer than was said."""

from __future__ import annotations

import socket
import time

import pytest

pytest.importorskip("clickhouse_connect", reason="clickhouse_connect is not installed: make clickhouse")

from accoil.store.clickhouse import ClickHouse
from accoil.store.reaching import NoAnswer


def test_who_asks_gives_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(NoAnswer):
            ClickHouse(f"http://127.0.0.1:{silent.getsockname()[1]}/facts", patience=1)
        assert time.monotonic() - began < 30
