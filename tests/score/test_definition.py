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


@pytest.mark.parametrize("key", ["filter", "activation", "exclude", "daily_cap", "sync", "features"])
def test_keys_to_come_are_refused_rather_than_ignored(key):
    with pytest.raises(Refused, match=f"“{key}” is not supported yet"):
        Definition.check({**events(), key: {}})


def test_anything_but_a_mapping_is_refused():
    with pytest.raises(Refused, match="A definition is a mapping"):
        Definition.check(["window"])  # type: ignore[arg-type]
