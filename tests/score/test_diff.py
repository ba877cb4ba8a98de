import pytest

from accoil.score.definition import Definition
from accoil.score.diff import differences, sentence
from tests.score.test_definition import FULL

BEFORE = {"window": 7, "events": {"Report Created": 5, "Login": 1}}


def of(**keys: object) -> Definition:
    return Definition.check({**BEFORE, **keys})


def test_a_change_reads_as_a_line():
    after = of(window=30, events={"Report Created": 9, "Login": 1}, filter={"user_trait": "plan", "is": "Trial"})
    assert sentence(of(), after).startswith("window 7 → 30 days; Report Created 5 → 9; filter added: ")


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ({}, {}, []),
        ({}, {"benchmark": {"fixed": 200}, "curve": "linear"},
         ["benchmark moving → fixed at 200", "curve exponential → linear"]),
        ({}, {"events": {"Report Created": 5, "Invited": 3}},
         ["Invited added with weight 3", "Login no longer counts (weight was 1)"]),
        ({}, {"daily_cap": 5}, ["daily cap added: 5"]),
        ({"daily_cap": 5}, {"daily_cap": 10}, ["daily cap: 5 → 10"]),
        ({"daily_cap": 5}, {}, ["daily cap removed: 5"]),
        ({"exclude": {"users": ["u1"]}}, {"exclude": {"accounts": ["acme"]}},
         ["user u1 no longer excluded", "account acme excluded"]),
        ({"internal_domains": ["a.com"]}, {"internal_domains": ["b.com"]},
         ["internal domain added: b.com", "internal domain removed: a.com"]),
        ({"features": {"R": ["A"]}}, {"features": {"R": ["B"]}},
         ["feature R: event added: B", "feature R: event removed: A"]),
        ({"features": {"R": ["A", "B"]}}, {"features": {"S": ["A", "C"]}},
         ["feature R is called S", "feature S: event added: C", "feature S: event removed: B"]),
        ({"features": {"R": ["A"]}}, {"features": {"S": ["B"]}}, []),
        ({"features": {"R": ["A"]}}, {}, []),  # the rule that named it tells
    ],
)  # fmt: skip
def test_each_key_has_its_phrase(old, new, lines):
    assert differences(of(**old), of(**new)) == lines


def test_steps_come_go_and_change_places():
    event, trait = {"event": "Report Created"}, {"user_trait": "role", "is_set": True}
    added = differences(of(), of(activation={"user": [event]}))
    assert len(added) == 1 and added[0].startswith("user step added: ")
    removed = differences(of(activation={"user": [event, trait]}), of(activation={"user": [trait]}))
    assert removed == [added[0].replace("added", "removed")]
    swapped = differences(of(activation={"user": [event, trait]}), of(activation={"user": [trait, event]}))
    assert swapped == ["user steps in another order"]


def test_whatever_differs_is_told():
    whole = Definition.check(FULL)
    for key in FULL.keys() - {"events", "features"}:
        other = Definition.check({k: v for k, v in FULL.items() if k != key})
        assert differences(whole, other) and differences(other, whole), key


def test_a_line_tells_the_first_few_changes_and_how_many_more_there_are():
    six = {"events": {f"e{number}": 1 for number in range(6)}}
    eight = {"events": {f"e{number}": 1 for number in range(8)}}
    line = sentence(Definition.check({"events": {"e0": 1}}), Definition.check(eight))
    assert line.endswith("e5 added with weight 1; and 2 more")
    assert "more" not in sentence(Definition.check({"events": {"e0": 1}}), Definition.check(six))
