"""Feeds are sent when they are due, once, to each who may read them."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accoil.act import claims, feeds
from accoil.act.deliveries import work
from accoil.act.feeds import Draft, recipients, save, seen_by, send_due
from accoil.act.models import Delivery, Feed
from accoil.connect.muted import Link
from accoil.connect.now import driven
from accoil.connect.slack.connecting import by_token
from accoil.refused import Refused
from accoil.score.access import ProfileAccess
from accoil.team.models import Member, Product, User
from tests.act.conftest import queued
from tests.mailbox import Mailbox, use
from tests.mailbox import running as mailing
from tests.segment.worlds import Looked
from tests.slack import Slack
from tests.slack import running as slacking
from tests.small_worlds import at, joins

NEW = [{"card": "new", "scope": "account"}]


def person(looked: Looked, name: str, role: str = "member") -> User:
    user = User.objects.create_user(f"{name}-{looked.product.pk}@example.com", "a long walk home", name.title())
    Member.objects.create(team=looked.product.team, user=user, role=role)
    return user


@pytest.fixture
def box(settings: Any) -> Iterator[Mailbox]:
    settings.PUBLIC_URL = "https://accoil.example.com"
    with mailing() as it:
        use(settings, it)
        yield it


@pytest.fixture
def slack(people: Looked, settings: Any) -> Iterator[Slack]:
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


def test_one_whose_hour_passed_before_midnight_is_sent_after_it(people: Looked, slack: Slack) -> None:
    author = person(people, "ann")
    evening = made(people, author, channel="#news", hour=20)
    weekly = made(people, author, channel="#news", hour=20, every="week", name="Weekly")
    until_monday = (7 - people.product.today().weekday()) % 7
    arrives(people)
    assert send(people, evening, 0) == 0, "it was made after yesterday's hour"
    assert (send(people, evening, 0, 1), send(people, evening, 0, 1)) == (1, 0)
    assert (send(people, weekly, 0, until_monday), send(people, weekly, 0, until_monday + 1)) == (0, 1)


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


def test_an_address_is_a_members_whatever_its_case(people: Looked, box: Mailbox) -> None:
    ann = person(people, "ann")
    feed = made(people, ann, mail_to=ann.email.title())
    assert recipients(feed) == [("email", {"to": ann.email})]


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
    feed = made(people, person(people, "ann"), channel="#news")
    arrives(people)
    for n in range(2):
        queued(people.product, "slack", "account", 1, {"channel": "#news", "text": f"alert {n}"}, key=f"a{n}")
    send(people, feed, 8)
    assert len(slack.channels[0].messages) == 2
    assert sorted(text.partition("\n")[0] for text in slack.channels[0].texts) == ["*2 alerts*", "Morning"]


def test_one_feed_that_fails_stops_no_other(people: Looked, slack: Slack) -> None:
    author = person(people, "ann")
    broken, good = made(people, author, channel="#news"), made(people, author, channel="#news", name="Good")
    Feed.objects.filter(pk=broken.pk).update(cards=[{"card": "gone by an update"}])
    arrives(people)
    with driven(clock(people, 8)), pytest.raises(ExceptionGroup, match=rf"not be sent: \[{broken.pk}\]"):
        feeds.step()
    assert [each.feed_id for each in Delivery.objects.exclude(feed=None)] == [good.pk]


def test_a_feed_of_another_product_is_neither_seen_nor_sent_there(people: Looked, slack: Slack) -> None:
    feed = made(people, person(people, "ann"), channel="#news")
    other = Product.objects.create(team=people.product.team, name="Other")
    arrives(people)
    send(people, feed, 8)
    assert {each.product_id for each in Delivery.objects.all()} == {people.product.pk} != {other.pk}
