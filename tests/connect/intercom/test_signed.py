"""Who calls is proven by the signature over the exact bytes."""

import hmac
import json

import pytest

from accoil.connect.intercom.signed import is_hub_signed, is_signed, secrets_of, workspace
from accoil.connect.models import Connection, State
from accoil.connect.now import driven, now
from accoil.team.models import Team

BODY = b'{ "workspace_id":"w1",  "contact": {"email": "j\xc3\xbcrgen@example.com"} }'


def _connection(team: Team, workspace_id: str = "w1", **secrets: str) -> Connection:
    made = Connection(team=team, tool="intercom", workspace=workspace_id)
    made.secrets = secrets
    made.save()
    return made


def _sign(secret: str, raw: bytes = BODY, how: str = "sha256") -> str:
    return hmac.new(secret.encode(), raw, how).hexdigest()


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(name="Signed")


def test_the_exact_bytes_count(team: Team) -> None:
    connection = _connection(team, client_secret="s1")
    again = json.dumps(json.loads(BODY)).encode()
    assert is_signed(secrets_of(connection), BODY, _sign("s1"))
    assert not is_signed(secrets_of(connection), again, _sign("s1"))
    assert is_signed(secrets_of(connection), again, _sign("s1", again))


def test_both_secrets_count_while_the_secret_is_being_changed(team: Team) -> None:
    connection = _connection(team, client_secret="new", old_client_secret="old", old_until=str(now() + 60))
    assert is_signed(secrets_of(connection), BODY, _sign("new"))
    assert is_signed(secrets_of(connection), BODY, _sign("old"))
    assert not is_signed(secrets_of(connection), BODY, _sign("older"))
    with driven(now() + 61):
        assert not is_signed(secrets_of(connection), BODY, _sign("old"))
        assert is_signed(secrets_of(connection), BODY, _sign("new"))


@pytest.mark.parametrize("header", ["", "00", "é", "sha256=", _sign(""), "None"])
def test_other_headers_are_refused(team: Team, header: str) -> None:
    assert not is_signed(secrets_of(_connection(team, client_secret="s1")), BODY, header)


def test_without_a_client_secret_nothing_is_signed(team: Team) -> None:
    connection = _connection(team, token="t")
    assert not is_signed(secrets_of(connection), BODY, _sign(""))
    assert not is_hub_signed(connection, BODY, "sha1=" + _sign("", how="sha1"))


def test_notifications_are_signed_in_another_way(team: Team) -> None:
    connection = _connection(team, client_secret="s1")
    right = _sign("s1", how="sha1")
    assert is_hub_signed(connection, BODY, f"sha1={right}")
    assert not is_hub_signed(connection, BODY, right)
    assert not is_hub_signed(connection, BODY, f"sha256={_sign('s1')}")
    assert not is_signed(secrets_of(connection), BODY, right)


def test_a_body_names_its_workspace(team: Team) -> None:
    connection = _connection(team, client_secret="s1")
    assert workspace(BODY) == connection
    assert workspace(b'{"app_id": "w1"}') == connection
    assert workspace(b'{"workspace_id": "w2"}') is None


def test_a_disconnected_workspace_is_unknown(team: Team) -> None:
    connection = _connection(team, client_secret="s1")
    Connection.objects.filter(pk=connection.pk).update(state=State.DISCONNECTED)
    assert workspace(BODY) is None


def test_one_teams_secret_does_not_sign_for_another_teams_workspace(team: Team) -> None:
    _connection(team, client_secret="s1")
    other = _connection(Team.objects.create(name="Other"), "w2", client_secret="s2")
    body = b'{"workspace_id": "w2"}'
    found = workspace(body)
    assert found == other
    assert not is_signed(secrets_of(other), body, _sign("s1", body))


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b'"w1"', b"{", b"\xff\xfe", b'{"workspace_id": 7}', b'{"workspace_id": ""}',
     b'{"workspace_id": "\\ud800"}', b"[" * 100_000],
)  # fmt: skip
def test_a_body_that_names_nobody(team: Team, raw: bytes) -> None:
    _connection(team, workspace_id="", client_secret="s1")
    assert workspace(raw) is None
