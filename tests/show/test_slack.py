"""Slack on the pages: connecting it, what is sent there, and the message in the editor of an automation."""

from collections.abc import Iterator

import pytest

from accoil.act.models import Feed
from accoil.connect.models import Connection
from tests.show.automating import HTMX, made
from tests.show.connected import here
from tests.show.reading import main
from tests.slack import Slack, running
from tests.slack.workspace import No

TELL = [{"slack": {"channel": "#sales", "text": "*{{ account.name }}* <is> busy"}}]


@pytest.fixture
def slack(settings) -> Iterator[Slack]:
    with running() as it:
        settings.SLACK_URL = it.address
        settings.PUBLIC_URL = "https://accoil.example.com"
        it.channel("sales")
        it.channel("success")
        yield it


def connect(client, busy, slack: Slack):
    return client.post(here(busy, "/slack/connect"), {"token": slack.token()}, follow=True)


def typed(**more: str) -> dict[str, str]:
    told = {"name": "Tell", "scope": "account", "when": "enters", "named": "Most Engaged", "cool_down_hours": "24",
            "then-key-0": "slack", "then-0-channel": "#sales", "then-0-text": TELL[0]["slack"]["text"]}  # fmt: skip
    return told | more


def test_slack_is_connected_with_a_token_and_its_page_says_who_sends(ann, busy, slack):
    page = main(ann.get(here(busy, "/slack")))
    assert "From a manifest" in page and '"token_rotation_enabled": false' in page and "Bot token" in page
    said = connect(ann, busy, slack).content.decode()
    assert "Slack “Acme” is connected. Automations can send to it now." in said
    made(busy, then=TELL)
    text = main(ann.get(here(busy, "/slack")))
    assert "Nothing of Web was sent in the last week to Acme." in text
    assert "Tell Rita Off Slack message: #sales" in text and "Sync now" not in text
    assert "Alerts of automations" in main(ann.get(here(busy)))
    assert ann.get(here(busy, "/slack/records")).status_code == 404  # it keeps none


def test_its_page_names_the_feeds_that_are_sent_there_and_only_those(ann, busy, slack):
    connect(ann, busy, slack)
    cards = [{"card": "new", "scope": "account"}]
    monday = {"every": "week", "hour": 9, "channel": "#sales"}
    for name, more in (("Mondays", monday), ("By e-mail", {"every": "day", "mail_to": "ann@example.com"})):
        Feed.objects.create(profile=busy.profile, name=name, is_shared=True, cards=cards, **more)
    others = busy.profile.create(busy.evil, "Evil", busy.profile.current.parsed)
    Feed.objects.create(profile=others, name="Of others", is_shared=True, cards=cards, **monday)
    text = main(ann.get(here(busy, "/slack")))
    assert "Mondays Feed every Monday at 9:00 to #sales" in text
    assert "By e-mail" not in text and "Of others" not in text
    assert "so do feeds that are sent there" in main(ann.get(here(busy, "/slack/disconnect")))


def test_a_refusal_stands_beside_its_field(ann, busy, slack):
    wrong = ann.post(here(busy, "/slack/connect"), {"token": "xoxb-wrong"})
    assert wrong.status_code == 422 and 'id="id_token-error"' in wrong.content.decode()
    assert "Bot token: Slack does not know it." in main(wrong)
    hook = {"hook": "https://evil.example/services/T1/B1/x", "channel": "#sales"}
    assert 'id="id_hook-error"' in ann.post(here(busy, "/slack/connect"), hook).content.decode()


def test_disconnecting_says_what_becomes_of_it_and_holds_at_once(ann, busy, slack):
    connect(ann, busy, slack)
    assert "Nothing more is sent, from this moment on." in main(ann.get(here(busy, "/slack/disconnect")))
    said = ann.post(here(busy, "/slack/disconnect"), follow=True).content.decode()
    assert "Slack is disconnected: nothing more is sent." in said
    assert Connection.objects.get(tool="slack").state == "disconnected"


def test_the_editor_offers_the_channels_and_shows_the_message_as_slack_would(ann, busy, slack):
    connect(ann, busy, slack)
    page = ann.post(f"/p/{busy.web.pk}/automations/new", typed())
    told = page.content.decode()
    assert '<option value="#sales">' in told and '<option value="#success">' in told
    assert "Slack message, were it about Acme Ltd:" in main(page)
    assert "<b>Acme Ltd</b> &lt;is&gt; busy" in told
    assert f'<a href="https://accoil.example.com/p/{busy.web.pk}/accounts/' in told
    part = ann.post(f"/p/{busy.web.pk}/automations/new", typed(shape="account|enters|slack"), **HTMX)
    assert "<b>Acme Ltd</b> &lt;is&gt; busy" in part.content.decode()
    assert slack.asked.count("conversations.list") == 1  # not again for every key that is pressed


def test_channels_that_cannot_be_listed_just_now_keep_nobody_from_typing_one(ann, busy, slack):
    connect(ann, busy, slack)
    slack.says["conversations.list"] = [No("ratelimited", 429, {"retry-after": "30"})]
    page = ann.post(f"/p/{busy.web.pk}/automations/new", typed())
    assert "What there is could not be listed: It was asked too much in a short time." in main(page)
    assert 'value="#sales"' in page.content.decode()


def test_a_channel_without_its_sign_is_refused_with_how_to_write_it(ann, busy, slack):
    page = ann.post(f"/p/{busy.web.pk}/automations/new", typed(**{"then-0-channel": "sales", "do": "save"}))
    assert page.status_code == 422 and "channel is “sales”; write #sales, or the id of the channel." in main(page)


def test_the_members_are_offered_for_an_e_mail_and_those_chosen_stay_chosen(ann, busy):
    sent = typed(**{"then-key-0": "email", "then-0-subject": "", "then-0-text": ""})
    sent["then-0-to"] = ["owner", "bob@example.com"]  # type: ignore[assignment]
    page = ann.post(f"/p/{busy.web.pk}/automations/new", sent)
    told = page.content.decode()
    assert 'value="owner" checked' in told and 'value="bob@example.com" checked' in told
    assert 'value="ann@example.com">' in told and "eve@example.com" not in told
    assert "No mail server is set up: whoever runs this server sets ACCOIL_SMTP_URL." in main(page)


def test_a_test_message_tells_slacks_answer_in_words(ann, bob, eve, busy, slack):
    connect(ann, busy, slack)
    made(busy, then=TELL)
    assert '<option value="#sales">' in ann.get(here(busy, "/slack")).content.decode()
    assert "conversations.list" not in slack.asked
    test = here(busy, "/slack/test")
    assert "Told #sales." in ann.post(test, {"to": "#sales"}, follow=True).content.decode()
    assert slack.channels[0].texts[0].endswith("A test that Ann sent from Accoil: messages arrive here.")
    slack.channels[1].is_archived = True
    for to, why in [
        ("#success", "The test did not arrive. #success is archived in Slack; choose another channel."),
        ("#nowhere", "The test did not arrive. Slack knows no channel #nowhere"),
        ("sales", "The test was not sent: channel is “sales”; write #sales, or the id of the channel."),
        ("", "Channel: say where the test goes."),
    ]:
        assert why in ann.post(test, {"to": to}, follow=True).content.decode()
    assert bob.post(test, {"to": "#sales"}).status_code == 403 and eve.post(test, {"to": "#sales"}).status_code == 404
    assert "Send a test message" not in main(bob.get(here(busy, "/slack")))
    assert len(slack.channels[0].messages) == 1


def test_feeds_stand_among_those_that_send_and_personal_ones_with_their_author_alone(ann, eve, busy, slack):
    connect(ann, busy, slack)
    assert "Nothing of Web is sent there yet." in main(ann.get(here(busy, "/slack")))
    cards = {"card-0": "new", "scope-0": "account", "hour": "8", "every": "week", "do": "save"}
    feeds = f"/p/{busy.web.pk}/feeds/new"
    ann.post(feeds, {"name": "Morning", "shared": "1", "channel": "#sales", **cards})
    ann.post(feeds, {"name": "By mail", "mail_to": "ann@example.com", **cards})
    text = main(ann.get(here(busy, "/slack")))
    assert "Morning Feed every Monday at 8:00 to #sales" in text and "By mail" not in text
    assert eve.get(here(busy, "/slack")).status_code == 404
