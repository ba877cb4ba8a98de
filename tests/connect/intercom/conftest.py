"""The stand-in for Intercom with one workspace, a team connected to it, and what that team writes with."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from accoil.connect.connection import Attribute
from accoil.connect.intercom.connecting import by_token
from accoil.connect.intercom.session import IntercomSession
from accoil.connect.models import Connection
from accoil.connect.now import Driven, driven, now
from accoil.count.ids import Kind
from accoil.team.models import Team, User
from tests.intercom import Intercom, running


@dataclass
class Here:
    """Our side of it."""

    team: Team
    author: User
    connection: Connection

    @property
    def session(self) -> IntercomSession:
        return IntercomSession(self.connection)


@pytest.fixture
def intercom(settings) -> Iterator[Intercom]:
    with running(Intercom(clock=now)) as it:
        settings.INTERCOM_URL = it.address
        settings.INTERCOM_CLIENT_ID, settings.INTERCOM_CLIENT_SECRET = it.client_id, it.client_secret
        yield it


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(name="Acme")


@pytest.fixture
def author(db: None) -> User:
    return User.objects.create(email="ann@example.com", name="Ann")


@pytest.fixture
def here(team: Team, author: User, intercom: Intercom) -> Here:
    made = Here(team, author, by_token(team, author, intercom.token(), intercom.client_secret))
    intercom.heard.clear()  # what was asked when it was connected
    return made


def attribute(name: str = "Accoil_Trial_Score", kind: Kind = "user", type: str = "integer") -> Attribute:
    return Attribute(kind=kind, name=name, type=type, words=name.replace("_", " "))  # type: ignore[arg-type]


@pytest.fixture
def clock() -> Iterator[Driven]:
    """Stands at the time it is, as the stand-in has told it already."""
    with driven() as at:
        yield at
