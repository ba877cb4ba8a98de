"""Tokens that end after twelve hours, and what Slack tells by itself."""

import hmac
import json
import threading
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from accoil.connect.connection import SignInAgain, TryLater
from accoil.connect.models import Connection, State
from accoil.connect.now import driven, now
from accoil.connect.slack.connecting import by_code, by_token
from accoil.connect.slack.events import TOLERANCE
from accoil.connect.slack.rotation import access
from accoil.connect.slack.tool import Slack
from accoil.refused import Refused
from accoil.team.models import Team
from tests.connect.scripted import Reply
from tests.connect.slack.test_sending import told
from tests.slack.workspace import No

BACK = "http://127.0.0.1/connections/slack/done"
HOURS = 3600


@pytest.fixture
def rotating(slack, team, ann) -> Connection:
    slack.rotates = True
    slack.codes["c1"] = BACK
    return by_code(team, ann, "c1", BACK)


def send(connection: Connection) -> str:
    fresh = Connection.objects.get(pk=connection.pk)
    return Slack(fresh).send("slack", {"channel": "#sales", "text": "Hello"}, told())


def test_a_token_that_ends_is_renewed_in_time_and_kept_with_its_next_refresh_token(slack, team, ann):
    slack.rotates = True
    slack.codes["c1"] = BACK
    with driven(1_800_000_000.0) as clock:
        made = by_code(team, ann, "c1", BACK)
        first = made.secrets
        assert first["token"].startswith("xoxe.xoxb-") and set(first) == {"token", "refresh_token", "renew_at"}
        clock.advance(9 * HOURS)
        send(made)
        assert "refresh" not in slack.asked
        clock.advance(1 * HOURS)
        send(made)
        send(made)
    made.refresh_from_db()
    assert slack.asked.count("refresh") == 1 and len(slack.channels[0].messages) == 3
    assert made.secrets["token"] != first["token"] and made.secrets["refresh_token"] != first["refresh_token"]


def test_one_that_slack_says_has_ended_is_renewed_and_the_message_sent_once(slack, rotating):
    slack.ended.add(rotating.secrets["token"])
    assert send(rotating) == "Told #sales."
    assert slack.asked.count("refresh") == 1 and len(slack.channels[0].messages) == 1


@pytest.mark.django_db(transaction=True)
def test_threads_that_need_a_new_token_ask_for_it_once(slack, team, ann):
    slack.rotates = True
    slack.codes["c1"] = BACK
    made = by_code(team, ann, "c1", BACK)
    slack.ended.add(made.secrets["token"])
    problems: list[Exception] = []

    def sends() -> None:
        try:
            Slack(made).send("slack", {"channel": "#sales", "text": "Hello"}, told())
        except Exception as wrong:
            problems.append(wrong)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sends) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == [] and slack.asked.count("refresh") == 1 and len(slack.channels[0].messages) == 4


@pytest.mark.parametrize(("error", "kind"), [("invalid_refresh_token", SignInAgain), ("internal_error", TryLater)])
def test_a_renewal_that_is_refused_says_who_must_act(slack, rotating, error, kind):
    slack.ended.add(rotating.secrets["token"])
    slack.says["oauth.v2.access"] = [No(error), No(error)]  # for the list of channels, and for the message
    with pytest.raises(kind):
        send(rotating)
    assert not slack.channels[0].messages


@pytest.mark.parametrize("status", [200, 302, 403, 404])
def test_what_somebody_else_says_in_slacks_place_does_not_end_a_sign_in(tool, clock, settings, status):
    settings.SLACK_URL = tool.url
    tool.replies = [Reply(status, b"<html>Log in to the network</html>")]
    with pytest.raises(TryLater):
        access({"grant_type": "refresh_token", "refresh_token": "r1"})


def test_connecting_again_with_a_token_that_stays_forgets_the_refresh_token(slack, rotating, team, ann):
    again = by_token(team, ann, slack.token())
    assert again.pk == rotating.pk and set(again.secrets) == {"token"}


def test_a_pasted_token_that_ends_is_refused_as_nobody_could_renew_it(slack, team, ann):
    with pytest.raises(Refused, match="Bot token: this one holds for twelve hours only"):
        by_token(team, ann, "xoxe.xoxb-1-abc")


SIGNING = "8f742231b10e8888abcd99yyyzzz85a5"


@pytest.fixture
def connection(slack, team, ann) -> Connection:
    return by_token(team, ann, slack.token(), SIGNING)


def tells(
    event: dict[str, Any], secret: str = SIGNING, workspace: str = "T0ACME", late: float = 0, app: str = "A0ACCOIL",
    **headers: str,
) -> int:  # fmt: skip
    """What the answer's status is."""
    told = {"type": "event_callback", "team_id": workspace, "api_app_id": app, "event": event}
    body = json.dumps(told).encode()
    at = str(int(now() - late))
    signature = hmac.digest(secret.encode(), f"v0:{at}:".encode() + body, "sha256").hex()
    sent = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={signature}"} | headers
    return Client(enforce_csrf_checks=True).post(
        "/slack/events", body, content_type="application/json", headers=sent
    ).status_code  # fmt: skip


REMOVED = {"type": "app_uninstalled"}


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (REMOVED, "The app was removed from the workspace in Slack; connect Slack again."),
        ({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0BOT"]}}, "The token was revoked in Slack; "),
    ],
)
def test_an_app_that_was_removed_or_a_token_that_was_revoked_needs_reconnecting_at_once(connection, event, why):
    assert tells(event) == 200
    connection.refresh_from_db()
    assert connection.state == State.NEEDS_RECONNECT and connection.problem.startswith(why)


def test_tokens_of_people_are_none_of_ours(connection):
    assert tells({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}) == 200
    assert tells({"type": "message", "text": "hi"}) == 200
    assert connection.is_connected()


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "another"},
        {"late": TOLERANCE + 60.0},
        {"late": -TOLERANCE - 60.0},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=ünsigned"},
        {"X-Slack-Request-Timestamp": "soon"},
    ],
    ids=str,
)
def test_what_slack_did_not_sign_or_long_ago_changes_nothing(connection, wrong):
    assert tells(REMOVED, **wrong) == 401
    assert connection.is_connected()


def test_an_event_of_another_workspace_changes_nothing_here(connection, settings):
    other = Connection.objects.create(team=Team.objects.create(name="Evil"), tool="slack", workspace="T0EVIL")
    other.secrets = {"token": "xoxb-1", "signing": "theirs"}
    other.save()
    assert tells(REMOVED, secret="theirs") == 401  # who knows one secret speaks for that workspace alone
    assert tells(REMOVED, secret="theirs", workspace="T0EVIL") == 200
    assert connection.is_connected() and not other.is_connected()
    settings.SLACK_SIGNING_SECRET = "of the server's own app"
    assert tells(REMOVED, secret=settings.SLACK_SIGNING_SECRET, workspace="T0NOBODY") == 200
    assert tells(REMOVED, secret=settings.SLACK_SIGNING_SECRET) == 200
    assert connection.is_connected(), "the server's app is not the team's own"


def test_the_servers_app_ends_what_was_made_by_signing_in_to_it(slack, team, ann, settings):
    settings.SLACK_SIGNING_SECRET = "of the server's own app"
    slack.codes["c1"] = BACK
    made = by_code(team, ann, "c1", BACK)
    assert tells(REMOVED, secret=settings.SLACK_SIGNING_SECRET, app="A0BEFORE") == 200
    assert made.is_connected(), "it is another app that was removed"
    assert tells(REMOVED, secret=settings.SLACK_SIGNING_SECRET) == 200
    assert not made.is_connected()


def test_an_app_that_another_one_took_over_from_ends_nothing(connection, slack, team, ann):
    slack.codes["c1"] = BACK
    assert by_code(team, ann, "c1", BACK).pk == connection.pk
    assert tells(REMOVED) == 401
    assert connection.is_connected()
    by_token(team, ann, slack.token())
    assert tells(REMOVED) == 401
    assert connection.is_connected()


def test_the_address_answers_when_it_is_written_into_the_app(db):
    body = {"type": "url_verification", "challenge": "3eZbrw1a", "token": "x"}
    answer = Client().post("/slack/events", body, content_type="application/json")
    assert (answer.status_code, answer.json()) == (200, {"challenge": "3eZbrw1a"})
    half = b'{"team_id": "\\ud800"}'
    for junk in (b"", b"[]", b"{", b"\xff", b'{"team_id": ["a"]}', b'{"team_id": "T0\\u0000"}', half, b"[" * 100_000):
        assert Client().post("/slack/events", junk, content_type="application/json").status_code == 401
    assert Client().get("/slack/events").status_code == 405
