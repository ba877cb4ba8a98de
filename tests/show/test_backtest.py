"""The page that looks back: the question in its address, the answer in sentences that say how much they mean."""

import re

import pytest

from accoil.act import backtests
from accoil.score.backtest import Backtest
from accoil.score.statistics import Group, Telling
from accoil.show import backtest_words, shares
from tests.show.reading import main


@pytest.fixture
def address(busy) -> str:
    return f"/p/{busy.web.pk}/profiles/{busy.profile.pk}/backtest"


ASKED = {"scope": "account", "by": "trait", "trait": "account:plan", "value": "pro", "days": "7", "periods": "3"}


def found(cases: int, others: int, score: Telling | None = None, **earlier: Telling) -> Backtest:
    told = score or Telling(cases, others)
    later = {int(days[1:]): each for days, each in earlier.items()}
    return Backtest(cases + others, 40, cases, [], [], [], {}, told, Telling(0, 0), {30: told, **later})


def looked_back(client, address: str, asked: dict[str, str]) -> str:
    """The page once it has its answer; on the way it says how far it is."""
    text = main(client.get(address, asked))
    for run in backtests.runs.all():
        assert run.wait(120)
    assert "Looking back:" in text or "What this does not say" in text
    return main(client.get(address, asked))


def plain(html: str) -> str:
    return re.sub(r"</?b>", "", html)


def test_the_page_asks_before_it_looks(ann, address):
    text = main(ann.get(address))
    assert "Would the score have told?" in text
    assert "What this does not say" not in text


def test_an_answer_says_how_many_cases_it_rests_on(ann, address):
    text = looked_back(ann, address, ASKED)
    assert "looks at" in text or "nothing to look back at" in text
    assert "within 7 days" in text or "nothing to look back at" in text


def test_a_segment_can_be_the_outcome(ann, address):
    text = looked_back(ann, address, ASKED | {"by": "segment", "segment": "Most Engaged"})
    assert "enters Most Engaged" in text or "nothing to look back at" in text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"value": ""}, "Write the value that plan takes, such as Cancelled."),
        ({"by": "segment"}, "Choose the segment whose members are meant."),
        ({"by": "segment", "segment": "No such"}, "No such"),
    ],
)
def test_what_is_missing_is_said(ann, address, asked, said):
    answer = ann.get(address, ASKED | asked)
    assert answer.status_code == 422
    assert said in main(answer)


def test_a_backtest_of_another_team_is_not_found(eve, busy, address):
    assert eve.get(address).status_code == 404
    assert eve.get(f"/p/{busy.evil.pk}/profiles/{busy.profile.pk}/backtest").status_code == 404


@pytest.mark.parametrize(
    ("cases", "others", "said"),
    [
        (0, 50, "It never happened in these days, so nobody can say what would have come before it."),
        (50, 0, "It happened every time, so there is nobody to compare with."),
        (1, 50, "Only 1 case: too few to conclude anything. Look at who they are instead."),
        (50, 9, "Only 9 accounts to compare with: too few to conclude anything. Look at who they are instead."),
        (29, 50, "29 cases: read this as a hint, not as a rule."),
        (30, 50, ""),
    ],
)
def test_few_cases_are_called_few(cases, others, said):
    assert backtest_words.certainty(found(cases, others), "account") == said


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (Telling(30, 60, 0.22, 0.14, 0.31),
         "Take one that came to it and one that did not: in 78 of 100 such pairs the one that did had the lower score "
         "before. A coin says 50. With 95 % confidence it is 69 to 86."),
        (Telling(3, 60, 0.62, 0.31, 0.93),
         "Take one that came to it and one that did not: in 62 of 100 such pairs the one that did had the higher score "
         "before. A coin says 50. But it may be anything from 31 to 93: no more than chance can do."),
        (Telling(0, 60), ""),
    ],
)  # fmt: skip
def test_how_well_the_score_told_is_said_in_pairs(score, said):
    assert plain(backtest_words.telling(score)) == said


def test_it_says_how_long_before_it_could_be_told():
    sure, chance = Telling(30, 60, 0.2, 0.1, 0.3), Telling(30, 60, 0.45, 0.3, 0.6)
    told = backtest_words.early(found(30, 60, sure, d60=sure, d90=chance))
    assert told == "It could be told up to 60 days before."
    assert backtest_words.early(found(30, 60, chance, d60=sure)) == ""
    rows = backtest_words.earlier(found(30, 60, sure, d60=chance))
    assert [(row["days"], row["right"], row["interval"]) for row in rows] == [
        (30, 80, "70 to 90"),
        (60, 55, "40 to 70"),
    ]


def test_columns_stay_in_their_box_and_tell_their_cases():
    groups = [Group(0, 0, 0, 40, 20, 0.5, 0.35, 0.65, 2.0), Group(9, 80, 100, 3, 0, 0.0, 0.0, 0.56, 0.0)]
    drawn = shares.drawn(groups, 0.25, 30)
    assert drawn is not None
    for column in drawn.columns:
        assert 0 <= column.high <= column.y <= column.low <= 100
    assert [column.label for column in drawn.columns] == ["0", "80–100"]
    assert drawn.columns[0].words == "Score 0: 20 of 40, 50 % (35 % to 65 %)"
    assert shares.drawn([], 0.0, 30) is None
