"""Receivers check signatures with the published library."""

from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from accoil.connect.connection import Message, Rejected, SignInAgain, TryLater
from accoil.connect.models import Connection, State
from accoil.connect.now import driven, now, sleep
from accoil.connect.webhook import tool as webhook
from accoil.connect.webhook.endpoints import BOTH, enable, endpoint, endpoints, replace_secret
from accoil.connect.webhook.tool import TOOL
from accoil.team.models import Team
from tests.connect.scripted import Reply, Scripted, serving

MESSAGE = Message(
    key="d7",
    type="automation.fired",
    at=datetime(2026, 3, 31, 9, tzinfo=UTC),
    data={"account": {"name": "Ève & Söhne"}},
)


@pytest.fixture(autouse=True)
def opened(settings) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.2/32")]


@pytest.fixture
def receiver() -> Iterator[Scripted]:
    with serving("127.0.0.2") as scripted:
        yield scripted


@pytest.fixture
def team(db) -> Team:
    return Team.objects.create(name="Acme Inc")


def through(team: Team, receiver: Scripted) -> Connection:
    return TOOL.connection_of(team, {"url": receiver.url + "/hook"})


def send(connection: Connection, message: Message = MESSAGE) -> str:
    return webhook.Webhook(connection).send("webhook", {"url": connection.options["url"]}, message)


def test_what_arrives_is_signed_with_the_secret_of_the_address(team, receiver):
    receiver.replies = [Reply(204, b"")]
    connection = through(team, receiver)
    assert send(connection) == "Sent; the answer was 204."
    asked = receiver.asked[0]
    told = Webhook(connection.secrets["secret"]).verify(asked.body, asked.headers)
    assert told == {
        "type": "automation.fired",
        "timestamp": "2026-03-31T09:00:00+00:00",
        "data": {"account": {"name": "Ève & Söhne"}},
    }
    assert (asked.method, asked.path, asked.headers["webhook-id"]) == ("POST", "/hook", "d7")
    assert asked.headers["content-type"] == "application/json"


def test_a_changed_body_or_another_secret_does_not_pass(team, receiver):
    connection = through(team, receiver)
    send(connection)
    asked = receiver.asked[0]
    with pytest.raises(WebhookVerificationError):
        Webhook(connection.secrets["secret"]).verify(asked.body + b" ", asked.headers)
    other = endpoint(team, receiver.url + "/other")
    with pytest.raises(WebhookVerificationError):
        Webhook(other.secrets["secret"]).verify(asked.body, asked.headers)


def test_each_team_has_a_secret_of_its_own_for_the_same_address(team, receiver):
    mine, theirs = through(team, receiver), through(Team.objects.create(name="Evil Inc"), receiver)
    assert mine.secrets["secret"] != theirs.secrets["secret"]
    assert through(team, receiver) == mine
    assert list(endpoints(team)) == [mine]


def test_the_secret_does_not_stand_in_the_database(team, receiver):
    connection = through(team, receiver)
    kept = Connection.objects.filter(pk=connection.pk).values_list("secret")
    assert connection.secrets["secret"] not in str(kept.query)
    from django.db import connection as database

    with database.cursor() as cursor:
        cursor.execute("select * from connect_connection")
        assert connection.secrets["secret"].removeprefix("whsec_") not in str(cursor.fetchall())


def test_sent_again_it_says_the_same_id_and_its_own_time(team, receiver):
    connection = through(team, receiver)
    with driven():
        send(connection)
        sleep(20)
        send(connection)
    first, second = receiver.asked
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 20
    for asked in receiver.asked:
        Webhook(connection.secrets["secret"]).verify(asked.body, asked.headers)


def test_while_one_secret_takes_over_from_another_both_pass(team, receiver):
    connection = through(team, receiver)
    before = connection.secrets["secret"]
    with driven() as clock:
        after = replace_secret(connection)
        send(Connection.objects.get(pk=connection.pk))
        asked = receiver.asked[0]
        for secret in (before, after):
            Webhook(secret).verify(asked.body, asked.headers)
        clock.advance(BOTH + 1)
        send(Connection.objects.get(pk=connection.pk))
    assert len(receiver.asked[1].headers["webhook-signature"].split()) == 1


def test_gone_switches_the_address_off_until_somebody_switches_it_on(team, receiver):
    receiver.replies = [Reply(410)]
    connection = through(team, receiver)
    with pytest.raises(SignInAgain, match="gone"):
        send(connection)
    connection.state, connection.problem = State.NEEDS_RECONNECT, "gone"  # as whoever performs actions does
    connection.save()
    assert through(team, receiver).state == State.NEEDS_RECONNECT  # the next action is not sent past it
    enable(connection)
    assert through(team, receiver).state == State.CONNECTED


@pytest.mark.parametrize("status", [301, 302, 400, 401, 404, 500, 503])
def test_only_2xx_is_taken(team, receiver, status):
    receiver.replies = [Reply(status, b"no\x00 <b>room</b>\n here" * 30, {"Location": receiver.url})]
    with pytest.raises(TryLater) as caught:
        send(through(team, receiver))
    assert not caught.value.limited
    assert str(status) in caught.value.reason
    assert len(receiver.asked) == 1
    assert len(caught.value.reason) < 300


def test_too_much_waits_as_long_as_the_receiver_says(team, receiver):
    receiver.replies = [Reply(429, b"", {"Retry-After": "40"})]
    connection = through(team, receiver)
    with driven():
        with pytest.raises(TryLater) as caught:
            send(connection)
        assert caught.value.limited
        assert caught.value.after == pytest.approx(40)
        with pytest.raises(TryLater):
            send(connection)
        assert len(receiver.asked) == 1


def test_an_answer_is_told_in_one_short_line(team, receiver):
    receiver.replies = [Reply(200, b"ok\r\nthank\x1b you" + b"!" * 100_000)]
    told = send(through(team, receiver))
    assert told.startswith("Sent; the answer was 200: ok thank you!!")
    assert len(told) < 260


def test_a_team_sends_so_many_a_minute_to_all_its_addresses_and_another_team_is_not_held_back(team, receiver):
    first, second = through(team, receiver), endpoint(team, receiver.url + "/other")
    others = through(Team.objects.create(name="Evil Inc"), receiver)
    with driven() as clock:
        for _ in range(webhook.MOST_A_MINUTE - 1):
            webhook.pace(team.pk).take()
        send(first)
        with pytest.raises(TryLater) as caught:
            send(second)
        assert caught.value.limited
        send(others)
        clock.advance(61)
        send(second)
    assert len(receiver.asked) == 3


def test_nothing_is_sent_to_an_address_that_leads_inside(team):
    with serving("127.0.0.1") as inside:
        with pytest.raises(Rejected, match="may be sent to"):
            send(through(team, inside))
        assert inside.asked == []


def test_an_address_whose_secret_is_lost_says_so(team, receiver):
    connection = through(team, receiver)
    Connection.objects.filter(pk=connection.pk).update(secret="")
    with pytest.raises(SignInAgain, match="secret"):
        send(Connection.objects.get(pk=connection.pk))
    replace_secret(connection)
    send(connection)
    assert len(receiver.asked) == 1


def test_the_clock_of_signatures_is_the_one_that_can_be_driven(team, receiver):
    with driven(1_700_000_000):
        send(through(team, receiver))
        assert int(receiver.asked[0].headers["webhook-timestamp"]) == now()
