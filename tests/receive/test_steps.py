"""From an item on the wire to a fact in the journal, or to the reason why not."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from accoil.receive import calls, steps
from tests.receive.reading import read

EARLIER = datetime(2026, 11, 20, 10, tzinfo=UTC)
AT = "2026-11-20T10:00:00Z"  # the same on the wire
ID = {"messageId": "m1"}


def one(path: str, **item: Any) -> dict[str, Any]:
    """The fact of one item, without the message id."""
    fact = read({**ID, "timestamp": AT, **item}, path).fact()
    assert fact.pop("message") == "m1"
    assert fact.pop("sent_at") == EARLIER
    return fact


@pytest.mark.parametrize(
    ("path", "item", "fact"),
    [
        ("/v1/track", {"userId": "u1", "event": "E"}, {"kind": "event", "user": "u1", "event": "E"}),
        ("/v1/t", {"userId": "u1", "event": "E"}, {"kind": "event", "user": "u1", "event": "E"}),
        ("/v2/track", {"userId": "u1", "event": "E"}, {"kind": "event", "user": "u1", "event": "E"}),
        ("/segment", {"type": "track", "userId": "u1", "event": "E"}, {"kind": "event", "user": "u1", "event": "E"}),
        ("/v1/batch", {"type": "track", "userId": "u1", "event": "E"}, {"kind": "event", "user": "u1", "event": "E"}),
        # The path says what it is, whatever the body says.
        ("/v1/track", {"type": "page", "userId": "u1", "event": "E"}, {"kind": "event", "user": "u1", "event": "E"}),
        # An event is known by its name exactly as it was sent.
        ("/v1/t", {"userId": "u1", "event": " Réport \U0001f389 "},
         {"kind": "event", "user": "u1", "event": " Réport \U0001f389 "}),
        ("/v1/t", {"userId": "u1", "event": 404}, {"kind": "event", "user": "u1", "event": "404"}),
        ("/v1/t", {"userId": "u1", "anonymousId": "a1", "event": "E"},
         {"kind": "event", "user": "u1", "anonymous": "a1", "event": "E"}),
        ("/v1/t", {"userId": None, "anonymousId": "a1", "event": "E"},
         {"kind": "event", "anonymous": "a1", "event": "E"}),
        # The message's own account: on the call, else in its context.
        ("/v1/t", {"userId": "u1", "event": "E", "groupId": "acme"},
         {"kind": "event", "user": "u1", "event": "E", "account": "acme"}),
        ("/v1/t", {"userId": "u1", "event": "E", "context": {"groupId": "acme"}},
         {"kind": "event", "user": "u1", "event": "E", "account": "acme"}),
        ("/v1/t", {"userId": "u1", "event": "E", "groupId": "acme", "context": {"groupId": "globex"}},
         {"kind": "event", "user": "u1", "event": "E", "account": "acme"}),
        ("/v1/t", {"userId": "u1", "event": "E", "groupId": " ", "context": {"groupId": 42}},
         {"kind": "event", "user": "u1", "event": "E", "account": "42"}),
        ("/v1/t", {"userId": "u1", "event": "E", "groupId": "", "context": {"groupId": "\t"}},
         {"kind": "event", "user": "u1", "event": "E"}),
        # What a user was told in passing is not told again.
        ("/v1/t", {"userId": "u1", "event": "E", "traits": {"a": 1}, "context": {"traits": {"b": 2}}},
         {"kind": "event", "user": "u1", "event": "E"}),
    ],
)  # fmt: skip
def test_track(path: str, item: dict[str, Any], fact: dict[str, Any]) -> None:
    assert one(path, **item) == fact


@pytest.mark.parametrize("path", ["/v1/page", "/v1/p", "/v2/page"])
@pytest.mark.parametrize(
    ("item", "event"),
    [
        ({"name": "Pricing"}, "Viewed Pricing"),
        ({"name": "Pricing", "properties": {"name": "Other"}}, "Viewed Pricing"),
        ({"properties": {"name": "Pricing", "title": "Accoil", "path": "/p"}}, "Viewed Pricing"),
        ({"name": None, "properties": {"title": "Accoil", "path": "/p"}}, "Viewed Accoil"),
        ({"name": "", "properties": {"name": 5, "title": "", "path": "/p"}}, "Viewed /p"),
        ({"name": 7}, "Viewed 7"),
        ({}, "Viewed Page"),
        ({"properties": []}, "Viewed Page"),
        ({"properties": {"name": None, "title": {}, "path": []}}, "Viewed Page"),
    ],
)
def test_page(path: str, item: dict[str, Any], event: str) -> None:
    assert one(path, userId="u1", **item) == {"kind": "event", "user": "u1", "event": event}


@pytest.mark.parametrize("path", ["/v1/screen", "/v1/s", "/v2/screen"])
@pytest.mark.parametrize(("item", "event"), [({"name": "Home"}, "Viewed Home"), ({}, "Viewed Screen")])
def test_screen(path: str, item: dict[str, Any], event: str) -> None:
    assert one(path, userId="u1", **item) == {"kind": "event", "user": "u1", "event": event}


@pytest.mark.parametrize("path", ["/v1/identify", "/v1/i", "/v2/identify"])
@pytest.mark.parametrize(
    ("item", "fact"),
    [
        ({"userId": "u1", "traits": {"name": "Ann", "n": 1.0}}, {"user": "u1", "traits": {"name": "Ann", "n": 1.0}}),
        ({"userId": "u1"}, {"user": "u1"}),
        ({"userId": "u1", "traits": None}, {"user": "u1"}),
        ({"userId": "u1", "traits": []}, {"user": "u1"}),
        ({"userId": "u1", "traits": "Ann"}, {"user": "u1"}),
        ({"userId": "u1", "traits": {"plan": None}}, {"user": "u1", "traits": {"plan": None}}),
        ({"userId": "u1", "traits": {"": 1, "a.b": {"$c": [1, None]}}},
         {"user": "u1", "traits": {"a.b": {"$c": [1, None]}}}),
        ({"userId": "u1", "groupId": "acme"}, {"user": "u1", "account": "acme"}),
        ({"userId": "u1", "context": {"groupId": "acme"}}, {"user": "u1", "account": "acme"}),
        # Rudder has traits in the context alone, the id now and then in the traits.
        ({"userId": "u1", "context": {"traits": {"name": "Ann"}}}, {"user": "u1", "traits": {"name": "Ann"}}),
        ({"userId": "u1", "traits": {"name": "Ann"}, "context": {"traits": {"name": "Bob"}}},
         {"user": "u1", "traits": {"name": "Ann"}}),
        ({"userId": "u1", "context": {"traits": "none"}}, {"user": "u1"}),
        ({"traits": {"userId": "u1"}}, {"user": "u1", "traits": {"userId": "u1"}}),
        ({"userId": "", "context": {"traits": {"id": 42}}}, {"user": "42", "traits": {"id": 42}}),
        ({"anonymousId": "a1", "traits": {"name": "Ann"}}, {"anonymous": "a1", "traits": {"name": "Ann"}}),
    ],
)  # fmt: skip
def test_identify(path: str, item: dict[str, Any], fact: dict[str, Any]) -> None:
    assert one(path, **item) == {"kind": "identify", **fact}


@pytest.mark.parametrize("path", ["/v1/group", "/v1/g", "/v2/group"])
@pytest.mark.parametrize(
    ("item", "fact"),
    [
        ({"userId": "u1", "groupId": "acme", "traits": {"mrr": "9900"}},
         {"user": "u1", "account": "acme", "traits": {"mrr": "9900"}}),
        ({"groupId": "acme"}, {"account": "acme"}),
        ({"groupId": 10, "userId": "  "}, {"account": "10"}),
        ({"groupId": "acme", "userId": None, "anonymousId": "a1"}, {"account": "acme", "anonymous": "a1"}),
        # These are the user's traits, not the account's.
        ({"userId": "u1", "groupId": "acme", "context": {"traits": {"email": "ann@acme.com"}}},
         {"user": "u1", "account": "acme"}),
    ],
)  # fmt: skip
def test_group(path: str, item: dict[str, Any], fact: dict[str, Any]) -> None:
    assert one(path, **item) == {"kind": "group", **fact}


@pytest.mark.parametrize("item", [{"userId": "u1", "previousId": "a1"}, {"to": "u1", "from": "a1"}])
def test_alias(item: dict[str, Any]) -> None:
    assert one("/v1/alias", **item) == one("/v1/a", **item) == {"kind": "alias", "user": "u1", "anonymous": "a1"}


@pytest.mark.parametrize(
    ("path", "item", "named"),
    [
        ("/v1/track", {"userId": "u1"}, "event"),
        ("/v1/track", {"userId": "u1", "event": ""}, "event"),
        ("/v1/track", {"userId": "u1", "event": None}, "event"),
        ("/v1/track", {"userId": "u1", "event": {"name": "E"}}, "event"),
        ("/v1/track", {"userId": "u1", "event": True}, "event"),
        ("/v1/track", {"event": "E"}, "userId"),
        ("/v1/track", {"event": "E", "userId": ""}, "userId"),
        ("/v1/track", {"event": "E", "userId": " \n", "anonymousId": ""}, "userId"),
        ("/v1/track", {"event": "E", "userId": True}, "userId"),
        ("/v1/track", {"event": "E", "userId": {"id": 1}}, "userId"),
        ("/v1/track", {"event": "E", "userId": ["u1"]}, "userId"),
        ("/v1/track", {"event": "E", "userId": "u1", "groupId": {"id": 1}}, "groupId"),
        ("/v1/page", {"name": "Pricing"}, "userId"),
        ("/v1/identify", {"traits": {"name": "Ann"}}, "userId"),
        ("/v1/identify", {"traits": {"id": True, "userId": ["u1"]}}, "userId"),
        ("/v1/group", {"userId": "u1"}, "groupId"),
        ("/v1/group", {"userId": "u1", "groupId": ""}, "groupId"),
        ("/v1/group", {"userId": "u1", "groupId": " "}, "groupId"),
        ("/v1/alias", {"userId": "u1"}, "previousId"),
        ("/v1/alias", {"previousId": "a1"}, "userId"),
        ("/v1/alias", {"userId": "u1", "previousId": "u1"}, "same"),
        ("/segment", {"userId": "u1", "event": "E"}, "type"),
        ("/segment", {"type": "delete", "userId": "u1"}, "type"),
        ("/v1/batch", {"type": "Track", "userId": "u1", "event": "E"}, "type"),
    ],
)
def test_what_can_not_be_counted_gets_a_sentence_that_names_the_field(
    path: str, item: dict[str, Any], named: str
) -> None:
    assert named in read(item, path).reason()


@pytest.mark.parametrize(
    ("id", "kept"),
    [
        (42, "42"), (42.0, "42"), (-7, "-7"), (0, "0"), (1.5, "1.5"), (1e15, "1000000000000000"),
        (1234567890123456789, "1234567890123456789"), (12345678901234567890123, "12345678901234567890123"),
        ("42", "42"), ("042", "042"), (" u1 ", " u1 "), ("null", "null"), ("undefined", "undefined"),
        ("ünï \U0001f389", "ünï \U0001f389"), ("x" * 255, "x" * 255),
    ],
)  # fmt: skip
def test_an_id_is_text_without_exponent_and_never_trimmed(id: object, kept: str) -> None:
    assert read({"userId": id, "groupId": id, "event": "E"}, "/v1/track").fact()["user"] == kept
    assert read({"userId": id, "groupId": id}, "/v1/group").fact()["account"] == kept


@pytest.mark.parametrize("field", ["userId", "groupId", "event", "messageId"])
def test_long_names_are_cut_and_two_of_them_stay_two(field: str) -> None:
    column = {"userId": "user", "groupId": "account", "event": "event", "messageId": "message"}[field]
    usual = {"userId": "u", "groupId": "g", "event": "E", "messageId": "m"}
    long = {read({**usual, field: "é" * 5000 + end}, "/v1/track").fact()[column] for end in "ab"}
    assert len(long) == 2
    assert {len(name) for name in long} == {255}
    assert all(name.startswith("é" * 200) for name in long)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("m1", "m1"), (17, "17"), (17.0, "17"), ("x" * 255, "x" * 255)],
)
def test_a_message_is_known_by_its_own_id(given: object, kept: str) -> None:
    assert read({"userId": "u1", "event": "E", "messageId": given}, "/v1/track").fact()["message"] == kept


BARE = {"type": "track", "userId": "u1", "event": "E", "timestamp": AT}


@pytest.mark.parametrize(
    "twin",
    [
        BARE,
        dict(reversed(BARE.items())),
        {**BARE, "messageId": ""},
        {**BARE, "messageId": None},
        {**BARE, "writeKey": "k", "sentAt": "2026-11-22T11:59:00Z"},
    ],
)
def test_without_an_id_it_is_known_by_its_content(twin: dict[str, Any]) -> None:
    first, again = read(BARE, "/segment").fact(), read(twin, "/segment").fact()
    assert first["message"].startswith("content:")
    assert again["message"] == first["message"]


@pytest.mark.parametrize(
    "other",
    [
        {"userId": "u2"}, {"event": "F"}, {"type": "page"}, {"timestamp": "2026-11-20T10:00:01Z"}, {"anonymousId": "a"},
        {"groupId": "g"}, {"properties": {"n": 1}}, {"properties": {"n": 2}}, {"context": {"page": {"url": "/a"}}},
        {"context": {"groupId": "g"}}, {"traits": {"n": 1}}, {"category": "c"}, {"name": "n"}, {"integrations": {}},
    ],
)  # fmt: skip
def test_whatever_differs_makes_another_message(other: dict[str, Any]) -> None:
    assert read(BARE, "/segment").fact()["message"] != read({**BARE, **other}, "/segment").fact()["message"]


def test_without_an_id_and_a_time_each_one_counts() -> None:
    ids = {read({"userId": "u1", "event": "E"}, "/v2/track").fact()["message"] for _ in range(3)}
    assert len(ids) == 3


def test_equal_traits_are_equal_texts() -> None:
    def text(traits: str) -> list[tuple[str, str]] | None:
        body = calls.decode(
            b'{"userId":"u","traits":{"t":%s}}' % traits.encode(), batch=False, type_from_path="identify"
        )
        assert body
        return steps.run(body, steps.Arrival(0))[0].pairs

    assert text('{"b": 1, "a": [1, 2 ]}') == text('{ "a":[1,2],"b":1}') == [("t", '{"a":[1,2],"b":1}')]


def test_secrets_never_reach_the_journal() -> None:
    item = {"userId": "u1", "event": "E", "writeKey": "k1", "api_key": "k2", "context": {"traits": {"a": 1}}}
    assert not re.search("k1|k2|writeKey|api_key", str(read(item, "/v1/track").facts))


def test_a_long_previous_id_is_cut_as_the_user_id_was() -> None:
    long = "x" * 300
    event = read({"userId": long, "event": "E"}, "/v1/t").fact()
    alias = read({"userId": "u", "previousId": long}, "/v1/alias").fact()
    assert alias["anonymous"] == event["user"] != long
