"""One life of the default company, told once for all tests that look at it."""

from __future__ import annotations

import pytest

from accoil.demo import messages
from accoil.demo.company import Company
from accoil.demo.founding import found
from tests.demo.looking import FIRST, NOW, Message


@pytest.fixture(scope="package")
def life() -> list[Message]:
    return list(messages(now=NOW))


@pytest.fixture(scope="package")
def events(life: list[Message]) -> list[Message]:
    return [message for message in life if message["type"] in ("track", "page")]


@pytest.fixture(scope="package")
def company() -> Company:
    return found(2000, 90, FIRST, seed=7)
