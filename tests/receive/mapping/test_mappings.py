"""What a product's mappings make of events together."""

from collections.abc import Iterable
from itertools import combinations, permutations
from typing import Any

import pytest

from accoil.receive.mapping import PRESETS, Mapping, Mappings, check
from accoil.refused import Refused

TRACK = {"type": "track", "event": "report.created", "userId": "u1", "messageId": "m1"}


def mapping(id: int, trigger: str, action: str = "track", enabled: bool = True, **fields: Any) -> Mapping:
    raw = {"name": f"M{id}", "trigger": trigger, "action": action, "fields": fields, "enabled": enabled}
    return check(raw, id=id)


RENAME = mapping(7, 'type = "track" and event = "report.created"', event="Report_Created")
OTHERS = mapping(8, 'type = "track" and event != "report.created"')


def without(preset: str) -> list[Mapping]:
    return [each for each in PRESETS if each.action != preset]


def test_a_product_without_mappings_has_the_presets():
    assert Mappings.of([]).are_presets
    assert Mappings.of(PRESETS).are_presets


@pytest.mark.parametrize(
    "mappings",
    [
        list(reversed(PRESETS)),
        [*without("track"), mapping(3, "type='track'")],
        [*PRESETS, mapping(3, 'type = "track" and event = "x"', enabled=False)],
    ],
)
def test_presets_under_other_names_are_presets(mappings: list[Mapping]):
    assert Mappings.of(mappings).are_presets


@pytest.mark.parametrize(
    "mappings",
    [
        without("page"),
        [*PRESETS, mapping(3, 'type = "track"')],
        [*PRESETS, RENAME],
        [*without("track"), OTHERS],
        [*without("track"), mapping(3, 'type = "track"', event="x")],
        [*without("track"), mapping(3, 'type = "track"', "postToAccoil")],
        [*without("track"), mapping(3, 'type = "track"', enabled=False)],
    ],
)
def test_anything_else_is_not(mappings: list[Mapping]):
    assert not Mappings.of(mappings).are_presets


@pytest.mark.parametrize("type", ["track", "identify", "group", "page", "screen"])
def test_the_presets_leave_every_event_as_it_is(type: str):
    event = {"type": type, "traits": {"mrr": "$99"}}
    ((_, call),) = Mappings.of([]).run(event)
    assert call is event


def test_an_event_is_renamed_and_the_others_stay():
    mappings = Mappings.of([*without("track"), RENAME, OTHERS])
    assert mappings.run(TRACK) == [(7, {**TRACK, "event": "Report_Created"})]
    other = {**TRACK, "event": "Login"}
    ((by, call),) = mappings.run(other)
    assert (by, call) == (8, other)


def test_an_event_that_no_mapping_takes_is_dropped():
    assert Mappings.of(without("page")).run({"type": "page", "userId": "u1"}) == []


def test_an_event_is_split_into_calls_with_ids_of_their_own():
    group = mapping(9, 'type = "track" and event = "report.created"', "group", groupId="acme")
    calls = Mappings.of([*PRESETS, RENAME, group]).run(TRACK)
    assert [call["messageId"] for _, call in calls] == ["m1", "m1#mapping-7", "m1#mapping-9"]
    assert [call["type"] for _, call in calls] == ["track", "track", "group"]
    assert TRACK["messageId"] == "m1"


def ids_of(ids: Iterable[int]) -> set[str]:
    """The fact ids of a message that these mappings act on, whatever their order."""
    found = [
        {call["messageId"] for _, call in Mappings.of([mapping(id, 'type = "track"') for id in order]).run(TRACK)}
        for order in permutations(ids)
    ]
    assert all(each == found[0] and len(each) == len(set(ids)) for each in found)
    return found[0]


ACTING = [set(ids) for n in (1, 2, 3) for ids in combinations((7, 8, 9), n)]


@pytest.mark.parametrize("before", ACTING)
@pytest.mark.parametrize("after", ACTING)
def test_a_message_sent_again_after_an_edit_counts_no_more_than_it_must(before: set[int], after: set[int]):
    again = len(ids_of(after) - ids_of(before))
    assert again <= len(after - before)
    assert again < len(after)  # one of them always finds the message counted


def test_a_mapping_that_can_make_nothing_does_not_count_as_acting():
    hopeless = mapping(9, 'type = "track"', "group")
    assert Mappings.of([RENAME, hopeless]).run(TRACK) == [(7, {**TRACK, "event": "Report_Created"})]


def test_a_call_without_an_id_gets_none():
    event = {**TRACK, "messageId": None}
    assert [call.get("messageId") for _, call in Mappings.of([*PRESETS, RENAME]).run(event)] == [None, None]


@pytest.mark.parametrize("type", ["alias", "delete", None, 5, [], {}])
def test_other_types_go_their_way(type: Any):
    event = {"type": type, "userId": "u1"}
    assert Mappings.of([RENAME]).run(event) == [(None, event)]


def test_a_trigger_sees_what_the_front_door_finds_elsewhere():
    mappings = Mappings.of([
        mapping(1, 'type = "identify" and traits.plan = "pro" and userId = 5', "identify"),
        mapping(2, 'type = "page" and name = "Home"', "page"),
    ])  # fmt: skip
    assert mappings.run({"type": "identify", "context": {"traits": {"plan": "pro", "id": 5}}})
    assert mappings.run({"type": "page", "properties": {"title": "Home"}})


def test_people_see_what_each_mapping_would_do():
    hopeless = mapping(9, 'type = "track"', "group")
    off = mapping(10, 'type = "track"', enabled=False)
    outcomes = Mappings.of([RENAME, OTHERS, hopeless, off]).explain(TRACK)
    assert [(each.mapping.id, each.call, each.reason) for each in outcomes] == [
        (7, {**TRACK, "event": "Report_Created"}, None),
        (8, None, None),
        (9, None, "Group ID is required, and $.groupId finds none."),
    ]
    assert all(each.call is None for each in Mappings.of([RENAME]).explain({"type": ["x"]}))


def test_a_mapping_that_was_not_checked_is_refused():
    with pytest.raises(Refused):
        Mappings.of([Mapping(name="A", trigger="nonsense(", action="track")])


def test_an_event_is_offered_to_those_alone_that_may_take_its_name():
    mappings = Mappings.of([
        mapping(1, 'type = "track" and event = "a"'),
        mapping(2, 'type = "track" and event in ["a", "b"] and userId = "u1"'),
        mapping(3, 'event = "b" or event = "5"'),
        mapping(4, 'event in ["b", 5]'),
        mapping(5, 'event != "a"'),
        mapping(6, 'event = "a" and event = "b"'),
    ])  # fmt: skip
    taken = {name: [by for by, _ in mappings.run({**TRACK, "event": name})] for name in ("a", "b", "c", "5", 5, 5.0)}
    assert taken == {"a": [1, 2], "b": [2, 3, 4, 5], "c": [5], "5": [3, 4, 5], 5: [3, 4, 5]}
