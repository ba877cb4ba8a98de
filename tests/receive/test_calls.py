"""Bodies: what is read of them, however odd, and what is not."""

import json
import time

import pytest

from accoil.receive import calls
from accoil.receive.calls import BadBody
from tests.receive.reading import read

TRACK = {"type": "track", "userId": "u1", "event": "E", "messageId": "m1"}


def batch(*items: object, **beside: object) -> dict[str, object]:
    return {"batch": list(items), **beside}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_json"),
        (b"{", "invalid_json"),
        (b'{"type":"track"} and more', "invalid_json"),
        (b'{"type":"tr\x00ack"}', "invalid_json"),
        (b"type=track&userId=u1", "invalid_json"),
        (b"\x1f\x8b\x08", "invalid_json"),
        (json.dumps(TRACK).encode("utf-16"), "invalid_json"),
        (b"[" * 100_000, "invalid_json"),
        (b"[" * 100_000 + b"]" * 100_000, "invalid_json"),
        (b'{"batch":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "invalid_json"),
        (b"null", "invalid_payload"),
        (b"5", "invalid_payload"),
        (b'"batch"', "invalid_payload"),
        (b"{}", "invalid_payload"),
        (b'{"batch":{}}', "invalid_payload"),
        (b'{"batch":null}', "invalid_payload"),
        (b'{"batch":"[]"}', "invalid_payload"),
        (b'{"items":[]}', "invalid_payload"),
    ],
)
def test_a_batch_that_can_not_be_read_is_refused_as_a_whole(body: bytes, code: str) -> None:
    with pytest.raises(BadBody) as refused:
        read(body)
    assert refused.value.code == code
    assert str(refused.value)


@pytest.mark.parametrize(
    "body",
    [
        batch(TRACK),
        batch(TRACK, writeKey="k", sentAt="2026-11-22T12:00:00Z", context={"library": {"name": "go"}}),
        [TRACK],
        TRACK,
        b"\xef\xbb\xbf" + json.dumps(batch(TRACK)).encode(),
        b"\n " + json.dumps(batch(TRACK)).encode() + b"\r\n",
        json.dumps(batch(TRACK, sequence=9)).encode(),
        b'{"batch":[],"batch":[' + json.dumps(TRACK).encode() + b"]}",
        batch({**TRACK, "type": "track", "unknown": {"deep": [1, 2, {"x": None}]}}),
        batch({**TRACK, "context": [], "properties": "none", "traits": 5, "integrations": None}),
    ],
)
def test_one_call_in_its_many_wrappings(body: object) -> None:
    fact = read(body).fact()
    assert (fact["kind"], fact["user"], fact["event"], fact["message"]) == ("event", "u1", "E", "m1")


def test_an_empty_batch_is_good_and_holds_nothing() -> None:
    assert read(batch()) == read([])
    assert read([]).facts == []


@pytest.mark.parametrize("wrapped", [batch(TRACK), [TRACK]])
def test_a_batch_posted_where_one_call_is_expected_is_read(wrapped: object) -> None:
    assert read(wrapped, "/segment").fact()["event"] == "E"


def test_odd_items_cost_the_good_ones_nothing() -> None:
    deep: object = "x"
    for _ in range(200):
        deep = [deep]
    odd = [None, 5, "track", [], True, {}, {"type": "dance"}, {**TRACK, "userId": {"id": 1}}, {**TRACK, "traits": deep}]
    good = [{**TRACK, "messageId": f"m{place}"} for place in range(len(odd))]
    mixed = read(batch(*(item for pair in zip(odd, good, strict=True) for item in pair)))
    assert [fact["message"] for fact in mixed.facts] == [item["messageId"] for item in good]
    assert list(mixed.reasons) == list(range(0, 2 * len(odd), 2))
    assert all(reason.endswith(".") for reason in mixed.reasons.values())


def test_an_odd_item_is_read_like_the_good_ones_beside_it() -> None:
    """The quick way and the careful way must say the same of a good call."""
    full = {
        **TRACK,
        "timestamp": "2026-11-20T10:00:00Z",
        "context": {"groupId": "acme", "traits": {"a": 1.0}, "library": {"name": "x"}},
        "properties": {},
        "traits": {"n": 12345678901234567890, "f": 1.5, "list": [1, {"b": "ü"}]},
    }
    nameless = {key: value for key, value in full.items() if key != "messageId"}
    for item in (full, nameless, {**nameless, "type": "identify"}, {**full, "type": "identify"}):
        assert calls.decode(json.dumps(batch(item)).encode(), batch=True) is not None
        assert read(batch(item)).facts == read(batch(item, 5)).facts


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (b'"a\\u0000b"', "ab"),
        (b'"\\ud83c"', "\ufffd"),
        (b'"\\ud83c\\udf89"', "\U0001f389"),
        (b'"\\udf89\\ud83c"', "\ufffd\ufffd"),
        (b'"a\xff\xfeb"', "a\ufffd\ufffdb"),
        (b'"a\xed\xa0\x80b"', "a\ufffd\ufffd\ufffdb"),
        (b"NaN", None),
        (b"-Infinity", None),
        (b"1e400", None),
        (b"12345678901234567890", 12345678901234567890),
        (b"9" * 5000, None),
        (b"-0.0", -0.0),
        ("\u2028\u202e\U0001f389é".join('""').encode(), "\u2028\u202e\U0001f389é"),
        (b'{"a.b":1,"$c":2,"__proto__":3,"":4}', {"a.b": 1, "$c": 2, "__proto__": 3, "": 4}),
        (b'{"k":1,"k":2}', {"k": 2}),
        (b'{"\\ud83c":[NaN,"\\u0000"]}', {"\ufffd": [None, ""]}),
    ],
)
@pytest.mark.parametrize("place", ["traits", "context"])
def test_values_that_stores_refuse_are_made_good(written: bytes, kept: object, place: str) -> None:
    traits = b'{"odd":' + written + b"}"
    inside = traits if place == "traits" else b'{"traits":' + traits + b"}"
    body = b'{"batch":[{"type":"identify","userId":"u1","messageId":"m1","' + place.encode() + b'":' + inside + b"}]}"
    assert read(body).fact()["traits"] == {"odd": kept}


MANY = b"{}," * 10_000 + b"{}"


@pytest.mark.parametrize(
    "body",
    [
        b'{"batch":[' + MANY + b"]}",
        b"[" + MANY + b"]",
        b'{"batch":[' + MANY + b",5]}",
        b'{"batch":[' + b"1," * 3_000_000 + b"1]}",
        b'{"batch":[' + b"{}," * 1_500_000 + b"1]}",
        b'{"batch":[{"type":"identify","userId":"u","traits":{"x":[' + b"1," * 3_000_000 + b"1]}}]}",
    ],
)
def test_more_than_anybody_means_is_refused_before_it_costs_much(body: bytes) -> None:
    began = time.process_time()
    with pytest.raises(BadBody, match="at most 10,000 calls"):
        read(body)
    assert time.process_time() - began < 1


def test_as_many_as_are_allowed_are_read() -> None:
    items = [{**TRACK, "messageId": str(number)} for number in range(10_000)]
    assert len(read(batch(*items)).facts) == len(read(batch(*items[1:], 5)).facts) + 1 == 10_000


@pytest.mark.parametrize("levels", [99, 101, 300, 480, 700, 900, 940, *range(960, 1000, 3), 1500, 5000])
@pytest.mark.parametrize("place", ["traits", "context", "properties", "unknown"])
def test_no_depth_of_nesting_is_our_fault(levels: int, place: str) -> None:
    deep = b"[" * levels + b"]" * levels
    inside = b'{"x":' + deep + b"}"
    if place == "context":
        inside = b'{"traits":' + inside + b"}"
    kind = b"page" if place == "properties" else b"identify"
    for id in (b"", b'"messageId":"m1",'):
        body = b'{"type":"%s","userId":"u1",%s"timestamp":"2026-11-20","%s":%s}' % (kind, id, place.encode(), inside)
        try:
            done = read(body)
        except BadBody as refused:
            assert "nested" in str(refused)
        else:
            assert len(done.facts) + len(done.reasons) == 1
            assert all("nested" in reason for reason in done.reasons.values())
