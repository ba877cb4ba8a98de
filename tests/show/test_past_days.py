"""Any past day of the lists and of one account or user; what was reported then beside what today's definition says."""

import re
from datetime import date

import pytest

from accoil.score import freezing
from accoil.score.definition import Definition
from accoil.score.summing_up import freeze, since
from tests.show.conftest import receive
from tests.show.reading import link_to, main, words
from tests.small_worlds import at, did

ONLY_REPORTS = Definition(events={"Report_Created": 3}, benchmark=20)


@pytest.fixture
def home(busy) -> str:
    return f"/p/{busy.web.pk}"


def account_page(browser, home, name="Acme Ltd", **query):
    return browser.get(link_to(browser.get(f"{home}/accounts", query), name))


def test_a_past_day_is_shown_as_it_was_and_the_address_keeps_it(ann, home):
    page = ann.get(f"{home}/accounts", {"as_of": "2026-03-23"})
    text = main(page)
    assert "You are looking at Monday 23 March 2026, as today’s definition says." in text
    assert "Back to today" in text
    rows = text.rpartition("MRR ")[2]
    assert rows.index("Globex 92") < rows.index("Acme Ltd")
    assert "as_of=2026-03-23" in link_to(page, "Globex")
    assert "as_of=2026-03-23" in link_to(page, "Change")
    lines = ann.get(link_to(page, "CSV")).getvalue().decode().splitlines()
    assert '"Globex",92,92' in lines[1]


def test_a_search_stays_on_the_day_looked_at(ann, home):
    page = ann.get(f"{home}/users", {"as_of": "2026-03-23", "search": "gus"})
    assert b'name="as_of" value="2026-03-23"' in page.content
    assert "gus 92" in main(page)


def test_a_page_of_a_past_day_explains_the_score_of_that_day(ann, home):
    text = main(account_page(ann, home, as_of="2026-03-24"))
    assert "You are looking at Tuesday 24 March 2026" in text
    assert "Acme Ltd is at 34, up 34 in a week: 1 Report created in the week to 24 Mar 2026" in text
    assert "17 Mar to 24 Mar" in text
    assert "Report Created 1 × 9 9" in text


@pytest.mark.parametrize("nonsense", ["", "yesterday", "2026-13-01", "2027-01-01", "2026-03-31"])
def test_what_is_no_past_day_is_read_as_today(ann, home, nonsense):
    text = main(ann.get(f"{home}/accounts", {"as_of": nonsense}))
    assert "You are looking at" not in text
    assert "Acme Ltd 76" in text


def test_before_it_was_there_a_page_is_not_found(ann, home):
    link = link_to(ann.get(f"{home}/users"), "una")
    assert ann.get(link).status_code == 200
    assert ann.get(link, {"as_of": "2026-03-20"}).status_code == 404


def test_the_day_can_be_chosen_without_javascript(ann, home):
    page = ann.get(f"{home}/accounts")
    assert re.search(r'<input[^>]*type="date"[^>]*name="as_of"[^>]*max="2026-03-31"', page.content.decode())


def test_why_is_told_in_parts_that_add_up_and_by_event(ann, home):
    text = main(account_page(ann, home))
    assert "Why up 42 24 Mar to 31 Mar" in text
    assert "Up 42: 4 Reports created this week against 1 last week" in text
    parts = re.search(r"Score on 24 Mar (\d+) .*?Who joined and left ([+−\d]+) .*?What its people did .*?([+−]\d+|0) "
                      r"What everybody else did .*?([+−]\d+|0) Score on 31 Mar (\d+)", text)  # fmt: skip
    assert parts is not None
    before, *moved, after = (int(part.replace("−", "-")) for part in parts.groups())
    assert (before, after) == (34, 76)
    assert before + sum(moved) == after
    assert "Report Created 1 4 +36 −9 +27 Dashboard Viewed 0 10 +10 0 +10 All events +46 −9 +37" in text


def test_when_the_definition_changed_both_changes_are_told(ann, busy, home):
    busy.profile.versions.create(number=2, definition=ONLY_REPORTS.to_yaml_dict(), in_force_from=date(2026, 3, 31))
    page = account_page(ann, home)
    text = main(page)
    assert "How events are scored" in text
    assert "Under today’s definition on both days: +" in text
    changed = "benchmark moving → fixed at 20; Report_Created 9 → 3; Dashboard_Viewed no longer counts (weight was 1)"
    assert f"31 Mar Version 2: {changed}" in text
    assert "as reported on the day" in text
    assert b'class="reported" d' in page.content


def test_where_both_say_the_same_there_is_one_line(ann, home):
    page = account_page(ann, home)
    assert b'class="reported" d' not in page.content
    assert "as reported on the day" not in main(page)


def test_days_that_late_events_moved_are_marked(ann, busy, engine, home, monkeypatch):
    version = busy.profile.current
    freeze(version, date(2026, 3, 20), date(2026, 3, 30))
    monkeypatch.setattr(engine.loader, "frozen", since)
    assert "came late" not in main(account_page(ann, home))
    receive(engine, busy.web, [did("bob", "Report_Created", at(26), 2)])
    page = account_page(ann, home)
    assert "5 days moved by events that came late" in main(page)
    assert page.content.count(b'class="late"') == 2  # in the chart and beside its words


def test_days_that_are_being_summed_up_are_told(ann, busy, home, monkeypatch):
    monkeypatch.setitem(freezing._progress, busy.profile.pk, freezing.Progress(120, 365, 0))
    sentence = "Past days are being summed up: 120 of 365 done."
    assert sentence in main(ann.get(f"{home}/"))
    assert sentence in main(account_page(ann, home))


def test_the_dashboard_shows_what_was_reported_and_where_the_definition_changed(ann, busy, home):
    busy.profile.versions.create(number=2, definition=ONLY_REPORTS.to_yaml_dict(), in_force_from=date(2026, 3, 31))
    page = ann.get(f"{home}/")
    assert "31 Mar Version 2: benchmark moving → fixed at 20" in main(page)
    assert b'class="reported" d' in page.content
    assert "as reported on the day" in words(page)


def test_the_second_half_of_the_dashboard_is_of_the_day_looked_at(ann, home):
    first = ann.get(f"{home}/", {"as_of": "2026-03-23"})
    assert "as_of=2026-03-23" in link_to(first, "Total score, adoption and events")
    habits = ann.get(link_to(first, "Total score, adoption and events"))
    assert "You are looking at Monday 23 March 2026" in main(habits)
    assert "|23 Mar" in habits.content.decode() and "24 Mar" not in habits.content.decode()


def keep_from(busy, day: date) -> None:
    busy.web.kept_from = day
    busy.web.save()


def test_a_day_that_can_not_be_made_any_more_is_not_shown_and_the_page_says_which_is_the_first(ann, busy, home):
    keep_from(busy, date(2026, 3, 1))
    text = words(ann.get(f"{home}/accounts", {"as_of": "2026-03-23"}))
    assert "2026-03-23 can't be shown: " in text
    assert "daily counts are kept from 2026-03-01 on" in text
    assert "You are looking at" not in text


def test_days_of_ones_own_that_are_no_longer_kept_are_not_shown(ann, busy, home):
    keep_from(busy, date(2026, 3, 1))
    text = main(ann.get(f"{home}/views/events", {"from": "2026-03-02", "to": "2026-03-09"}))
    assert "Daily counts are not kept for so long; here are the last 30 days." in text


def test_a_backtest_looks_at_no_day_that_is_no_longer_kept(ann, busy, home):
    keep_from(busy, date(2026, 3, 1))
    asked = {"by": "trait", "trait": "account:plan", "value": "pro", "days": "7", "periods": "3"}
    answer = ann.get(f"{home}/profiles/{busy.profile.pk}/backtest", asked)
    assert answer.status_code == 422
    assert "That looks back to 2026-02-24; daily counts are kept from 2026-03-01 on" in main(answer)


def test_charts_are_as_long_as_days_are_kept(ann, busy, home):
    assert "365 days" in main(ann.get(f"{home}/"))
    keep_from(busy, date(2025, 11, 1))
    text = main(ann.get(f"{home}/", {"days": "365"}))
    assert ("90 days" in text, "365 days" in text) == (True, False)
