import re
from datetime import date

import pytest

from accoil.score.movers import Moved
from accoil.score.what_if import Consequences, Passing, WhatIf
from accoil.show import consequences, reasons, sentences

QUIET = {"accounts": 200, "active_accounts": 37, "users": 2000, "active_users": 214,
         "average_account_score": 61.4, "average_user_score": 42.5}  # fmt: skip


def plain(html: str) -> str:
    return re.sub(r"</?b>", "", html)


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        (Moved(0, 0), "37 of 200 accounts were active this week; nobody moved by 10 points or more."),
        (Moved(0, 2, mrr=5000), "37 of 200 accounts were active this week; 2 cooled down."),
        (
            Moved(0, 5, mrr=350100, dear=2),
            "37 of 200 accounts were active this week; 5 cooled down, 2 of them pay over $1,000 a month.",
        ),
        (
            Moved(0, 1, mrr=150000, dear=1),
            "37 of 200 accounts were active this week; 1 cooled down and pays over $1,000 a month.",
        ),
        (
            Moved(3, 2, mrr=150005, dear=1),
            "37 of 200 accounts were active this week; "
            "2 cooled down, 1 of them pays over $1,000 a month, and 3 warmed up.",
        ),
        (Moved(1, 0), "37 of 200 accounts were active this week; 1 warmed up."),
    ],
)  # fmt: skip
def test_the_dashboard_opens_with_who_was_active_and_who_moved(moved, said):
    assert plain(sentences.dashboard(QUIET, moved, 7)) == said


def test_without_accounts_the_users_are_told_and_the_call_that_is_missing():
    summary = {**QUIET, "accounts": 0, "active_accounts": 0}
    assert plain(sentences.dashboard(summary, Moved(0, 0), 30)) == (
        "214 of 2,000 users were active in the last 30 days; no account yet: "
        "a group call says which company a person belongs to."
    )


def test_nobody_at_all_is_no_mystery():
    summary = {**QUIET, "accounts": 0, "users": 0}
    assert "the first event brings the first user" in sentences.dashboard(summary, Moved(0, 0), 7)


def test_a_list_opens_with_its_average_and_its_best():
    best = {"name": "Acme", "score": 99}
    said = plain(sentences.accounts(QUIET, best, 7))
    assert said == "37 of 200 accounts were active this week, at 61 on average; Acme leads with 99."


def test_a_week_in_which_nobody_was_active_has_no_average():
    summary = {**QUIET, "active_users": 0}
    assert plain(sentences.users(summary, {"name": "Ann", "score": 0}, 1)) == "None of 2,000 users were active today."


def test_a_name_cannot_smuggle_markup_into_a_sentence():
    told = {"change": 0, "parts": {"behaviour": 0}, "window": 7, "raw_after": 3}
    said = reasons.person("<script>alert(1)</script>", {"score": 72}, told, date(2026, 3, 31))
    assert "<script>" not in said
    assert "&lt;script&gt;" in said


def explained(*scores: int, score: int = 0) -> dict[str, object]:
    return {"score": score, "users": [{"score": each, "raw": each} for each in scores]}


@pytest.mark.parametrize(
    ("scores", "score", "said"),
    [
        ([], 0, "Nobody of it did anything that counts, so the score is 0."),
        ([0], 0, "Nobody of it did anything that counts, so the score is 0."),
        ([63], 63, "Its one active person scores 63, and so does it."),
        ([99, 63, 54], 72, "Its 3 active people score 99, 63 and 54; the average is 72."),
        ([90, 80, 70, 60, 50, 40, 30], 60, "Its 7 active people score between 30 and 90; the average is 60."),
    ],
)
def test_an_account_says_whose_scores_it_averages(scores, score, said):
    assert plain(reasons.account_score(explained(*scores, score=score))) == said


@pytest.mark.parametrize(
    ("curve", "benchmark", "part"),
    [
        ("exponential", 208.2, "100 × (1 − 10^(−points ÷ 208.2)): 90 at the benchmark"),
        ("linear", 200.0, "100 × points ÷ 200, at most 100"),
        ("linear", None, "nothing to measure against"),
    ],
)
def test_the_curve_is_explained_with_its_own_numbers(curve, benchmark, part):
    assert part in reasons.curve({"curve": curve, "benchmark": benchmark}, 7)


def side(
    before: int, after: int, moved: int = 1, counted: tuple[int, int] = (13, 13), **passing: tuple[int, int]
) -> Consequences:
    """Accounts: so many at 75 or more before and after, and who passes in and out of segments."""
    quiet = [0] * 18
    histogram = ([counted[0] - before, *quiet, before], [counted[1] - after, *quiet, after])
    segments = [
        Passing(place, name.replace("_", " "), *ways, (0, 0)) for place, (name, ways) in enumerate(passing.items())
    ]
    return Consequences(counted, (12, 12), moved, histogram, [], segments)


def draft(accounts: Consequences, users: Consequences | None = None) -> WhatIf:
    users = users or side(0, 0, accounts.moved, accounts.counted)
    return WhatIf(date(2026, 3, 1), (None, 10.0), accounts, users, 0.1)


@pytest.mark.parametrize(
    ("result", "first", "said"),
    [
        (draft(side(0, 3, counted=(0, 13))), True, "12 accounts would be scored, 3 of them at 75 or more."),
        (draft(side(3, 3, moved=0)), False, "Nothing moves: the draft gives everyone the score they have."),
        (draft(side(3, 3, moved=0, Activated=(2, 1))), False,
         "Nothing moves: the draft gives everyone the score they have; 2 enter Activated, 1 leaves it."),
        (draft(side(3, 3, moved=0, counted=(13, 9))), False, "9 accounts instead of 13; their scores stay."),
        (draft(side(3, 3)), False, "Scores move, but 3 accounts stay at 75 or more."),
        (draft(side(3, 5, Red_Hot=(1, 0), Most_Engaged=(2, 0))), False,
         "2 accounts more at 75 or more: 5 instead of 3; 1 enters Red Hot."),
        (draft(side(3, 2, Ice_Cold=(0, 2), Red_Hot=(1, 0))), False,
         "1 account fewer at 75 or more: 2 instead of 3; 2 leave Ice Cold."),
        (draft(side(0, 0, counted=(0, 0)), side(1, 4)), False, "3 users more at 75 or more: 4 instead of 1."),
        (draft(side(0, 0, counted=(0, 0))), False,
         "Nobody is known yet, so there is nothing to show; the first event brings the first."),
    ],
)  # fmt: skip
def test_a_preview_opens_with_what_moves(result, first, said):
    assert plain(consequences.preview(result, is_first=first)) == said
