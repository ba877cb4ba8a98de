"""What an action makes of an event."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accoil.receive.mapping.actions import ACTIONS
from accoil.receive.mapping.making import Skipped, as_read, maker
from tests.receive.reading import Read, read

WHEN = "2026-11-20T10:00:00.123Z"
IDENTIFY = {
    "type": "identify",
    "messageId": "m1",
    "userId": 42,
    "timestamp": WHEN,
    "traits": {
        "email": "ann@example.com",
        "name": None,
        "role": 7,
        "createdAt": "2023-05-12",
        "seats": 3,
        "plan": None,
    },
}
AT = {"timestamp": "$.at"}
TRACK = {
    "type": "track", "event": "report.created", "userId": "u1", "messageId": "m1", "timestamp": WHEN,
    "context": {"groupId": "acme"}, "properties": {"item": "Book"},
}  # fmt: skip


def make(action: str, event: dict[str, Any], /, **forms: Any) -> dict[str, Any]:
    made = maker(ACTIONS[action], forms)(event, as_read(event))
    assert isinstance(made, dict), made
    return made


def skipped(action: str, event: dict[str, Any], /, **forms: Any) -> str:
    made = maker(ACTIONS[action], forms)(event, as_read(event))
    assert isinstance(made, Skipped), made
    return made.reason


@pytest.mark.parametrize("action", ["track", "postToAccoil"])
def test_an_event_of_the_own_type_stays_as_it_is(action: str):
    assert make(action, TRACK) is TRACK


def test_post_to_accoil_takes_any_event_as_it_is():
    assert make("postToAccoil", IDENTIFY) is IDENTIFY


def test_an_event_is_renamed():
    assert make("track", TRACK, event="Report_Created") == {
        "type": "track", "event": "Report_Created", "userId": "u1", "messageId": "m1", "timestamp": WHEN,
        "context": {"groupId": "acme"},
    }  # fmt: skip


def test_a_page_becomes_an_event():
    page = {"type": "page", "name": "Home", "userId": "u1", "messageId": "m1", "timestamp": WHEN}
    made = make("track", page, event="Opened {{ name }}")
    assert (made["type"], made["event"]) == ("track", "Opened Home")
    assert "name" not in made


def test_an_event_becomes_a_page_without_a_name():
    made = make("page", {**TRACK, "properties": {"name": "Pricing"}})
    assert made["type"] == "page"
    assert "name" not in made  # properties tell the name of a page, not of an event


def test_traits_are_all_of_them_with_the_named_fields_on_top():
    made = make("identify", IDENTIFY, accountStatus="$.traits.seats", name="Ann")
    assert made["traits"] == {
        "email": "ann@example.com", "name": "Ann", "role": "7", "createdAt": "2023-05-12", "seats": 3, "plan": None,
        "accountStatus": "3",
    }  # fmt: skip
    assert made["userId"] == "42"


def test_a_named_field_that_finds_nothing_takes_its_trait_away():
    made = make("identify", IDENTIFY, email="$.traits.mail", role=None)
    assert made["traits"] == {"createdAt": "2023-05-12", "seats": 3, "plan": None}


def test_a_call_with_traits_switched_off_holds_the_named_ones_alone():
    assert make("identify", IDENTIFY, traits=None)["traits"] == {
        "email": "ann@example.com", "role": "7", "createdAt": "2023-05-12",
    }  # fmt: skip


def test_traits_made_member_by_member():
    group = {"type": "group", "groupId": "acme", "properties": {"tier": "pro"}, "traits": {"mrr": "9900", "x": 1}}
    made = make("group", group, traits={"tier": "$.properties.tier", "source": "crm"})
    assert made == {"type": "group", "groupId": "acme", "traits": {"tier": "pro", "source": "crm", "mrr": 9900}}


@pytest.mark.parametrize(("trait", "value"), [("mrr", "$99"), ("createdAt", "soon"), ("plan", ["a"])])
def test_a_trait_that_fits_no_type_stays_as_it_was_sent(trait: str, value: Any):
    made = make("group", {"type": "group", "groupId": "g", "traits": {trait: value}}, status="Paid")
    assert made["traits"] == {trait: value, "status": "Paid"}


@pytest.mark.parametrize("created", [1700000000, 1700000000000, "2023-05-12T08:00:00+02:00", "2023-05-12 08:00:00Z"])
def test_a_created_at_is_passed_on_as_it_was_sent(created: Any):
    made = make("identify", {**IDENTIFY, "traits": {"createdAt": created}}, name="Ann")
    assert made["traits"]["createdAt"] == created


@pytest.mark.parametrize(
    ("action", "event", "forms", "reason"),
    [
        (
            "track",
            TRACK,
            {"event": "$.properties.name"},
            "Event Name is required, and $.properties.name finds none.",
        ),
        ("track", {**TRACK, "userId": " "}, {"event": "x"}, "User ID is required, and $.userId finds none."),
        ("track", {**TRACK, "event": {}}, {"userId": "x"}, "Event Name is required, and $.event finds none."),
        (
            "identify",
            {**IDENTIFY, "userId": None},
            {"name": "x"},
            "User ID is required, and $.userId finds none.",
        ),
        ("group", TRACK, {}, "Group ID is required, and $.groupId finds none."),
        (
            "group",
            TRACK,
            {"groupId": ["$.a", "$.b"]},
            'Group ID is required, and ["$.a","$.b"] finds none.',
        ),
    ],
)
def test_without_a_required_field_nothing_is_made(
    action: str, event: dict[str, Any], forms: dict[str, Any], reason: str
):
    assert skipped(action, event, **forms) == reason


@pytest.mark.parametrize("action", ["page", "screen", "group"])
def test_pages_and_groups_need_no_user(action: str):
    made = make(action, {"type": action, "groupId": "g", "timestamp": WHEN}, userId="$.nowhere")
    assert "userId" not in made


def test_an_anonymous_event_may_be_adopted_later():
    made = make("track", {**TRACK, "userId": None, "anonymousId": "a1"}, event="x")
    assert (made["anonymousId"], "userId" in made) == ("a1", False)


def test_a_group_has_the_anonymous_id_its_field_says():
    group = {"type": "group", "groupId": "g", "anonymousId": "a1"}
    assert make("group", group, status="Paid")["anonymousId"] == "a1"
    assert "anonymousId" not in make("group", group, anonymousId=None)


@pytest.mark.parametrize(
    ("event", "forms", "times"),
    [
        ({"timestamp": WHEN}, {"event": "x"}, {"timestamp": WHEN}),
        ({"originalTimestamp": WHEN}, {"event": "x"}, {"originalTimestamp": WHEN}),
        ({"timestamp": "soon"}, {"event": "x"}, {"timestamp": "soon"}),
        ({}, {"event": "x"}, {}),
        ({"timestamp": "x", "originalTimestamp": "y", "at": WHEN}, AT, {"timestamp": WHEN}),
        ({"timestamp": "x", "originalTimestamp": "y"}, AT, {"timestamp": "x", "originalTimestamp": "y"}),
        ({"timestamp": WHEN, "at": "soon"}, AT, {"timestamp": WHEN}),
    ],
)  # fmt: skip
def test_the_time_of_the_event_unless_the_mapping_finds_another(
    event: dict[str, Any], forms: dict[str, Any], times: dict[str, str]
):
    made = make("track", {"type": "track", "event": "e", "userId": "u", **event}, **forms)
    assert {key: made[key] for key in ("timestamp", "originalTimestamp") if key in made} == times


def test_the_event_given_is_not_changed():
    event = {**IDENTIFY, "traits": {"email": ""}, "context": {"traits": {"x": 1}}}
    before = repr(event)
    make("identify", event, name="Ann")
    assert repr(event) == before


texts = st.sampled_from(("u1", "ü", "Home", "a@b.c"))
ids = st.one_of(texts, st.sampled_from((42, 42.0, None, "")))
traits = st.dictionaries(
    st.sampled_from(("email", "name", "plan", "seats", "userId", "id", "other")),
    st.one_of(texts, st.just([1, {"b": None}])),
    max_size=4,
)
events = st.fixed_dictionaries(
    {"type": st.sampled_from(("track", "identify", "group", "page", "screen")), "messageId": st.just("m1")},
    optional={
        "userId": ids,
        "anonymousId": ids,
        "groupId": ids,
        "event": texts,
        "name": st.sampled_from(("Home", "", None)),
        "traits": st.one_of(traits, st.sampled_from((None, []))),
        "timestamp": st.sampled_from((WHEN, "soon", 1_795_170_000)),
        "originalTimestamp": st.just("2026-11-19T10:00:00Z"),
        "sentAt": st.just("2026-11-20T11:00:00Z"),
        "properties": st.dictionaries(st.sampled_from(("name", "title", "path")), st.sampled_from(("Home", "", 5))),
        "context": st.fixed_dictionaries({}, optional={"groupId": ids, "traits": traits}),
    },
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(events)
def test_a_call_made_field_by_field_counts_like_the_event_itself(event: dict[str, Any]):
    """Whoever changes one field of a mapping changes nothing but that field."""
    made = maker(ACTIONS[event["type"]], {"userId": "{{ userId }}"})(event, as_read(event))
    direct = read({"batch": [event]})
    if isinstance(made, Skipped):
        assert direct.facts == []
    else:
        assert _counted(read({"batch": [made]})) == _counted(direct)


def _counted(found: Read) -> Any:
    """What counts. The journal keeps blank anonymous ids, and an `event` that strayed into another kind."""
    for fact in found.facts:
        if fact["kind"] != "event":
            fact.pop("event", None)
        if not fact.get("anonymous"):
            fact.pop("anonymous", None)
    return found.facts, list(found.reasons)
