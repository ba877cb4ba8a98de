from collections.abc import Iterator

import pytest

from accoil.connect.models import Mode
from accoil.connect.now import Driven, driven
from accoil.team.models import Team, User
from tests.connect.scripted import Scripted, serving
from tests.connect.stepped import Stepped


@pytest.fixture
def tool() -> Iterator[Scripted]:
    with serving() as scripted:
        yield scripted


@pytest.fixture
def clock() -> Iterator[Driven]:
    with driven(1_700_000_000.0) as at:
        yield at


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(name="Acme")


@pytest.fixture
def author(db: None) -> User:
    return User.objects.create(email="owner@acme.example", name="Owner")


@pytest.fixture
def on(synced: Stepped) -> Stepped:
    """Everybody's values stand in the tool."""
    synced.switch(Mode.ALL)
    synced.settle()
    return synced
