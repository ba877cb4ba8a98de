from collections.abc import Iterator

import pytest

from accoil.connect.now import Driven, driven
from tests.connect.scripted import Scripted, serving


@pytest.fixture
def tool() -> Iterator[Scripted]:
    with serving() as scripted:
        yield scripted


@pytest.fixture
def clock() -> Iterator[Driven]:
    with driven(1_700_000_000.0) as at:
        yield at
