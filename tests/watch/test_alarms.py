"""What falls silent is noticed, told once to owners and managers, and over when it comes again. Time is made up."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from accoil.team.ingest import EVENT, SOURCE, SourceDay, Upkeep, Watched, source_name
from accoil.team.models import Product, User
from accoil.team.roles import Role
from accoil.watch.alarms import look, look_at
from tests.show.conftest import receive
from tests.small_worlds import at, did

NOW = datetime(2026, 3, 31, 15, tzinfo=UTC)  # a Tuesday


@pytest.fixture
def product(busy):
    manager = User.objects.create(email="mia@example.com")
    busy.web.team.members.create(user=manager, role=Role.MANAGER)
    return busy.web


@pytest.fixture
def key(product):
    return product.ingest_keys.get()


def came(key, library: str, first: date, last: date, hours: range = range(24), n: int = 50) -> None:
    for number in range((last - first).days + 1):
        day = first + timedelta(number)
        told = [n if hour in hours else 0 for hour in range(24)]
        seen = datetime(day.year, day.month, day.day, hours[-1], 30, tzinfo=UTC)
        row, _ = SourceDay.objects.get_or_create(key=key, library=library, day=day)
        row.hours, row.accepted, row.last_seen_at = told, sum(told), seen
        row.save()


@pytest.fixture
def node(key):
    """analytics-node sent every hour for six weeks, until this morning at eight."""
    came(key, "analytics-node", date(2026, 2, 15), date(2026, 3, 30))
    came(key, "analytics-node", date(2026, 3, 31), date(2026, 3, 31), range(9))


def test_a_silent_source_is_noticed_and_told_to_owners_and_managers(product, key, node):
    look_at(product, NOW)
    watched = product.watched.get()
    assert (watched.kind, watched.name) == (SOURCE, source_name(key.pk, "analytics-node"))
    assert (watched.silent_since, watched.usual) == (datetime(2026, 3, 31, 8, 30, tzinfo=UTC), 6)
    assert sorted(to for each in mail.outbox for to in each.to) == ["ann@example.com", "mia@example.com"]
    letter = mail.outbox[0]
    assert letter.subject == "Web: analytics-node (API key) fell silent"
    assert "has been silent since Tuesday 31 March, 08:30" in letter.body
    assert "in the same time of other weeks it sends in 6 different hours" in letter.body
    assert "Settings > Ingest health" in letter.body


def test_a_letter_links_to_the_page_where_the_address_is_known(product, node, settings):
    settings.PUBLIC_URL = "https://accoil.example.com"
    look_at(product, NOW)
    assert f"https://accoil.example.com/p/{product.pk}/settings/ingest-health" in mail.outbox[0].body


def test_it_is_told_once(product, node):
    for hours in range(5):
        look_at(product, NOW + timedelta(hours=hours))
    assert len(mail.outbox) == 2


def test_when_it_comes_again_it_is_over_and_the_next_silence_is_told_anew(product, key, node):
    look_at(product, NOW)
    came(key, "analytics-node", date(2026, 3, 31), date(2026, 3, 31), range(16))
    look_at(product, NOW + timedelta(hours=1))
    assert not product.watched.exists()
    look_at(product, NOW + timedelta(hours=7))
    assert len(mail.outbox) == 4


def test_what_is_muted_is_told_to_nobody(product, key, node):
    Watched.objects.create(product=product, kind=SOURCE, name=source_name(key.pk, "analytics-node"), muted_at=NOW)
    look_at(product, NOW)
    assert product.watched.get().silent_since
    assert mail.outbox == []
    came(key, "analytics-node", date(2026, 3, 31), date(2026, 3, 31), range(16))
    look_at(product, NOW + timedelta(hours=1))
    assert product.watched.get().silent_since is None  # and stays muted


def test_a_source_whose_key_is_switched_off_is_not_missed(product, key, node):
    look_at(product, NOW)
    key.disabled_at = NOW
    key.save()
    look_at(product, NOW + timedelta(hours=1))
    assert not product.watched.exists()


def test_letters_that_could_not_be_sent_are_sent_later(product, node, settings):
    settings.EMAIL_BACKEND = "tests.watch.test_alarms.Broken"
    with pytest.raises(OSError, match="no mail today"):
        look_at(product, NOW)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    look_at(product, NOW + timedelta(minutes=5))
    assert len(mail.outbox) == 2


class Broken:
    def __init__(self, *_: object, **__: object) -> None:
        pass

    def send_messages(self, _: object) -> int:
        raise OSError("no mail today")


@pytest.fixture
def habits(product, engine):
    """Reports are made every day of six weeks until the 28th; dashboards are viewed to this day."""
    days = [at(day, month=2) for day in range(15, 29)] + [at(day) for day in range(1, 31)]
    crowd = [f"user {number}" for number in range(12)]
    receive(engine, product, [did(user, "Habit_Kept", day) for day in days for user in crowd], 500)
    receive(engine, product, [did(user, "Export_Made", day) for day in days if day <= at(28) for user in crowd], 500)
    receive(engine, product, [did("ann", "Burst_Sent", day, 30) for day in days if day <= at(28)], 500)


def test_a_silent_event_is_noticed_by_day(product, habits):
    look_at(product, NOW)
    watched = product.watched.get()
    assert (watched.kind, watched.name) == (EVENT, "Export_Made")
    assert watched.silent_since == datetime(2026, 3, 29, tzinfo=UTC)
    assert "The event Export_Made has been silent since Sunday 29 March" in mail.outbox[0].body


def test_an_event_that_comes_again_is_over(product, engine, habits):
    look_at(product, NOW)
    receive(engine, product, [did("ann", "Export_Made", at(31), 1)])
    look_at(product, NOW + timedelta(minutes=5))
    assert not product.watched.exists()


def test_a_silent_source_takes_its_events_with_it(product, node, habits):
    look_at(product, NOW)
    assert [watched.kind for watched in product.watched.all()] == [SOURCE]


def test_after_four_weeks_nobody_waits_any_more(product, habits):
    look_at(product, NOW)
    look_at(product, NOW + timedelta(weeks=5))
    assert not product.watched.exists()


def test_while_the_server_was_down_nobody_could_come(product, node):
    Upkeep.objects.create(pk=1, alive_at=NOW - timedelta(hours=7))
    for hours in range(5):
        look(NOW + timedelta(hours=hours))
        assert not product.watched.exists()
    look(NOW + timedelta(hours=5))
    assert product.watched.exists()


def test_a_short_stop_changes_nothing(product, node):
    Upkeep.objects.create(pk=1, alive_at=NOW - timedelta(minutes=30), up_since=NOW - timedelta(days=3))
    look(NOW)
    assert product.watched.exists()
    assert Upkeep.objects.get().alive_at == NOW


def test_one_product_that_can_not_be_looked_at_keeps_no_other_from_it(product, node, monkeypatch):
    broken = Product.objects.create(team=product.team, name="Broken")
    Product.objects.filter(pk=broken.pk).update(time_zone="Nowhere/At_all")
    Upkeep.objects.create(pk=1, alive_at=NOW, up_since=NOW - timedelta(days=3))
    with pytest.raises(ExceptionGroup, match=rf"not be looked at: \[{broken.pk}\]"):
        look(NOW)
    assert product.watched.exists()
