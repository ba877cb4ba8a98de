"""Feeds: what their cards say, and that they are sent when they are due, once, to each who may read them."""

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F

from accoil.act import claims, feeds
from accoil.act.deliveries import work
from accoil.act.feed_cards import SHOWN, check_cards, contents, within
from accoil.act.feed_message import SHOWN as MOST_SENT
from accoil.act.feed_message import SUBJECT, message
from accoil.act.feeds import Draft, recipients, save, seen_by, send_due
from accoil.act.models import Delivery, Feed
from accoil.connect.mail.sending import pace
from accoil.connect.muted import Link
from accoil.connect.now import driven
from accoil.connect.rate import lane
from accoil.connect.slack import channels
from accoil.connect.slack.connecting import by_token
from accoil.count import days, ids
from accoil.refused import Refused
from accoil.score.access import ProfileAccess
from accoil.segment import keeping
from accoil.segment.models import Stay
from accoil.team.models import Member, Product, User
from tests.mailbox import Mailbox, use
from tests.mailbox import running as mailing
from tests.segment.worlds import Looked
from tests.slack import Slack
from tests.slack import running as slacking
from tests.small_worlds import at, did, identified, joins

NEW = [{"card": "new", "scope": "account"}]


def lines(looked: Looked, card: str, scope: str = "account", what: str = "", first: int = 31, last: int = 31) -> Any:
    """Title, names with what is said of each, and how many in all; of days of this month."""
    cards = check_cards([{"card": card, "scope": scope, "what": what}], looked.profile)
    days = (looked.today.replace(day=first), looked.today.replace(day=last))
    found = contents(looked.profile, cards, *days)
    return [(each.title, {line.name: line.text for line in each.lines}, each.total) for each in found]


def person(looked: Looked, name: str, role: str = "member") -> User:
    user = User.objects.create_user(f"{name}-{looked.product.pk}@example.com", "a long walk home", name.title())
    Member.objects.create(team=looked.product.team, user=user, role=role)
    return user


def test_score_movers_are_told_with_both_scores(people: Looked) -> None:
    people.receive(did("bob", "Report_Created", at(31), 5))
    ((title, told, total),) = lines(people, "movers", what="10")
    assert title == "Accounts whose score moved by 10 points or more"
    assert total == 1 and list(told) == ["Beta"] and "▲" in told["Beta"]
    assert lines(people, "movers", what="100", first=31) == []


def test_who_is_new_and_who_did_something_for_the_first_time(people: Looked) -> None:
    people.receive([joins("cleo", "gamma", at(31), name="Gamma"), *did("bob", "Report_Shared", at(31), 1)])
    ((title, told, _),) = lines(people, "new")
    assert (title, list(told)) == ("New accounts", ["Gamma"])
    ((title, told, _),) = lines(people, "first_time", "user", "Report_Shared")
    assert (title, list(told)) == ("Users that did Report_Shared for the first time", ["Bob"])
    assert lines(people, "first_time", "user", "Report_Created") == []  # bob did that the day before


def test_a_trait_that_changed_is_told_with_what_it_was(people: Looked) -> None:
    people.receive([identified("bob", at(20), role="Editor"), identified("bob", at(31), role="Admin")])
    people.receive([identified("ann", at(31), role="Admin")])  # set for the first time: nothing changed
    assert lines(people, "changed", "user", "role") == [("Users whose role changed", {"Bob": "Editor → Admin"}, 1)]
    assert lines(people, "changed", "user", "role", first=1, last=30) == []


def test_who_entered_and_left_a_segment_by_what_happened(people: Looked) -> None:
    keeping.create(people.profile, "account", "Busy", {"metric": "raw", "at_least": 18})
    people.look()
    people.receive(did("bob", "Report_Created", at(31), 5))
    people.look()
    day = people.today
    ((title, told, total),) = lines(people, "entered", what="Busy", first=day.day, last=day.day)
    assert (title, list(told), total) == ("Accounts that entered Busy", ["Beta"], 1)  # acme was inside already
    assert lines(people, "left", what="Busy", first=day.day, last=day.day) == []


def test_who_left_and_came_back_within_the_days_has_entered(people: Looked) -> None:
    busy = keeping.create(people.profile, "account", "Busy", {"metric": "raw", "at_least": 18})
    people.look()
    people.receive(did("bob", "Report_Created", at(31), 5))
    people.look()
    here = Stay.objects.get(segment=busy, entity=ids.id_of(people.product.pk, ids.ACCOUNT, "beta"))
    earlier = {"entered_day": here.entered_day - 3, "left_day": here.entered_day - 2, "left_in": here.entered_in}
    Stay.objects.create(segment=busy, entity=here.entity, entered_in=here.entered_in, **earlier)
    ((_, told, total),) = lines(people, "entered", what="Busy", first=1)
    assert (list(told), total) == (["Beta"], 1)


def test_of_many_who_moved_only_those_that_are_shown_are_read(people: Looked, monkeypatch: pytest.MonkeyPatch) -> None:
    keeping.create(people.profile, "account", "Busy", {"metric": "raw", "at_least": 18})
    people.look()
    who = [f"u{n}" for n in range(15)]
    for each in who:
        people.receive([joins(each, f"{each}-inc", at(30)), *did(each, "Report_Created", at(31), 5)])
    people.look()
    read: list[int] = []
    rows = people.facts.facts.store.rows

    def counted(*asked: Any, **given: Any) -> Any:
        found = rows(*asked, **given)
        read.append(len(found))
        return found

    monkeypatch.setattr(people.facts.facts.store, "rows", counted)
    ((_, told, total),) = lines(people, "entered", what="Busy")
    assert (len(told), total) == (SHOWN, 15) and max(read) <= SHOWN
    Stay.objects.filter(left_day=None).update(left_day=days.number(people.today), left_in=F("entered_in"))
    read.clear()
    ((_, told, total),) = lines(people, "left", what="Busy")
    assert (len(told), total) == (SHOWN, 15) and max(read) <= SHOWN
    assert all(each.startswith("score ") for each in told.values())


def test_timeframes_are_whole_days_and_weeks_from_monday_on() -> None:
    friday = date(2026, 11, 27)
    assert within("yesterday", friday) == (date(2026, 11, 26), date(2026, 11, 26))
    assert within("week", friday) == (date(2026, 11, 23), friday)
    assert within("last", friday) == (date(2026, 11, 16), date(2026, 11, 22))
    assert within("4", friday) == (date(2026, 10, 26), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("cards", "why"),
    [
        ([], "A feed needs a card"),
        ([{"card": "gossip"}], "is no card; there are: movers"),
        ([{"card": "entered", "what": "Nowhere"}], "“Nowhere” is no segment of accounts"),
        ([{"card": "movers", "what": "many"}], "write a number of points"),
        ([{"card": "first_time"}], "choose the event"),
        (NEW * 13, "13 cards; 12 is the most"),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(people: Looked, cards: Any, why: str) -> None:
    with pytest.raises(Refused, match=why):
        check_cards(cards, people.profile)


@pytest.fixture
def box(settings: Any) -> Iterator[Mailbox]:
    settings.PUBLIC_URL = "https://accoil.example.com"
    pace.cache_clear()
    with mailing() as it:
        use(settings, it)
        yield it


@pytest.fixture
def slack(people: Looked, settings: Any) -> Iterator[Slack]:
    lane.cache_clear()
    for connection in [*channels._limits]:
        channels.forget(connection)
    with slacking(Slack(team_id=f"T{people.product.pk:06d}")) as it:
        settings.SLACK_URL = it.address
        it.channel("news")
        by_token(people.product.team, person(people, "olga", "owner"), it.token())
        yield it


def made(people: Looked, author: User, **more: Any) -> Feed:
    given = {"name": "Morning", "cards": NEW, "is_shared": True, "every": "day", "hour": 8} | more
    with driven(clock(people, 1)):  # before it is due
        return save(Feed(profile=people.profile, author=author), Draft(**given))


def clock(people: Looked, hour: int, days: int = 0) -> float:
    """An hour of the product's today, or of a later day, in its own time zone."""
    day = people.product.today() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, 5, tzinfo=ZoneInfo(people.product.time_zone)).timestamp()


def send(people: Looked, feed: Feed, hour: int, days: int = 0) -> int:
    with driven(clock(people, hour, days)):
        sent = send_due(Feed.objects.select_related("profile__product__team", "author").get(pk=feed.pk))
    with driven(clock(people, hour, days) + 10 * 365 * 86_400):
        for connection in claims.due_lanes():
            work(connection, threading.Event())
    return sent


def arrives(people: Looked, name: str = "Gamma") -> None:
    """A new account, yesterday."""
    people.receive([joins("cleo", "gamma", at(people.today.day - 1), name=name)])


def test_a_daily_feed_is_sent_at_its_hour_once_to_the_channel_and_to_each_member(
    people: Looked, slack: Slack, box: Mailbox
) -> None:
    ann, bob = person(people, "ann"), person(people, "bob")
    feed = made(people, ann, channel="#news", mail_to=f"{ann.email},{bob.email}")
    arrives(people)
    assert send(people, feed, 7) == 0 and not slack.channels[0].messages
    assert send(people, feed, 8) == 3
    assert send(people, feed, 9) == 0
    Feed.objects.update(sent_on=None)  # as after a kill that lost that it was done
    send(people, feed, 10)
    assert sorted(box.to) == sorted([ann.email, bob.email])
    [text] = slack.channels[0].texts
    assert text.startswith("Morning\nYesterday, ") and "|Open the feed>" in text
    assert "*New accounts* · 1\n• *<https://accoil.example.com/p/" in text and "|Gamma>*  score 0" in text
    letter, (plain, html) = box.letters[0], box.bodies()[0]
    assert letter["Subject"] == "Morning: 1 new account" and "- Gamma: score 0" in plain and ">Gamma</a>" in html
    assert Link.read(letter["List-Unsubscribe"].strip(" <>").rpartition("/")[2]).about == f"feed {feed.pk}"  # type: ignore[union-attr]
    assert Delivery.objects.filter(feed=feed, state="done").count() == 3


def test_nothing_is_sent_when_nothing_changed(people: Looked, slack: Slack) -> None:
    feed = made(
        people, person(people, "ann"), channel="#news", cards=[{"card": "movers", "scope": "account", "what": "100"}]
    )
    assert send(people, feed, 8) == 0
    feed.refresh_from_db()
    assert feed.sent_on == feed.quiet_on == people.product.today() and not slack.channels[0].messages
    Feed.objects.update(cards=NEW, sent_on=None)
    arrives(people)
    assert send(people, feed, 8) == 1
    feed.refresh_from_db()
    assert feed.quiet_on is None


def test_a_weekly_feed_comes_on_monday_and_one_that_is_late_by_half_a_day_is_left_out(
    people: Looked, slack: Slack
) -> None:
    author = person(people, "ann")
    weekly = made(people, author, every="week", channel="#news")
    late = made(people, author, channel="#news", name="Late")
    arrives(people)
    until_monday = (7 - people.product.today().weekday()) % 7
    assert send(people, weekly, 9, until_monday + 1) == 0
    assert send(people, late, 21) == 0
    late.refresh_from_db()
    assert late.sent_on == people.product.today()


def test_a_personal_feed_goes_to_its_author_alone(people: Looked, slack: Slack, box: Mailbox) -> None:
    ann, bob = person(people, "ann"), person(people, "bob")
    for more, why in [
        ({"channel": "#news"}, "can't go to a channel"),
        ({"mail_to": bob.email}, "sent to yourself alone"),
        ({"mail_to": ""}, "Say where it is sent"),
    ]:
        with pytest.raises(Refused, match=why):
            made(people, ann, is_shared=False, **more)
    own = made(people, ann, is_shared=False, mail_to=ann.email)
    assert list(seen_by(ann, [people.profile])) == [own] and not seen_by(bob, [people.profile])
    arrives(people)
    send(people, own, 8)
    assert box.to == [ann.email]


def test_who_may_not_see_the_profile_left_the_team_or_wants_none_gets_none(
    people: Looked, slack: Slack, box: Mailbox
) -> None:
    ann, bob, cleo = person(people, "ann"), person(people, "bob"), person(people, "cleo")
    feed = made(people, ann, mail_to=f"{ann.email},{bob.email},{cleo.email}")
    ProfileAccess.objects.create(member=Member.objects.get(user=bob), profile=people.profile, may="none")
    Member.objects.filter(user=cleo).delete()
    assert recipients(feed) == [("email", {"to": ann.email})]
    Link(people.product.team, ann.email, f"feed {feed.pk}").mute()
    arrives(people)
    assert send(people, feed, 8) == 1 and box.to == []


def test_a_feed_is_never_told_together_with_alerts(people: Looked, slack: Slack) -> None:
    from accoil.act import queue

    feed = made(people, person(people, "ann"), channel="#news")
    arrives(people)
    for n in range(2):
        queue.queue(people.product, "slack", "account", 1, {"channel": "#news", "text": f"alert {n}"}, key=f"a{n}")
    send(people, feed, 8)
    assert len(slack.channels[0].messages) == 2
    assert sorted(text.partition("\n")[0] for text in slack.channels[0].texts) == ["*2 alerts*", "Morning"]


def test_one_feed_that_fails_stops_no_other(people: Looked, slack: Slack) -> None:
    author = person(people, "ann")
    broken, good = made(people, author, channel="#news"), made(people, author, channel="#news", name="Good")
    Feed.objects.filter(pk=broken.pk).update(cards=[{"card": "gone by an update"}])
    arrives(people)
    with driven(clock(people, 8)):
        feeds.step()
    assert [each.feed_id for each in Delivery.objects.exclude(feed=None)] == [good.pk]


def test_a_feed_of_another_product_is_neither_seen_nor_sent_there(people: Looked, slack: Slack) -> None:
    feed = made(people, person(people, "ann"), channel="#news")
    other = Product.objects.create(team=people.product.team, name="Other")
    arrives(people)
    send(people, feed, 8)
    assert {each.product_id for each in Delivery.objects.all()} == {people.product.pk} != {other.pk}


def test_what_is_sent_says_what_stands_behind_the_numbers_and_what_had_nothing_to_say(people: Looked) -> None:
    people.receive([joins("bob", "beta", at(30), name="Beta", mrr=5_000), *did("bob", "Report_Created", at(31), 5)])
    people.receive([joins("cleo", "gamma", at(31), name="Gamma")])
    cards = [{"card": "movers", "scope": "account", "what": "10"}, {"card": "changed", "scope": "user", "what": "role"},
             *NEW, {"card": "new", "scope": "user"}]  # fmt: skip
    feed = Feed(profile=people.profile, name="Morning", cards=check_cards(cards, people.profile), every="day")
    told = message(feed, people.today + timedelta(days=1))
    assert told and told["quiet"] == ["Users whose role changed"]
    assert told["news"] == ["1 account up", "1 new account", "1 new user"]
    assert told["subject"] == "Morning: 1 account up, 1 new account, 1 new user"
    moved, *_ = told["cards"]
    assert (moved["total"], moved["more"]) == (1, 0)
    [line] = moved["lines"]
    assert line["about"] == "$50 a month, 1 of 1 user active"
    assert line["why"] == "6 Reports created in a week against 1 a day earlier"
    assert told["cards"][2]["lines"][0]["about"] == "Gamma"  # whose the user is


def test_a_card_of_many_is_sent_with_the_first_few_and_the_subject_ends_in_time(people: Looked) -> None:
    people.receive([joins(f"u{n}", f"firm{n}", at(31)) for n in range(8)])
    cards = [{"card": "first_time", "scope": "user", "what": "A rather long name of something that was done"}]
    people.receive(did("ann", cards[0]["what"], at(31), 1))
    feed = Feed(profile=people.profile, name="Morning " * 5, cards=NEW + cards, every="day")
    told = message(feed, people.today + timedelta(days=1))
    assert told and len(told["cards"][0]["lines"]) == MOST_SENT and told["cards"][0]["more"] == 8 - MOST_SENT
    assert told["subject"].endswith(": 8 new accounts, …") and len(told["subject"]) <= SUBJECT


def test_in_a_week_of_which_the_window_is_as_long_reasons_name_no_days(people: Looked) -> None:
    people.receive(did("bob", "Report_Created", at(31), 5))
    monday = people.today + timedelta(days=7 - people.today.weekday())
    feed = Feed(profile=people.profile, name="Monday", every="week",
                cards=[{"card": "movers", "scope": "account", "what": "10"}])  # fmt: skip
    told = message(feed, monday)
    assert told and told["when"].startswith("Last week, ")
    assert all(line["why"].endswith("against none the week before") for line in told["cards"][0]["lines"])
