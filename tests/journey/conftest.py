from collections.abc import Iterator

import pytest

from tests.journey.synced import Synced, synced


@pytest.fixture(scope="package")
def _one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synced]:
    with synced(tmp_path_factory.mktemp("synced")) as it:
        it.connect()
        it.arrange("switch", "all")
        yield it


@pytest.fixture
def on(_one: Synced) -> Iterator[Synced]:
    """A server whose people are synced to the stand-in for Intercom: all in order, and nothing left to do."""
    _one.intercom.faults.clear()
    _one.converge()
    yield _one
    made = [call for call in _one.intercom.calls("POST /contacts") if call.path == "/contacts"]
    assert not made, "nobody is ever made there"
