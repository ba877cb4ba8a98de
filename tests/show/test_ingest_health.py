"""Ingest health: what came from where, what was turned away and why, what is silent, what to mend, how full it is."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accoil.receive.calls import DROPPED, OWN
from accoil.show.check_list import mrr_question
from accoil.team.ingest import EVENT, SOURCE, SourceDay, Watched, source_name
from accoil.team.models import IngestKey, Product
from tests.show.conftest import TODAY, receive
from tests.show.reading import main, words
from tests.small_worlds import at, did, joins

NO_USER = "`userId` is missing: say who did it."


@pytest.fixture
def home(world) -> str:
    return f"/p/{world.web.pk}/settings/ingest-health"


@pytest.fixture
def key(world) -> IngestKey:
    return world.web.ingest_keys.get()


def came(key: IngestKey, library: str, day: date = TODAY, accepted: int = 0, **more) -> None:
    seen = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    SourceDay.objects.create(key=key, library=library, day=day, accepted=accepted, last_seen_at=seen, **more)


def test_before_anything_came_it_says_so(eve, world):
    page = main(eve.get(f"/p/{world.evil.pk}/settings/ingest-health"))
    assert "Nothing has come in 14 days." in page
    assert "API key 0 never" in page
    assert "Never seen: API key. Send one call with it, or switch it off." in page
    assert "Every user has an account No user yet" in page


def test_sources_are_told_by_key_and_library(ann, busy, home, key):
    came(key, "analytics-node", accepted=900, reasons={NO_USER: 100})
    came(key, "analytics-node", TODAY - timedelta(1), accepted=100)
    came(key, "curl", accepted=5, refused=3, reasons={"413 payload_too_large": 3})
    came(key, "", duplicates=7)
    other = busy.web.ingest_keys.create(name="Backend", disabled_at=datetime.now(UTC))
    page = main(ann.get(home))
    assert "1,105 calls came in 14 days, 100 of them (9.0 %) were rejected." in page
    assert "API key 1,105 7 100 3" in page
    assert "analytics-node 1,100 100" in page
    assert "curl 5 3" in page
    assert f"{other} off 0" in page


def test_days_before_are_not_counted_in(ann, busy, home, key):
    came(key, "old", TODAY - timedelta(14), accepted=77)
    came(key, "new", TODAY - timedelta(13), accepted=5)
    page = main(ann.get(home))
    assert "5 calls came in 14 days, none was rejected." in page
    assert "old" not in page


def test_reasons_are_told_in_words_with_what_to_do(ann, busy, home, key):
    came(key, "curl", accepted=1, reasons={NO_USER: 40, "503 unavailable": 1, DROPPED: 9})
    page = main(ann.get(home))
    assert "userId is missing: say who did it. Pass the id your own database has for the person" in page
    assert "40 calls" in page
    assert "The server or its disk was full (503) SDKs send it again." in page
    assert "Dropped by a mapping Change the mapping if it should count. 9 calls" in page
    assert "41 calls came in 14 days, 40 of them" in page


def silent(world, kind: str, name: str, **more) -> Watched:
    since = datetime(2026, 3, 31, 8, 30, tzinfo=UTC)
    return Watched.objects.create(product=world.web, kind=kind, name=name, silent_since=since, usual=20, **more)


def test_what_is_silent_is_shown_here_and_on_the_dashboard(ann, busy, home, key):
    came(key, "analytics-node", accepted=10)
    silent(busy, SOURCE, source_name(key.pk, "analytics-node"))
    page = main(ann.get(home))
    since = "analytics-node (API key) has been silent since Tuesday 31 March, 08:30"
    assert "analytics-node (API key) is silent." in page
    assert f"{since}; in the same time of other weeks it sends in 20 different hours." in page
    assert "analytics-node silent 10" in page
    assert f"{since}. Look at it" in main(ann.get(f"/p/{busy.web.pk}/"))


def test_days_are_told_one_by_one(ann, busy, home, key):
    came(key, "analytics-node", TODAY - timedelta(1), accepted=100, reasons={NO_USER: 5})
    came(key, "curl", TODAY - timedelta(1), accepted=2, refused=1, reasons={"413 payload_too_large": 1})
    came(key, "", TODAY - timedelta(1), duplicates=7)
    page = main(ann.get(home))
    assert "Day Key Received Accepted Duplicates Rejected Refused Mon 30 Mar API key 107 102 7 5 1" in page


def test_several_silences_are_one_line_of_the_dashboard(ann, busy):
    silent(busy, EVENT, "Report_Created")
    silent(busy, EVENT, "Help_Opened")
    assert "Help_Opened and Report_Created have fallen silent. Look at it" in main(ann.get(f"/p/{busy.web.pk}/"))


def test_without_silences_the_dashboard_says_nothing_of_them(ann, busy):
    silent(busy, EVENT, "Report_Created", muted_at=datetime.now(UTC))
    assert "silent" not in main(ann.get(f"/p/{busy.web.pk}/"))


def test_a_silence_is_muted_and_listened_to_again(ann, busy, home):
    watched = silent(busy, EVENT, "Report_Created")
    page = ann.post(f"{home}/silences/{watched.pk}", follow=True)
    assert "Report_Created is muted" in words(page)
    assert "Muted Report_Created silent since Tuesday 31 March Listen again" in main(page)
    page = ann.post(f"{home}/silences/{watched.pk}", follow=True)
    assert "Report_Created is listened to again." in words(page)
    watched.refresh_from_db()
    assert watched.told_at  # nobody is written to about what he sees before him
    assert "Report_Created has been silent since Tuesday 31 March; in the same time" in main(page)


def test_listening_again_to_what_is_there_needs_no_row(ann, busy, home):
    watched = Watched.objects.create(product=busy.web, kind=EVENT, name="Report_Created", muted_at=datetime.now(UTC))
    ann.post(f"{home}/silences/{watched.pk}")
    assert not Watched.objects.exists()


def test_the_check_list_says_what_is_missing(ann, busy, home, key):
    key.last_seen_at = datetime.now(UTC)
    key.save()
    page = main(ann.get(home))
    assert "Every key was seen" in page
    assert "1 of 5 users without an account. Send a group call" in page
    assert "1 of 3 accounts without a name. Send the trait name" in page
    assert "3 of 3 accounts without created_at." in page
    assert "1 of 3 accounts without MRR." in page
    assert "MRR looks like cents Too few accounts pay to tell" in page


def test_mrr_in_dollars_is_asked_about(ann, busy, engine, home):
    prices = {"a": 49, "b": 99, "c": 299, "d": 1200}
    receive(engine, busy.evil, [joins("u", name, at(1), mrr=price) for name, price in prices.items()])
    busy.evil.team.members.create(user=busy.ann)
    page = main(ann.get(f"/p/{busy.evil.pk}/settings/ingest-health"))
    assert "Is MRR sent in dollars? Read as cents, the middle one of 4 paying accounts pays $1.99 a month" in page


@pytest.mark.parametrize(
    ("median", "whole_hundreds", "asked"),
    [
        (120_000, 10, False),  # $1,200
        (4_900, 10, False),  # $49
        (900, 10, True),  # $9, or $900 sent as dollars
        (2_950, 1, True),  # $29.50, hardly ever whole dollars: $2,950 sent as dollars
        (120_050, 0, False),
        (None, 0, False),
    ],
)
def test_when_mrr_looks_like_dollars(median, whole_hundreds, asked):
    assert bool(mrr_question(10, median, whole_hundreds)) is asked
    assert not mrr_question(2, median, whole_hundreds)


def test_odd_event_names_are_told(ann, busy, engine, home):
    assert "Event names worth changing" not in main(ann.get(home))
    receive(engine, busy.web, [did("ann", "report created", at(31)), did("ann", "Opened_4711", at(31))])
    page = main(ann.get(home))
    assert "Report_Created It counts apart from “report created”." in page
    assert "Opened_4711 It holds a number" in page


def test_a_product_that_fills_up_is_warned(ann, busy, home):
    assert "Event names 3 of 2,000 User traits" in main(ann.get(home))
    Product.objects.filter(pk=busy.web.pk).update(most_events=3, most_traits=3)
    page = main(ann.get(home))
    assert "Event names 3 of 3 Calls with a new event name are rejected." in page
    assert "User traits 3 of 3 New traits are left out of calls." in page


def test_from_four_fifths_on_it_is_warned(ann, busy, engine, home):
    receive(engine, busy.web, [did("ann", "Fourth", at(31))])
    Product.objects.filter(pk=busy.web.pk).update(most_events=5)
    assert "4 of 5 Soon no new event names will be taken." in main(ann.get(home))


def test_caps_are_changed(ann, busy, home):
    page = ann.post(f"{home}/caps", {"most_events": "10", "most_traits": "20"}, follow=True)
    assert "The caps are saved" in words(page)
    product = Product.objects.get(pk=busy.web.pk)
    assert (product.most_events, product.most_traits) == (10, 20)


@pytest.mark.parametrize("wrong", ["0", "-1", "many", "", "99999999"])
def test_caps_that_make_no_sense_are_refused(ann, busy, home, wrong):
    answer = ann.post(f"{home}/caps", {"most_events": wrong, "most_traits": "20"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert Product.objects.get(pk=busy.web.pk).most_events == 2_000


def test_a_member_looks_and_changes_nothing(bob, busy, home):
    watched = silent(busy, EVENT, "Report_Created")
    page = bob.get(home)
    assert page.status_code == 200
    assert "Mute" not in main(page)
    assert "<form" not in page.content.decode().partition("<main")[2].partition("</main>")[0]
    assert bob.post(f"{home}/caps", {"most_events": "10", "most_traits": "20"}).status_code == 403
    assert bob.post(f"{home}/silences/{watched.pk}").status_code == 403


def test_another_teams_silence_is_not_found(eve, busy, world):
    watched = silent(busy, EVENT, "Report_Created")
    assert eve.post(f"/p/{world.evil.pk}/settings/ingest-health/silences/{watched.pk}").status_code == 404


def test_what_accoil_sent_itself_is_told_and_not_called_rejected(ann, busy, home, key):
    came(key, "analytics-node", accepted=10, reasons={OWN: 3})
    page = main(ann.get(home))
    assert "10 calls came in 14 days, none was rejected." in page
    assert "Sent to Segment by Accoil itself, and came back" in page and "3 calls" in page
