"""The pages of feeds: the list, the cards, the editor, and who sees which."""

import pytest

from accoil.act.models import Feed
from accoil.score.access import ProfileAccess
from tests.show.conftest import World
from tests.show.filled import filled
from tests.show.reading import link_to, main

CARDS = {"card-0": "movers", "scope-0": "account", "what-0": "10", "card-1": "first_time", "scope-1": "user",
         "what-1": "Help_Opened"}  # fmt: skip


@pytest.fixture
def home(busy: World) -> str:
    return f"/p/{busy.web.pk}/feeds"


def make(client, home: str, **more: str):
    return client.post(f"{home}/new", {"name": "Monday", "hour": "8", "do": "save", **CARDS, **more}, follow=True)


def test_without_feeds_the_page_says_what_they_are(ann, home):
    page = ann.get(home)
    assert "A feed says what changed: whose score moved, who came and went, who is new." in main(page)
    assert link_to(page, "Make the first one") == f"{home}/new"


def test_a_feed_is_made_and_tells_what_changed_in_a_timeframe(ann, home):
    text = main(make(ann, home))
    assert "this week" in text.lower() and "Yours alone; not sent." in text
    feed = Feed.objects.get()
    week = ann.get(f"{home}/{feed.pk}", {"time": "last"})  # 23 to 29 March
    text = main(week)
    assert "23 March to 29 March: 2 cards have news." in text
    assert "Accounts whose score moved by 10 points or more" in text and "Globex" in text
    assert "Users that did Help_Opened for the first time 1 in all bob@acme.example" in text
    assert "2 March to 8 March: 1 card has news, 1 has none." in main(ann.get(f"{home}/{feed.pk}", {"time": "4"}))
    assert "Monday Not sent Yours alone, 2 cards" in main(ann.get(home))


def test_cards_are_added_and_taken_out_without_losing_what_is_typed(ann, home):
    added = ann.post(f"{home}/new", {"name": "Mine", "hour": "7", **CARDS, "do": "add", "add": "entered"})
    fields = filled(added, "editor")
    assert (fields["name"], fields["hour"], fields["what-1"]) == ("Mine", "7", "Help_Opened")
    assert fields["card-2"] == "entered" and "Recently Inactive" in main(added)
    gone = filled(ann.post(f"{home}/new", {**fields, "do": "away 0"}), "editor")
    assert [gone["card-0"], gone["card-1"]] == ["first_time", "entered"] and "card-2" not in gone
    assert not Feed.objects.exists()


def test_what_is_missing_is_said_and_what_was_typed_stays(ann, home):
    wrong = ann.post(f"{home}/new", {"name": "", "hour": "8", "do": "save", **CARDS})
    assert wrong.status_code == 422 and "Give the feed a name" in main(wrong)
    wrong = ann.post(f"{home}/new", {"name": "A", "hour": "8", "every": "day", "do": "save", **CARDS})
    assert "Say where it is sent: a channel of Slack, or members by e-mail." in main(wrong)
    assert filled(wrong, "editor")["every"] == "day"


def test_where_nothing_can_be_sent_to_the_editor_says_what_to_do(ann, home):
    text = main(ann.get(f"{home}/new"))
    assert "Slack is not connected yet: connect it first." in text
    assert "No mail server is set up: whoever runs this server sets ACCOIL_SMTP_URL." in text


def test_a_personal_feed_is_its_authors_alone_and_a_shared_one_everybodys(ann, bob, eve, busy, home):
    make(bob, home)
    feed = Feed.objects.get()
    assert feed.author == busy.bob
    assert ann.get(f"{home}/{feed.pk}").status_code == 404 and "Monday" not in main(ann.get(home))
    assert make(bob, home, shared="1").status_code == 403  # owners and managers share
    make(ann, home, name="Ours", shared="1")
    ours = Feed.objects.get(name="Ours")
    page = bob.get(f"{home}/{ours.pk}")
    assert page.status_code == 200 and "Edit" not in main(page).split()
    for end in ("edit", "delete"):
        assert bob.post(f"{home}/{ours.pk}/{end}", {"do": "save", "name": "Mine"}).status_code == 403
    assert eve.get(f"{home}/{ours.pk}").status_code == 404
    assert ann.get(f"/p/{busy.evil.pk}/feeds/{ours.pk}").status_code == 404


def test_a_feed_of_a_profile_that_is_kept_from_a_member_is_not_there_for_him(ann, bob, busy, home):
    make(ann, home, shared="1")
    feed = Feed.objects.get()
    ProfileAccess.objects.create(member=busy.bob.memberships.get(), profile=busy.profile, may="none")
    assert bob.get(f"{home}/{feed.pk}").status_code == 404


def test_a_feed_is_deleted(ann, home):
    make(ann, home)
    said = ann.post(f"{home}/{Feed.objects.get().pk}/delete", follow=True)
    assert "The feed “Monday” is deleted." in said.content.decode() and not Feed.objects.exists()


def test_how_a_feed_would_be_sent_is_seen_as_slack_and_mail_programs_show_it(ann, eve, busy, home):
    make(ann, home, shared="1")
    feed = Feed.objects.get()
    text = main(ann.get(f"{home}/{feed.pk}/preview"))
    assert "Last week, 23 to 29 March, as it would be sent now; it is not sent yet." in text
    assert (
        "Accoil APP Monday Last week, 23 to 29 March" in text and "Accounts whose score moved by 10 points or" in text
    )
    assert "Subject: Monday: " in text and "did Help_Opened first" in text
    letter = ann.get(f"{home}/{feed.pk}/letter")
    assert letter.headers["X-Frame-Options"] == "SAMEORIGIN" and "script" not in letter.content.decode()
    assert letter.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    for end in ("preview", "letter"):
        assert eve.get(f"{home}/{feed.pk}/{end}").status_code == 404
        assert ann.get(f"/p/{busy.evil.pk}/feeds/{feed.pk}/{end}").status_code == 404


def test_the_editor_shows_a_draft_as_it_would_be_sent_and_saves_nothing(ann, home):
    shown = ann.post(f"{home}/new", {"name": "Mine", "hour": "8", **CARDS}, headers={"HX-Request": "true"})
    assert "Subject: <b>Mine: " in shown.content.decode() and "<html" not in shown.content.decode()
    quiet = {"card-0": "movers", "scope-0": "account", "what-0": "100"}
    nothing = ann.post(f"{home}/new", {"name": "", "hour": "8", **quiet}, headers={"HX-Request": "true"})
    assert "nothing changed, so nothing would be sent." in nothing.content.decode()
    wrong = ann.post(f"{home}/new", {"hour": "8", **quiet, "what-0": "0"}, headers={"HX-Request": "true"})
    assert "Score movers: write a number of points from 1 to 100." in wrong.content.decode()
    whole = main(ann.post(f"{home}/new", {"name": "Mine", "hour": "8", **CARDS, "do": "check"}))  # without scripts
    assert "Subject: Mine: " in whole and not Feed.objects.exists()


def test_a_day_on_which_nothing_was_sent_as_nothing_changed_is_told(ann, home):
    make(ann, home, shared="1")
    feed = Feed.objects.get()
    Feed.objects.update(every="day", quiet_on="2026-03-31")
    assert "On Tuesday, 31 March nothing was sent, as nothing had changed." in main(ann.get(f"{home}/{feed.pk}"))
