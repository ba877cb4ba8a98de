"""A product on 31 March 2026 that a test fills, and looks at when it wants to."""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.reference import Definition
from tests.segment.worlds import Looked, looked_at

TODAY = date(2026, 3, 31)
EVERYDAY = Definition(events={"Report_Created": 9, "Dashboard_Viewed": 1}, benchmark=100.0)


@pytest.fixture
def looked(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Looked]:
    monkeypatch.setattr("accoil.score.book.FRESH_FOR", 0.0)
    with looked_at(EVERYDAY, "UTC", TODAY, monkeypatch) as made:
        yield made
