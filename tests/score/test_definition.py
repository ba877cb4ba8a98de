import subprocess
import sys

import pytest

from accoil.refused import Refused
from accoil.score.definition import Definition

WRITTEN = {"window": 30, "events": {"Report_Created": 9, "Login": 1}, "benchmark": {"fixed": 200}, "curve": "linear"}


def events(**weights: object) -> dict[str, object]:
    return {"events": weights or {"Login": 1}}


def test_only_events_are_needed():
    assert Definition.check({"events": {"Login": 1}}) == Definition(
        window=7, events={"Login": 1}, benchmark=None, curve="exponential"
    )


def test_all_keys_are_read():
    assert Definition.check(WRITTEN) == Definition(
        window=30, events={"Report_Created": 9, "Login": 1}, benchmark=200.0, curve="linear"
    )


def test_what_is_written_is_read_back():
    definition = Definition.check(WRITTEN)
    assert definition.to_yaml_dict() == WRITTEN
    assert Definition.stored(definition.to_yaml_dict()) == definition


def test_events_are_written_heaviest_first():
    definition = Definition(events={"a": 1, "c": 5, "b": 5})
    assert list(definition.to_yaml_dict()["events"]) == ["b", "c", "a"]


def test_a_broken_benchmark_keeps_its_fraction():
    assert Definition(events={"a": 1}, benchmark=0.5).to_yaml_dict()["benchmark"] == {"fixed": 0.5}


def test_the_digest_ignores_the_order_of_events_and_nothing_else():
    one = Definition(events={"a": 1, "b": 2})
    assert one.digest() == Definition(events={"b": 2, "a": 1}).digest()
    others = [
        Definition(events={"a": 1, "b": 3}),
        Definition(events={"a": 1}),
        Definition(events={"a": 1, "b": 2}, window=30),
        Definition(events={"a": 1, "b": 2}, benchmark=2.0),
        Definition(events={"a": 1, "b": 2}, curve="linear"),
    ]
    assert len({one.digest(), *(other.digest() for other in others)}) == 6


def test_the_digest_is_the_same_in_another_process():
    program = (
        "from accoil.score.definition import Definition; print(Definition(events={'é': 1, 'b': 2}, window=14).digest())"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert answer.strip() == Definition(events={"b": 2, "é": 1}, window=14).digest()


@pytest.mark.parametrize("window", [1, 7, 14, 30, 60, 90])
def test_windows(window):
    assert Definition.check({"window": window, **events()}).window == window


@pytest.mark.parametrize("weight", [1, 10])
def test_weights_at_both_ends(weight):
    assert Definition.check(events(Login=weight)).events == {"Login": weight}


def test_120_events_are_scored_and_121_are_refused():
    assert len(Definition.check({"events": {f"e{n}": 1 for n in range(120)}}).events) == 120
    with pytest.raises(Refused, match="events holds 121 names; a profile scores at most 120"):
        Definition.check({"events": {f"e{n}": 1 for n in range(121)}})


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"window": 8}, "window is 8; choose one of 1, 7, 14, 30, 60, 90 days"),
        ({"window": "7"}, 'window is "7"'),
        ({"window": True}, "window is true"),
        ({"window": None}, "window is empty"),
        ({"window": [7]}, r"window is \[7\]"),
        ({"events": None}, "events must name at least one event"),
        ({"events": {}}, "events must name at least one event"),
        ({"events": ["Login"]}, "events must name at least one event"),
        ({"events": {"Login": 0}}, "the weight of “Login” is 0; write a whole number from 1 to 10"),
        ({"events": {"Login": 11}}, "the weight of “Login” is 11"),
        ({"events": {"Login": 2.5}}, "the weight of “Login” is 2.5"),
        ({"events": {"Login": "3"}}, 'the weight of “Login” is "3"'),
        ({"events": {"Login": True}}, "the weight of “Login” is true"),
        ({"events": {True: 3}}, "events holds the name true, which is not text; put it in quotation marks"),
        ({"events": {" ": 3}}, "events holds a name that is empty"),
        ({"events": {"x" * 256: 3}}, "longer than 255 characters"),
        ({"benchmark": "p90"}, 'benchmark is "p90"; write moving_p90'),
        ({"benchmark": 200}, "benchmark is 200; write moving_p90"),
        ({"benchmark": {"fixed": 0}}, "benchmark: fixed is 0; write a number above 0"),
        ({"benchmark": {"fixed": -5}}, "benchmark: fixed is -5"),
        ({"benchmark": {"fixed": True}}, "benchmark: fixed is true"),
        ({"benchmark": {"fixed": "200"}}, 'benchmark: fixed is "200"'),
        ({"benchmark": {"fixed": float("inf")}}, "benchmark: fixed is Infinity"),
        ({"benchmark": {"fixed": float("nan")}}, "benchmark: fixed is NaN"),
        ({"benchmark": {"fixed": 200, "moving": 1}}, "benchmark is "),
        ({"curve": "steep"}, 'curve is "steep"; choose exponential or linear'),
        ({"curve": ["linear"]}, "curve is "),
        ({"weights": {}}, "“weights” is not a key of a profile; there are: window, events, benchmark, curve"),
    ],
)
def test_what_is_wrong_is_named(wrong, sentence):
    with pytest.raises(Refused, match=sentence):
        Definition.check({**events(), **wrong})


def test_sync_is_refused_rather_than_ignored():
    with pytest.raises(Refused, match="“sync” is not a key of a profile"):
        Definition.check({**events(), "sync": {}})


FULL = {
    **WRITTEN,
    "daily_cap": 5,
    "filter": {"all": [{"user_trait": "accountStatus", "is": "Trial"}, {"feature": "Reports", "at_least": 2}]},
    "exclude": {"users": ["u1", "u2"], "accounts": ["acme"]},
    "activation": {
        "user": [{"event": "Report_Created"}, {"user_trait": "role", "is_set": True}],
        "account": [{"event": "Teammate_Invited", "at_least": 2, "within_days_of_created": 14}],
    },
    "features": {"Reports": ["Report_Created", "Report_Shared"]},
    "internal_domains": ["example.com", "test.example.org"],
}


def test_everything_that_is_written_is_read_back():
    definition = Definition.check(FULL)
    assert definition.to_yaml_dict() == FULL
    assert Definition.stored(definition.to_yaml_dict()) == definition


def test_a_version_saved_before_there_were_filters_reads_as_before_and_has_the_same_digest():
    old = Definition.stored(WRITTEN)
    assert old == Definition.check(WRITTEN)
    assert (old.daily_cap, old.filter, old.counts_everyone) == (None, None, True)
    assert old.digest() == "608a427f26c299d2"
    assert old.to_yaml_dict() == WRITTEN


def test_every_key_changes_the_digest_and_those_that_choose_people_the_population():
    whole = Definition.check(FULL)
    without = {key: Definition.check({k: v for k, v in FULL.items() if k != key}) for key in FULL if key != "events"}
    assert len({whole.digest(), *(each.digest() for each in without.values())}) == len(FULL)
    whom = {key for key, each in without.items() if each.about_whom() != whole.about_whom()}
    assert whom == {"filter", "exclude", "features", "internal_domains"}
    assert {key for key, each in without.items() if each.counts_everyone} == set()


def test_a_filter_on_frequency_depends_on_the_window_too():
    often = {**events(), "filter": {"metric": "frequency", "above": 2}}
    assert Definition.check(often).about_whom() != Definition.check({**often, "window": 30}).about_whom()


def test_lists_of_whom_to_leave_out_are_sets():
    one = {"exclude": {"users": ["b", "a", "b"]}, "internal_domains": ["@Example.com", "example.com", "b.de"]}
    other = {"exclude": {"users": ["a", "b"]}, "internal_domains": ["b.de", "example.com"]}
    assert Definition.check({**events(), **one}) == Definition.check({**events(), **other})


@pytest.mark.parametrize("nothing", [{}, {"users": []}, {"users": [], "accounts": []}])
def test_leaving_out_nobody_is_the_same_as_saying_nothing(nothing):
    assert Definition.check({**events(), "exclude": nothing}) == Definition.check(events())
    assert Definition.check({**events(), "exclude": nothing}).digest() == Definition.check(events()).digest()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"daily_cap": 0}, "daily_cap is 0; write a whole number above 0"),
        ({"daily_cap": True}, "daily_cap is true"),
        ({"daily_cap": 2.5}, "daily_cap is 2.5"),
        ({"daily_cap": "5"}, 'daily_cap is "5"'),
        ({"filter": "Trial"}, 'filter: A rule is a mapping .* this is "Trial"'),
        ({"filter": {"user_trait": "role"}}, "filter: The condition on user_trait compares with nothing"),
        ({"filter": {"metric": "score", "above": 5}}, "filter: “score” cannot be asked for here"),
        ({"filter": {"segment": "Mine"}}, "filter: “segment” cannot be asked for here"),
        ({"exclude": ["acme"]}, r"exclude is \["),
        ({"exclude": {"people": ["a"]}}, "exclude: “people” is not a part of it; there are: users, accounts"),
        ({"exclude": {"users": "a"}}, 'exclude: users is "a"; write a list of ids'),
        ({"exclude": {"accounts": [7]}}, "exclude: accounts holds 7, which is not the text of an id"),
        ({"exclude": {"users": [""]}}, "exclude: users holds "),
        ({"exclude": {"users": [f"u{n}" for n in range(1001)]}}, "exclude: users holds 1001 ids"),
        ({"activation": [{"event": "A"}]}, r"activation is \["),
        ({"activation": {"users": []}}, "activation: “users” is not a part of it; there are: user, account"),
        ({"activation": {"user": {"event": "A"}}}, "activation: user is .* write a list of steps"),
        ({"activation": {"user": [{"event": "A"}, {"event": 1}]}}, "activation: user, step 2: event is 1"),
        ({"activation": {"account": [{"metric": "score", "above": 1}]}}, "activation: account, step 1: “score” cannot"),
        (
            {"activation": {"user": [{"event": f"e{n}"} for n in range(31)]}},
            "activation: user holds 31 steps",
        ),
        ({"internal_domains": "example.com"}, "internal_domains is .* write a list of e-mail domains"),
        ({"internal_domains": ["ann@example.com"]}, "internal_domains holds .* which is no e-mail domain"),
        ({"internal_domains": ["com"]}, "internal_domains holds "),
        ({"internal_domains": [1]}, "internal_domains holds 1"),
        ({"features": ["Reports"]}, "features is "),
        ({"features": {"Reports": "A"}}, "features: Reports is "),
    ],
)
def test_what_is_wrong_about_the_people_is_named(wrong, sentence):
    with pytest.raises(Refused, match=sentence):
        Definition.check({**events(), **wrong})


def test_settings_of_the_product_are_frozen_in_a_version_where_its_rules_name_them():
    definition = Definition.check({**events(), "filter": {"feature": "Reports"}})
    features = {"Reports": ["B", "A"], "Other": ["C"]}
    kept = definition.with_settings(features, ["Example.com"])
    assert (kept.features, kept.internal_domains) == ({"Reports": ("A", "B")}, ("example.com",))
    with pytest.raises(Refused, match="There is no feature called “Reports”"):
        definition.with_settings({"Other": ["C"]}, [])


def test_anything_but_a_mapping_is_refused():
    with pytest.raises(Refused, match="A definition is a mapping"):
        Definition.check(["window"])  # type: ignore[arg-type]
