"""E-mails of automations, through a real mail server on this machine."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from accoil.connect.connection import FEED, Message, Rejected, ToolError, TryLater
from accoil.connect.mail.sending import MOST_AN_HOUR, pace
from accoil.connect.mail.tool import TOOL, Mail, check, offers
from accoil.connect.models import Connection
from accoil.connect.muted import Link, Muted
from accoil.connect.now import driven
from accoil.refused import Refused
from accoil.team.models import Member, Team, User
from tests.mailbox import Mailbox, running, use

PUBLIC = "https://accoil.example.com"
BECAUSE = "Score fell by 14 because a day passed."


@pytest.fixture
def box(settings) -> Iterator[Mailbox]:
    settings.PUBLIC_URL = PUBLIC
    with running() as it:
        use(settings, it)
        yield it


@pytest.fixture
def team(db) -> Team:
    team = Team.objects.create(name="Acme Inc")
    for name in ("Ann", "Bob"):
        person = User.objects.create_user(f"{name.lower()}@example.com", "a long walk home", name)
        Member.objects.create(team=team, user=person)
    User.objects.create_user("eve@example.com", "a long walk home", "Eve")
    return team


def told(**account: Any) -> Message:
    acme = {"id": "acme", "name": "Acme Ltd", "owner": "ann@example.com"} | account
    data = {"account": acme, "because": BECAUSE, "profile": "Everyday", "automation": "Tell success",
            "link": f"{PUBLIC}/p/1/accounts/2"}  # fmt: skip
    return Message(key="d1", type="automation.fired", at=datetime(2026, 3, 31, tzinfo=UTC), data=data)


def lane(team: Team) -> Connection:
    assert TOOL.connection_of
    return TOOL.connection_of(team, {})  # type: ignore[no-any-return]


def send(team: Team, message: Message | None = None, **values: str) -> str:
    return Mail(lane(team)).send("email", {"to": "owner"} | values, message or told())


def test_the_owner_of_the_account_gets_plain_text_and_html_with_a_link_and_a_way_out(box, team):
    assert send(team, text="Call <them> & ask") == "Sent to ann@example.com."
    [letter], [(plain, html)] = box.letters, box.bodies()
    assert (box.to, letter["Subject"]) == (["ann@example.com"], "Acme Ltd: Tell success")
    assert "Acme Ltd" in plain and f"{PUBLIC}/p/1/accounts/2" in plain and "Call <them> & ask" in plain
    assert "Call &lt;them&gt; &amp; ask" in html and f'href="{PUBLIC}/p/1/accounts/2">Acme Ltd</a>' in html
    assert BECAUSE in plain and BECAUSE in html
    stop = letter["List-Unsubscribe"].strip(" <>")
    assert stop.startswith(f"{PUBLIC}/mails/") and stop in plain and stop in html
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Auto-Submitted"] == "auto-generated"


def test_tried_again_it_is_the_same_letter(box, team):
    send(team)
    send(team)
    first, second = box.letters
    assert first["Message-ID"] == second["Message-ID"]


def test_an_owner_may_be_told_by_name_but_only_members_are_ever_written_to(box, team):
    send(team, told(owner="bob"))
    assert box.to == ["bob@example.com"]
    for owner, why in [("eve@example.com", "is no member of Acme Inc"), ("", "has no owner"), ("Nobody", "no member")]:
        with pytest.raises(Rejected, match=why):
            send(team, told(owner=owner))
    with pytest.raises(Rejected, match="not a member of Acme Inc any more"):
        send(team, to="eve@example.com")
    assert len(box.letters) == 1


def test_whom_to_write_to_is_chosen_among_the_members_of_the_team_alone(team):
    assert [value for value, _ in offers(team, "to")] == ["owner", "ann@example.com", "bob@example.com"]
    check(team, {"to": "ann@example.com, bob@example.com"})
    with pytest.raises(Refused, match=r"eve@example\.com is not a member of the team"):
        check(team, {"to": "ann@example.com, eve@example.com"})


def test_nothing_that_anybody_is_called_becomes_a_header(box, team):
    send(team, told(name="Acme\r\nBcc: eve@example.com"), subject="Look at Acme\nBcc: eve@example.com")
    assert box.to == ["ann@example.com"] and box.letters[0]["Bcc"] is None
    assert box.letters[0]["Subject"] == "Look at Acme Bcc: eve@example.com"


def test_several_at_once_are_one_letter(box, team):
    many = [({"to": "ann@example.com", "text": ""}, told(name=f"No {n}")) for n in range(3)]
    assert Mail(lane(team)).send_all("email", many) == "Sent to ann@example.com: 3 alerts in one e-mail."
    [(plain, _)] = box.bodies()
    assert all(f"No {n}" in plain for n in range(3))
    assert box.letters[0]["Subject"].startswith("3 alerts, the first: No 0")


def test_one_press_in_the_mail_program_stops_them_and_the_page_takes_it_back(box, team):
    send(team)
    address = box.letters[0]["List-Unsubscribe"].strip(" <>").removeprefix(PUBLIC)
    stranger = Client(enforce_csrf_checks=True)
    assert "is written to" in stranger.get(address).content.decode() and not Muted.objects.exists()
    assert stranger.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert send(team) == "Ann does not want e-mails of automations any more, so nothing was sent."
    send(team, to="bob@example.com")
    assert box.to == ["ann@example.com", "bob@example.com"]
    stranger.post(address, {"do": "want"})
    send(team)
    assert box.to[-1] == "ann@example.com"


def test_a_link_that_nobody_was_sent_stops_nothing(team):
    link = Link(team, "ann@example.com", "alerts")
    assert Link.read(link.secret[:-2] + "xx") is None
    assert Client().post("/mails/made-up").status_code == 404
    assert not Muted.objects.exists()


@pytest.mark.parametrize(
    ("says", "kind", "words"),
    [
        ({"RCPT": ["550 no such user"]}, Rejected, r"does not take mail for ann@example.com \(550\): no such user\."),
        ({"RCPT": ["451 greylisted"]}, TryLater, r"\(451\): greylisted\."),
        ({"MAIL": ["530 sign in first"]}, TryLater, "ACCOIL_SMTP_URL"),
        ({"END": ["554 spam"]}, Rejected, r"did not take it \(554\): spam\."),
        ({"END": ["452 full"]}, TryLater, r"did not take it \(452\): full\."),
    ],
)
def test_what_the_mail_server_says_tells_who_must_act(box, team, says, kind, words):
    box.says = says
    with pytest.raises(ToolError, match=words) as caught:
        send(team)
    assert type(caught.value) is kind and box.letters == []


def test_a_mail_server_that_is_away_is_asked_later(box, team, settings):
    settings.EMAIL_PORT = 1  # nobody listens there
    with pytest.raises(TryLater, match="could not be reached"):
        send(team)


def test_without_a_mail_server_it_says_what_the_operator_does(box, team, settings):
    settings.MAIL_IS_SENT = False
    with pytest.raises(Rejected, match="whoever runs this server sets ACCOIL_SMTP_URL"):
        send(team)
    assert box.letters == []


def test_a_team_sends_so_many_an_hour_and_another_team_is_not_held_back(box, team):
    other = Team.objects.create(name="Beta Inc")
    Member.objects.create(team=other, user=User.objects.get(email="bob@example.com"))
    with driven() as clock:
        for _ in range(MOST_AN_HOUR - 1):
            pace(team.pk).take()
        send(team)
        with pytest.raises(TryLater) as caught:
            send(team)
        assert caught.value.limited and 3_590 < (caught.value.after or 0) < 3_602  # which counts as no attempt
        send(other, to="bob@example.com")
        clock.advance(3_601)
        send(team)
    assert box.to == ["ann@example.com", "bob@example.com", "ann@example.com"]


EVIL = "Acme\r\nBcc: eve@example.com <script>alert(1)</script>"
LINE = {"name": EVIL, "text": "72 ▲12", "about": "$5 <b>a month</b>", "why": "4 Reports & more", "link": f"{PUBLIC}/a"}


def digest(**more: Any) -> Message:
    card = {"title": EVIL, "total": 6, "lines": [LINE], "more": 5}
    data = {"feed": "Monday", "feed_id": 7, "title": "Monday", "link": f"{PUBLIC}/p/1/feeds/7", "when": "Last week",
            "product": "Web", "profile": "Everyday", "subject": f"Monday: {EVIL}",
            "news": ["3 accounts up", "1 new user"], "quiet": ["Users that left At risk"], "cards": [card]}  # fmt: skip
    return Message(key="f1", type=FEED, at=datetime(2026, 3, 31, tzinfo=UTC), data=data | more)


def test_the_letter_of_a_feed_says_all_that_slack_is_told_and_nothing_in_it_is_a_tag_or_a_header(box, team):
    assert send(team, digest(), to="ann@example.com") == "Sent to ann@example.com."
    [letter], [(plain, html)] = box.letters, box.bodies()
    assert letter["Bcc"] is None and letter["Subject"].startswith("Monday: Acme Bcc: eve@example.com <script>")
    assert "<script" not in html and "<b>a month" not in html and "4 Reports &amp; more" in html
    for told in (
        "Last week · Web · Everyday",
        "3 accounts up and 1 new user.",
        "and 5 more",
        "Users that left At risk",
    ):
        assert told in plain and told in html
    assert "72 ▲12, $5 <b>a month</b>\n  4 Reports & more\n  https://accoil.example.com/a" in plain.replace("\r", "")
    assert f'href="{PUBLIC}/p/1/feeds/7"' in html and f"Open the feed: {PUBLIC}/p/1/feeds/7" in plain
    assert 'class="edge rise"' in html  # in colour, beside the arrow


def test_a_link_in_the_letter_of_a_feed_stops_that_feed_alone(box, team):
    send(team, digest(), to="ann@example.com")
    address = box.letters[0]["List-Unsubscribe"].strip(" <>").removeprefix(PUBLIC)
    assert Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert send(team, digest(), to="ann@example.com").startswith("Ann does not want this feed any more")
    send(team, digest(feed_id=8), to="ann@example.com")
    send(team)
    assert len(box.letters) == 3


def test_what_an_earlier_version_queued_is_still_sent(box, team):
    line = {"name": "Acme", "text": "score 4", "link": ""}
    old = {"feed": "Old", "feed_id": 7, "title": "Old: yesterday", "link": "",
           "cards": [{"title": "New", "lines": [line], "more": 0}]}  # fmt: skip
    send(team, Message(key="o", type=FEED, at=digest().at, data=old), to="ann@example.com")
    assert box.letters[0]["Subject"] == "Old: yesterday" and "- Acme: score 4" in box.bodies()[0][0]
