from collections.abc import Iterator

import pytest

from accoil.connect.now import Driven, driven
from accoil.connect.rate import lane
from accoil.connect.webhook.tool import pace
from tests.connect.scripted import Scripted, serving


@pytest.fixture(autouse=True)
def fresh_lanes() -> None:
    """Connections of other tests had the same ids."""
    lane.cache_clear()
    pace.cache_clear()


@pytest.fixture
def tool() -> Iterator[Scripted]:
    with serving() as scripted:
        yield scripted


@pytest.fixture
def clock() -> Iterator[Driven]:
    with driven(1_700_000_000.0) as at:
        yield at
