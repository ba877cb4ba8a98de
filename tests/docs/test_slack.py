"""What the pages about Slack, e-mail and feeds say is what the program does."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from accoil.act import bursts, feed_cards, feeds
from accoil.act.models import Feed
from accoil.connect.connection import Rejected, SignInAgain, ToolError, TryLater
from accoil.connect.mail import sending
from accoil.connect.mail.tool import TOOL as MAIL
from accoil.connect.slack import channels, connecting, message, speaking
from accoil.connect.slack.addresses import GONE
from accoil.connect.slack.tool import TOOL, manifest

ROOT = Path(__file__).resolve().parents[2]
SLACK, EMAIL, FEEDS = (
    (ROOT / "docs" / page).read_text() for page in ("connections/slack.md", "connections/email.md", "guide/feeds.md")
)


def table(page: str, place: int = 0) -> list[list[str]]:
    """Its rows, without the head."""
    found = re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE)[place]
    return [[cell.strip() for cell in row[1:-1].split("|")] for row in found.splitlines()[2:]]


def test_the_permissions_are_those_that_are_asked_for(settings: Any) -> None:
    told = [row[0].strip("`") for row in table(SLACK)]
    assert told == ["chat:write", "channels:read", "chat:write.public", "groups:read"] and set(told) == set(
        speaking.SCOPES
    )
    assert told[: len(speaking.NEEDED)] == list(speaking.NEEDED)
    settings.SLACK_CLIENT_ID = "c"
    assert f"scope={','.join(speaking.SCOPES)}" in connecting.sign_in_address("s", "b")
    assert all(f'"{scope}"' in manifest("https://HOST") for scope in told)


def test_the_addresses_are_those_that_are_used(settings: Any) -> None:
    settings.SLACK_URL = ""
    assert f"`{speaking.hooks_address()}`" in SLACK
    assert "`https://HOST/connections/slack/done`" in SLACK and "https://HOST/connections/slack/done" in manifest(
        "https://HOST"
    )


def test_the_manifest_subscribes_to_what_is_listened_to_where_slack_can_call(settings: Any) -> None:
    told = json.loads(manifest("https://HOST"))["settings"]["event_subscriptions"]
    assert told == {"request_url": "https://HOST/slack/events", "bot_events": [*GONE]} and told["request_url"] in SLACK
    assert all(f"`{event}`" in SLACK for event in GONE)
    assert "event_subscriptions" not in manifest("http://127.0.0.1:8000")


def refusals() -> list[tuple[str, str]]:
    return [(code, row[1]) for row in table(SLACK, 1) for code in re.findall(r"`(\w+)`", row[0])]


@pytest.mark.parametrize(("code", "said"), refusals(), ids=[code for code, _ in refusals()])
def test_each_refusal_does_what_the_table_says(code: str, said: str) -> None:
    found: ToolError = speaking.meaning(code, "#sales", {})
    kind = Rejected if "That message fails" in said else SignInAgain if "Needs reconnecting" in said else TryLater
    assert type(found) is kind
    assert getattr(found, "limited", False) == ("counts as no attempt" in said)


@pytest.mark.parametrize(
    ("page", "words", "number"),
    [
        (SLACK, r"listed anew every (\d+) minutes", channels.KEPT / 60),
        (SLACK, r"within (\d+) seconds after it waits", bursts.APART),
        (SLACK, r"the first (\d+)\s+by name", message.SHOWN),
        (EMAIL, r"within (\d+) seconds after it is one letter", bursts.APART),
        (EMAIL, r"sends (\d+) letters an hour", sending.MOST_AN_HOUR),
        (FEEDS, r"at most (\d+) in a feed", feed_cards.MOST),
        (FEEDS, r"shows the first (\d+)", feed_cards.SHOWN),
        (FEEDS, r"more than (\d+) hours", feeds.LATE.total_seconds() / 3600),
    ],
)
def test_the_numbers_are_those_that_hold(page: str, words: str, number: float) -> None:
    (found,) = re.findall(words, page)
    assert int(found) == number


def test_the_cards_are_those_of_the_catalogue() -> None:
    told = {row[0]: row[2] for row in table(FEEDS)}
    asked = {"": "", "points": "points", "segment": "a segment", "trait": "a trait", "event": "an event"}
    assert told == {sort.words: asked[sort.asks] for sort in feed_cards.SORTS.values()}
    assert [label for label in Feed.Every.labels if label.lower() not in FEEDS.lower()] == ["Never"]


def test_actions_are_called_as_they_are() -> None:
    assert f"*{TOOL.actions[0].label}*" in SLACK and "{slack: {" in SLACK and "{email: {" in EMAIL
    for tool, page in ((TOOL, SLACK), (MAIL, EMAIL)):
        for field in tool.actions[0].fields:
            assert f"`{field.name}`" in page
