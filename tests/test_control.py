"""The socket on which commands ask the server that runs."""

import tempfile
from pathlib import Path

import pytest

from accoil import control
from accoil.control import Control
from tests.waiting import until


def test_whoever_waits_for_commands_ends_when_it_is_stopped() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as short:  # sockets have short names
        at = Control(Path(short), {"hello": lambda: "hello"})
        at.start()
        assert control.ask(Path(short), "hello") == "hello"
        at.stop()
        until(lambda: not at._thread.is_alive())
        with pytest.raises(ConnectionError):
            control.ask(Path(short), "hello")


def test_one_that_was_never_started_can_be_stopped(tmp_path: Path) -> None:
    Control(tmp_path, {}).stop()
