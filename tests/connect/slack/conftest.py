from collections.abc import Iterator

import pytest

from accoil.team.models import Team, User
from tests.slack import Slack, running


@pytest.fixture
def slack(settings) -> Iterator[Slack]:
    """A stand-in that listens, with one public channel."""
    with running() as it:
        settings.SLACK_URL = it.address
        settings.SLACK_CLIENT_ID, settings.SLACK_CLIENT_SECRET = it.client_id, it.client_secret
        it.channel("sales")
        yield it


@pytest.fixture
def team(db) -> Team:
    return Team.objects.create(name="Acme Inc")


@pytest.fixture
def ann(db) -> User:
    return User.objects.create_user("ann@example.com", "a long walk home", "Ann")
