from datetime import UTC, date, datetime, timedelta

import pytest

from accoil.show import connection_words, words

TODAY = date(2026, 3, 31)
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(("n", "said"), [(0, "0"), (37, "37"), (2000, "2,000"), (208.2, "208.2"), (-3.0, "-3")])
def test_a_number_is_grouped_and_shows_a_tenth_only_when_it_has_one(n, said):
    assert words.number(n) == said


@pytest.mark.parametrize(("n", "said"), [(1, "1 account"), (0, "0 accounts"), (2000, "2,000 accounts")])
def test_things_are_counted_in_words(n, said):
    assert words.count(n, "account") == said


def test_an_odd_plural_is_handed_in():
    assert words.count(2, "person", "people") == "2 people"


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0 %"), (0.6, "60 %"), (1 / 8, "13 %"), (23 / 40, "58 %"), (1, "100 %")]
)
def test_a_share_is_a_whole_percentage_half_up(share, said):
    assert words.percent(share) == said


@pytest.mark.parametrize(("cents", "said"), [(120000, "$1,200"), (0, "$0"), (1250, "$12.50"), (99.6, "$1")])
def test_money_shows_cents_only_when_there_are_some(cents, said):
    assert words.money(cents) == said


@pytest.mark.parametrize(
    ("past", "said"),
    [(0, "today"), (1, "yesterday"), (5, "5 days ago"), (7, "24 Mar"), (120, "1 Dec 2025"), (-2, "2 Apr")],
)
def test_a_day_is_said_as_people_say_it(past, said):
    assert words.day(TODAY - timedelta(days=past), TODAY) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "just now"), (-5, "just now"), (12, "12 s ago"), (180, "3 min ago"), (18000, "5 h ago"), (90000, "1 day ago")],
)
def test_a_moment_is_told_by_how_long_ago_it_was(seconds, said):
    assert words.ago(NOW - timedelta(seconds=seconds), NOW) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "since today"), (1, "for 1 day"), (40, "for 40 days"), (150, "for 5 months"), (800, "for 2 years")],
)
def test_how_long_somebody_is_here(days, said):
    assert words.tenure(days) == said


@pytest.mark.parametrize(
    ("points", "said"), [(12, "up 12 in a week"), (-3, "down 3 in a week"), (0, "as it was a week before")]
)
def test_a_change_names_its_window(points, said):
    assert words.change_in(points, 7) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Report_Created", "Report Created"), ("exportPdf", "export Pdf"), ("API Key Made", "API Key Made"),
        ("billing.plan:changed", "billing plan changed"), ("___", "___"),
    ],
)  # fmt: skip
def test_an_event_is_read_in_words(name, said):
    assert words.event(name) == said


@pytest.mark.parametrize(
    ("name", "n", "said"),
    [
        ("Report_Created", 4, "4 Reports created"), ("Report_Created", 1, "1 Report created"),
        ("Query Saved", 2, "2 Queries saved"), ("Invoice Sent", 3, "3 Invoices sent"),
        ("Viewed Pricing", 2, "Viewed Pricing twice"), ("export_pdf", 1200, "export pdf 1,200 times"),
        ("export_pdf", 0, "no export pdf"), ("Created", 1, "Created once"),
    ],
)  # fmt: skip
def test_what_happened_reads_like_a_sentence(name, n, said):
    assert words.happened(name, n) == said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B and C"),
        (list("ABCDE"), "A, B, C and 2 more"),
    ],
)
def test_a_list_in_words_ends_with_and(names, said):
    assert words.listed(names) == said


@pytest.mark.parametrize(("points", "said"), [(27, "+27"), (-9, "−9"), (0, "0")])
def test_points_gained_carry_their_sign(points, said):
    assert words.gain(points) == said


def test_what_a_run_did_is_counted_in_words():
    assert connection_words.counted({"account unmatched": 1, "user matched": 1, "written": 1}) == (
        "1 user matched, 1 account not found, 1 written"
    )
    assert connection_words.counted({"account unmatched": 2, "unchanged": 20}) == "2 accounts not found, 20 unchanged"
    assert connection_words.counted({"written": 0}) == ""
