"""Messages: what stands in them, where they go, and what each refusal of Slack's means."""

from datetime import UTC, datetime
from typing import Any

import pytest

from accoil.connect.connection import FEED, Message, Rejected, SignInAgain, ToolError, TryLater
from accoil.connect.models import Connection
from accoil.connect.slack import blocks, message
from accoil.connect.slack.connecting import by_hand, by_token
from accoil.connect.slack.shown import html, shown
from accoil.connect.slack.tool import Slack
from tests.slack.workspace import No

LINK = "https://accoil.example.com/p/1/accounts/2?profile=3"
ACME = {"id": "acme", "name": "Acme Ltd", "score": 41, "change": -14, "activation": 67, "adoption": 40,
        "active_users": 5, "total_users": 12, "mrr": 120_000}  # fmt: skip
BECAUSE = "Score fell by 14 because a day passed."


def told(key: str = "d1", **more: Any) -> Message:
    data = {"account": ACME, "because": BECAUSE, "profile": "Everyday", "link": LINK} | more
    return Message(key=key, type="automation.fired", at=datetime(2026, 3, 31, 9, tzinfo=UTC), data=data)


@pytest.fixture
def connection(slack, team, ann) -> Connection:
    return by_token(team, ann, slack.token())


def send(connection: Connection, text: str = "", channel: str = "#sales", **more: Any) -> str:
    return Slack(connection).send("slack", {"channel": channel, "text": text}, told(**more))


def test_a_message_names_who_it_is_about_and_links_to_the_page(slack, connection):
    assert send(connection, "Acme is at risk") == "Told #sales."
    [text] = slack.channels[0].texts
    assert text == (
        f"*<{LINK}|Acme Ltd>*\nAcme is at risk\n"
        "Score 41 ▼14 · activation 67 % · 5 of 12 users active · $1,200 · Everyday"
    )
    sent = slack.channels[0].messages[0]
    assert sent["text"] == "Acme Ltd: Acme is at risk"  # what notifications say
    assert (sent["channel"], sent["unfurl_links"]) == (slack.channels[0].id, False)
    assert sent["metadata"]["event_payload"] == {"deliveries": ["d1"]}


def test_without_a_text_it_says_why(slack, connection):
    send(connection)
    assert BECAUSE in slack.channels[0].texts[0]


def test_nothing_that_anybody_is_called_becomes_a_mention_or_a_link(slack, connection):
    evil = ACME | {"name": "<!channel> <https://evil.example|Acme> & co"}
    send(connection, "Call <@U1> & <!here>", account=evil)
    [sent] = slack.channels[0].messages
    [text] = slack.channels[0].texts
    for each in (text, sent["text"]):
        assert "<!" not in each and "<@" not in each and "<https://evil" not in each
    assert "&lt;!channel&gt; &lt;https://evil.example¦Acme&gt; &amp; co" in text
    assert "Call &lt;@U1&gt; &amp; &lt;!here&gt;" in text


def test_slack_is_told_to_make_no_link_of_an_address_that_somebody_is_called(slack, connection):
    evil = ACME | {"name": "https://evil.example/sign-in"}
    card = {"title": "New", "lines": [{"name": evil["name"], "text": "#general", "link": LINK}], "more": 0}
    feed = told(title="Morning", cards=[card])
    send(connection, account=evil)
    Slack(connection).send_all("slack", [({"channel": "#sales"}, told(f"d{n}", account=evil)) for n in range(30)])
    Slack(connection).send("slack", {"channel": "#sales"}, Message(key="f", type=FEED, at=feed.at, data=feed.data))
    for sent in slack.channels[0].messages:
        parts = [part for block in sent["blocks"] for part in block.get("elements", [block.get("text")])]
        assert parts and all(part["type"] == "plain_text" or part["verbatim"] is True for part in parts)


def test_a_long_text_is_cut_where_slack_would_refuse_it_never_within_a_character(slack, connection):
    send(connection, "&" * 5_000)
    [text] = slack.channels[0].texts
    assert text.split("\n")[1].replace("&amp;", "").replace("…", "") == ""
    assert blocks.fitting("a&b", 100) == "a&amp;b"
    assert blocks.fitting("&&&", 11) == "&amp;&amp;…"


def test_a_burst_is_one_message_and_what_finds_no_room_is_counted(slack, connection):
    many = [
        ({"channel": "#sales", "text": "x" * 290}, told(f"d{n}", account=ACME | {"name": f"No {n}"})) for n in range(80)
    ]
    assert Slack(connection).send_all("slack", many) == "Told #sales: 80 alerts in one message."
    [text] = slack.channels[0].texts
    assert text.startswith("*80 alerts*") and "|No 0>*" in text and "|No 19>*" in text and "|No 20>*" not in text
    assert text.endswith("and 60 more, in the run logs of the automations")


def test_a_private_channel_is_found_by_its_name_once_the_app_is_in_it(slack, connection):
    room = slack.channel("board", is_private=True)
    with pytest.raises(Rejected, match="Slack knows no channel #board, or it is private and the app is not in it"):
        send(connection, channel="#board")
    room.has_app = True
    send(connection, channel=room.id)
    assert len(room.messages) == 1


REFUSALS = [
    ("channel_not_found", Rejected, "/invite @Accoil"),
    ("not_in_channel", Rejected, "The app is not in #sales"),
    ("is_archived", Rejected, "#sales is archived"),
    ("restricted_action", Rejected, "does not let apps write in #sales"),
    ("msg_too_long", Rejected, "too long"),
    ("msg_blocks_too_long", Rejected, "too long"),
    ("invalid_blocks", Rejected, "can't show the message"),
    ("something_new", Rejected, "Slack refused it: something_new"),
    ("invalid_auth", SignInAgain, "no longer accepts the token; connect Slack again."),
    ("token_revoked", SignInAgain, "revoked"),
    ("token_expired", SignInAgain, "expired"),
    ("account_inactive", SignInAgain, "switched off"),
    ("missing_scope", SignInAgain, "lacks the permission"),
    ("ratelimited", TryLater, "too much"),
    ("internal_error", TryLater, "problem of its own"),
    ("service_unavailable", TryLater, "problem of its own"),
]


@pytest.mark.parametrize(("error", "kind", "words"), REFUSALS, ids=[each[0] for each in REFUSALS])
def test_a_refusal_with_status_200_says_who_must_act(slack, connection, error, kind, words):
    slack.says["chat.postMessage"] = [No(error)]
    with pytest.raises(ToolError, match=words) as caught:
        send(connection)
    assert type(caught.value) is kind and caught.value.reason.endswith(".")
    assert not slack.channels[0].messages
    assert getattr(caught.value, "limited", False) == (error == "ratelimited")


def test_429_waits_as_long_as_slack_says(slack, connection):
    slack.says["chat.postMessage"] = [No("ratelimited", 429, {"retry-after": "7"})]
    with pytest.raises(TryLater) as caught:
        send(connection)
    assert caught.value.limited and 6 < (caught.value.after or 0) <= 7


def test_through_an_incoming_webhook(slack, team, ann):
    made = by_hand(team, ann, {"hook": slack.hook(slack.channels[0]), "channel": "#sales"})
    assert send(made, "Hello", channel="#Sales") == "Told #Sales."
    assert "Hello" in slack.channels[0].texts[0] and slack.asked == ["hook"]
    with pytest.raises(Rejected, match="which go to #sales only; #other needs a token"):
        send(made, channel="#other")


@pytest.mark.parametrize(
    ("no", "kind", "words"),
    [
        (No("no_service", 404), SignInAgain, "switched off in Slack"),
        (No("channel_is_archived", 410), Rejected, "#sales is archived"),
        (No("action_prohibited", 403), Rejected, "does not let apps write"),
        (No("invalid_payload", 400), Rejected, "invalid_payload"),
        (No("rollup_error", 500), TryLater, "problem of its own"),
        (No("<html>Denied by policy</html>", 403), TryLater, "only people can read"),
        (No("<html>Denied by policy</html>", 203), TryLater, "only people can read"),
    ],
    ids=lambda each: str(each) if isinstance(each, No) else "",
)
def test_what_an_incoming_webhook_says_in_plain_text_is_understood(slack, team, ann, no, kind, words):
    made = by_hand(team, ann, {"hook": slack.hook(slack.channels[0]), "channel": "#sales"})
    slack.says["hook"] = [no]
    with pytest.raises(ToolError, match=words) as caught:
        send(made)
    assert type(caught.value) is kind


def test_a_token_is_never_sent_to_another_address_than_it_came_from(slack, connection, settings):
    settings.SLACK_URL = "http://127.0.0.2:9"
    with pytest.raises(SignInAgain, match="another address"):
        send(connection)


def test_the_preview_is_what_slack_would_show_and_nothing_in_it_is_a_tag():
    values = {"channel": "#sales", "text": "*Bold*, _soft_, `a<b` and 2 * 3 * 4\n<script>alert(1)</script>"}
    (kind, seen), (small, _) = shown(message.body([(values, told(account=ACME | {"name": '"><img src=x>'}))])["blocks"])
    assert (kind, small) == ("text", "note")
    assert "<b>Bold</b>, <i>soft</i>, <code>a&lt;b</code> and 2 * 3 * 4<br>&lt;script&gt;" in seen
    assert "<script" not in seen and "<img" not in seen
    assert seen.startswith(f'<b><a href="{LINK}">&quot;&gt;&lt;img src=x&gt;</a></b>')
    assert html('<https://x.example/"onload=1|y>') == '<a href="https://x.example/&quot;onload=1">y</a>'


def card(title: str, lines: int, more: int = 0) -> dict[str, Any]:
    told = {"name": "A <b>", "text": "72 ▲12", "about": "$5 a month", "why": "4 Reports & more", "link": LINK}
    return {"title": title, "total": lines + more, "lines": [told] * lines, "more": more}


def feed(**more: Any) -> Message:
    data = {"feed": "Monday", "feed_id": 1, "title": "Monday", "link": LINK, "when": "Last week", "product": "Web",
            "profile": "Everyday", "subject": "Monday: 3 up", "news": ["3 accounts up", "1 new account"],
            "quiet": ["Users that left"], "cards": [card("Movers", 2, 7)]} | more  # fmt: skip
    return Message(key="f1", type=FEED, at=told().at, data=data)


def test_a_feed_says_when_what_it_comes_to_who_and_why_and_what_had_nothing_to_say(slack, connection):
    Slack(connection).send("slack", {"channel": "#sales"}, feed())
    [text], [sent] = slack.channels[0].texts, slack.channels[0].messages
    line = f"• *<{LINK}|A &lt;b&gt;>*  72 ▲12 · $5 a month\n      4 Reports &amp; more"
    assert text.split("\n", 3) == [
        "Monday",
        f"Last week · Web · Everyday · <{LINK}|Open the feed>",
        "*3 accounts up and 1 new account*",
        f"*Movers* · 9\n{line}\n{line}\n<{LINK}|and 7 more>\nNothing new in: Users that left.",
    ]
    assert sent["text"] == "Monday: 3 up"


def test_cards_that_find_no_room_are_named(slack, connection):
    long = [card(f"Card {n}", 5) for n in range(12)]
    for each in long:
        each["lines"] = [line | {"why": "x" * 400, "about": "y" * 400} for line in each["lines"]]
    Slack(connection).send("slack", {"channel": "#sales"}, feed(cards=long))
    [text] = slack.channels[0].texts
    assert "*Card 2* · 5" in text and "Not shown here: " in text and "Card 11. All of it stands in" in text


def test_what_an_earlier_version_queued_is_still_sent(slack, connection):
    line = {"name": "Acme", "text": "score 4", "link": ""}
    old = {
        "feed": "Old",
        "title": "Old: yesterday",
        "link": "",
        "cards": [{"title": "New", "lines": [line], "more": 1}],
    }
    Slack(connection).send("slack", {"channel": "#sales"}, Message(key="o", type=FEED, at=told().at, data=old))
    assert slack.channels[0].texts == ["Old: yesterday\n*New*\n• *Acme*  score 4\nand 1 more"]
