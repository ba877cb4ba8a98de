"""What an automation may wait for, how that is said, and what is refused."""

import pytest

from accoil.act.triggers import check_trigger, sentence
from accoil.refused import Refused
from accoil.rule.tree import written
from accoil.score.models import Profile
from accoil.segment import journeys, keeping
from tests.segment.worlds import Looked


@pytest.fixture
def profile(looked: Looked) -> Profile:
    keeping.create(looked.profile, "account", "At risk", {"metric": "score", "below": 25})
    stages = [journeys.Stage("Paid", {"account_trait": "status", "is": "Paid"}), journeys.Stage("Other", {"all": []})]
    journeys.create(looked.profile, "account", "Buying", stages)
    return looked.profile


@pytest.mark.parametrize(
    ("raw", "said", "way", "rule"),
    [
        ({"enters": "At risk"}, "When an account enters the segment At risk", "entered", None),
        ({"leaves": "At risk"}, "When an account leaves the segment At risk", "left", None),
        ({"stage": "Paid"}, "When an account enters the stage Paid", "entered", None),
        ({"new": "account"}, "When an account is new", "entered", None),
        (
            {"score": {"rises": 10}},
            "When an account has a score that rises by 10 points or more",
            "entered",
            {"metric": "change", "at_least": 10},
        ),
        (
            {"score": {"falls": 1, "days": 7}},
            "When an account has a score that falls by 1 point or more within 7 days",
            "entered",
            {"metric": "change", "at_most": -1, "days": 7},
        ),
        (
            {"score": {"rises_above": 50}},
            "When an account has a score that rises above 50",
            "entered",
            {"metric": "score", "above": 50},
        ),
        (
            {"score": {"drops_below": 25}},
            "When an account has a score that drops below 25",
            "left",
            {"metric": "score", "at_least": 25},
        ),
        (
            {"becomes": {"metric": "mrr", "above": 10000}},
            "When an account comes to match: MRR above $100",
            "entered",
            {"metric": "mrr", "above": 10000},
        ),
    ],
)
def test_a_trigger_follows_a_segment_and_is_said_in_words(profile, raw, said, way, rule):
    found = check_trigger(raw, profile, "account")
    assert found.raw == raw
    assert sentence(raw, "account") == said
    assert found.way == way
    assert (found.rule and written(found.rule)) == rule
    assert (found.segment is None) == (rule is not None)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ({"enters": "At rsk"}, "no segment of accounts called “At rsk”; did you mean “At risk”?"),
        ({"enters": "Paid"}, "no segment of accounts called “Paid”"),
        ({"stage": "At risk"}, "no stage of accounts called “At risk”"),
        ({"enters": "At risk", "leaves": "At risk"}, "write one of"),
        ({"wakes": 1}, "write one of"),
        ("enters", "write one of"),
        ({"score": {"rises": 0}}, "score: rises is 0; write a whole number from 1 to 100."),
        ({"score": {"rises": 5, "falls": 5}}, "write one of {rises: NUMBER}"),
        ({"score": {"drops_below": 25, "days": 7}}, "“days” does not go with drops_below; leave it out."),
        ({"activation": {"reaches": 100}}, "has no activation steps for accounts"),
        ({"new": "user"}, "the automation is about accounts; write scope: user."),
        ({"becomes": {"metric": "skore", "above": 1}}, "when: becomes: "),
        ({"becomes": {"segment": "Nowhere"}}, "There is no segment “Nowhere”"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(profile, raw, told):
    with pytest.raises(Refused) as no:
        check_trigger(raw, profile, "account")
    assert told in str(no.value)
    assert str(no.value).startswith("when")
