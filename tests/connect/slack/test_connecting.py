"""Joining a team and a workspace of Slack."""

import pytest
from django.db import connection as database

from accoil.connect import ending
from accoil.connect.given import given
from accoil.connect.models import Connection, State
from accoil.connect.slack import channels
from accoil.connect.slack.connecting import by_code, by_hand, by_token, sign_in_address
from accoil.refused import Refused
from accoil.team.models import Team
from tests.slack.workspace import No

BACK = "http://127.0.0.1/connections/slack/done"


def test_a_bot_token_connects_the_workspace_it_is_of(slack, team, ann):
    made = by_token(team, ann, slack.token())
    assert (made.workspace, made.workspace_name, made.state) == ("T0ACME", "Acme", State.CONNECTED)
    assert made.author == ann and made.secrets["token"].startswith("xoxb-")
    with database.cursor() as cursor:
        cursor.execute("select * from connect_connection")
        assert made.secrets["token"] not in str(cursor.fetchall())


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "Bot token: paste it, or the address of an incoming webhook"),
        ({"token": "xoxp-user"}, "begins with xoxb-"),
        ({"token": "xoxb-unknown"}, "Slack does not know it"),
        ({"hook": "https://evil.example/services/T1/B1/x"}, "Incoming webhook: paste its whole address"),
        ({"hook": "http://127.0.0.1:1/services/T0ACME/B000001/abcdefgh"}, "Incoming webhook: paste its whole address"),
    ],
)
def test_what_is_no_way_in_is_refused_with_what_to_do(slack, team, ann, given, why):
    with pytest.raises(Refused, match=why):
        by_hand(team, ann, given)
    assert not Connection.objects.exists() and "chat.postMessage" not in slack.asked


def test_a_token_that_may_not_write_is_refused_with_the_permission_that_it_lacks(slack, team, ann):
    with pytest.raises(Refused, match="lacks the permission chat:write"):
        by_token(team, ann, slack.token(("channels:read",)))


def test_signing_in_exchanges_the_code_once_with_the_secret_of_the_app(slack, team, ann):
    asked = sign_in_address("s1", BACK)
    assert asked.startswith(f"{slack.address}/oauth/v2/authorize?scope=chat:write,channels:read")
    slack.codes["c1"] = BACK
    made = by_code(team, ann, "c1", BACK)
    assert made.workspace_name == "Acme" and made.secrets["token"] in slack.tokens
    with pytest.raises(Refused, match=r"did not take the sign-in \(invalid_code\)"):
        by_code(team, ann, "c1", BACK)


def test_a_code_is_worth_nothing_with_another_way_back_or_another_secret(slack, team, ann, settings):
    slack.codes |= {"c1": BACK, "c2": BACK}
    with pytest.raises(Refused, match="bad_redirect_uri"):
        by_code(team, ann, "c1", "http://127.0.0.1/elsewhere")
    settings.SLACK_CLIENT_SECRET = "wrong"
    with pytest.raises(Refused, match="bad_client_secret"):
        by_code(team, ann, "c2", BACK)


def test_incoming_webhooks_go_to_one_channel_each_and_add_up(slack, team, ann):
    success = slack.channel("success")
    first = by_hand(team, ann, {"hook": slack.hook(slack.channels[0]), "channel": "#sales"})
    second = by_hand(team, ann, {"hook": slack.hook(success), "channel": "Success"})
    assert first == second and channels.known(second) == ["#sales", "#success"]
    assert (second.workspace_name, slack.asked) == ("T0ACME", [])
    with pytest.raises(Refused, match="Channel: write the one that the webhook goes to"):
        by_hand(team, ann, {"hook": slack.hook(success), "channel": ""})


def test_an_address_that_somebody_made_up_keeps_no_other_team_from_its_workspace(slack, team, ann):
    other = Team.objects.create(name="Evil Inc")
    made_up = {"hook": f"{slack.address}/services/T0ACME/B000000/{'x' * 24}", "channel": "#sales"}
    evil = by_hand(other, ann, made_up)
    assert by_hand(team, ann, {"hook": slack.hook(slack.channels[0]), "channel": "#sales"}) != evil
    ours = by_token(team, ann, slack.token())
    assert ours.workspace == "T0ACME" and channels.known(ours) == ["#sales"]
    with pytest.raises(Refused, match="connected to another team of this server"):
        by_token(other, ann, slack.token())


def test_a_token_and_webhooks_of_one_workspace_are_one_connection_whichever_came_first(slack, team, ann):
    hook = {"hook": slack.hook(slack.channels[0]), "channel": "#sales"}
    first = by_hand(team, ann, hook)
    both = by_token(team, ann, slack.token())
    assert (both.pk, both.workspace, both.workspace_name) == (first.pk, "T0ACME", "Acme")
    assert set(both.secrets) == {"hook #sales", "token"}
    again = by_hand(team, ann, hook)
    assert (again.pk, again.workspace, again.workspace_name) == (first.pk, "T0ACME", "Acme")
    with pytest.raises(Refused, match="Your team is connected to the Slack workspace “Acme”"):
        by_hand(team, ann, hook | {"hook": f"{slack.address}/services/T0BETA/B000000/{'x' * 24}"})


def test_a_workspace_belongs_to_one_team_and_a_team_has_one_workspace(slack, team, ann):
    by_token(team, ann, slack.token())
    other = Team.objects.create(name="Evil Inc")
    with pytest.raises(Refused, match="connected to another team of this server"):
        by_token(other, ann, slack.token())
    slack.team_id, slack.name = "T0BETA", "Beta"
    with pytest.raises(Refused, match="Your team is connected to the Slack workspace “Acme”"):
        by_token(team, ann, slack.token())
    assert not other.connections.exists()


def test_disconnecting_holds_at_once_and_forgets_the_secrets(slack, team, ann):
    made = by_token(team, ann, slack.token())
    assert channels.known(made) == ["#sales"]
    ending.begin(made)
    made.refresh_from_db()
    assert (made.state, made.secrets) == (State.DISCONNECTED, {})
    again = by_token(team, ann, slack.token())
    assert (again.pk, again.state) == (made.pk, State.CONNECTED)


def test_channels_are_read_page_by_page_and_kept_for_a_while(slack, team, ann):
    for number in range(450):
        slack.channel(f"room-{number:03d}")
    slack.channel("secret", is_private=True)
    slack.channel("ours", is_private=True, has_app=True)
    slack.channel("old", is_archived=True)
    made = by_token(team, ann, slack.token())
    known = channels.known(made)
    assert len(known) == 452 and known[0] == "#ours" and "#secret" not in known and "#old" not in known
    assert slack.asked.count("conversations.list") == 3
    channels.known(made)
    assert slack.asked.count("conversations.list") == 3


def test_an_app_without_the_permission_for_private_channels_lists_the_public_ones(slack, team, ann):
    slack.channel("ours", is_private=True, has_app=True)
    made = by_token(team, ann, slack.token(("chat:write", "channels:read")))
    assert channels.known(made) == ["#sales"]


def test_a_list_that_slack_refuses_just_now_leaves_the_connection_as_it_is(slack, team, ann):
    made = by_token(team, ann, slack.token())
    slack.says["conversations.list"] = [No("ratelimited", 429, {"retry-after": "30"})]
    assert channels.id_of(made, "#sales") == "#sales"  # Slack finds public ones by name, too
    assert made.is_connected()


def test_a_list_that_is_too_long_for_now_is_offered_as_far_as_it_came_and_gone_on_with(slack, team, ann):
    for number in range(1450):
        slack.channel(f"room-{number:04d}")
    made = by_token(team, ann, slack.token())
    slack.says["conversations.list"] = [None, None, None, No("ratelimited", 429, {"retry-after": "1"})]
    with given(0.5, waits=False):
        assert len(channels.known(made)) == 600
    channels._limits.clear()  # a second later
    asked = slack.asked.count("conversations.list")
    assert len(channels.known(made)) == 1451 and channels.id_of(made, "#room-1449").startswith("C")
    assert slack.asked.count("conversations.list") == asked + 5, "it begins where it was broken off"
