"""The short way makes the same facts as the long one, whatever a body holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from accoil.receive import calls, lenient, steps, tracks
from accoil.receive.columns import Request, table
from accoil.receive.tracks import Sent, Short

NOW = int(datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp() * 1000)

TEXTS = st.one_of(
    st.sampled_from(["u1", "Ann", "", " ", "\u2003", "é", "\U0001f600", "x" * 255, "x" * 256]), st.text(max_size=5)
)
MOMENTS = st.sampled_from(
    [
        "2026-11-22T11:59:59.123Z", "2026-11-22T11:59:59Z", "2026-11-22T13:59:59.123456+02:00", "2026-11-22T11:59:59",
        "2026-11-22", "2026-11-22 11:59:59Z", "2026-11-22T11:59Z", "2026-1-2T03:04:05Z", "1999-12-31T23:59:59Z",
        "2026-11-22T12:00:01Z", "2026-11-22T12:04:00Z", "2026-11-23T12:00:01Z", "2030-01-01T00:00:00Z", "nonsense", "",
        "1770000000", "2026-11-22T11:59:59.1234567Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
        "2026-02-30T00:00:00Z", "2026-11-22T11:59:59.999999999-0730", "1600-01-01T00:00:00+00:00",
    ]
)  # fmt: skip
CONTEXTS = st.fixed_dictionaries(
    {},
    optional={
        "groupId": st.one_of(TEXTS, st.none(), st.integers(0, 9)),
        "library": st.fixed_dictionaries(
            {"name": st.sampled_from(["analytics-kotlin", "analytics-python", "accoil-connections", "x"])}
        ),
        "traits": st.just({"a": 1}),
    },
)
TRACKS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["track"] * 9 + ["page"]),
        "messageId": TEXTS,
        "userId": st.one_of(TEXTS, TEXTS, TEXTS, st.integers(0, 99)),
        "event": TEXTS,
        "timestamp": MOMENTS,
    },
    optional={
        "anonymousId": st.one_of(TEXTS, st.none()),
        "groupId": st.one_of(TEXTS, st.none()),
        "context": st.one_of(CONTEXTS, st.none()),
        "properties": st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
        "originalTimestamp": MOMENTS,
        "sentAt": MOMENTS,
        "writeKey": st.just("k"),
    },
)
BODIES = st.fixed_dictionaries({"batch": st.lists(TRACKS, min_size=1, max_size=6)}, optional={"sentAt": MOMENTS})


def short_facts(decoded: Short, mends_skew: bool = True) -> list[dict[str, Any]]:
    return table([Sent(1, NOW, decoded, 3, mends_skew)]).to_pylist()  # type: ignore[no-any-return]


def long_facts(body: bytes, batch: bool, type: str | None, mends_skew: bool = True) -> list[dict[str, Any]]:
    decoded = lenient.decode(body, batch, type)
    kept = steps.run(decoded, steps.Arrival(NOW, decoded.sent_at, mends_skew))
    assert not decoded.rejected
    return table([Request(1, NOW, kept, 3)]).to_pylist()  # type: ignore[no-any-return]


BARE = {"type": "track", "messageId": "m", "userId": "u", "event": "E"}


@settings(max_examples=600, deadline=None)
@given(BODIES)
@example({"batch": [{"type": "track", "messageId": "m", "userId": "u", "event": "E", "timestamp": "2026-11-22T12:01:00Z"}], "sentAt": "2026-11-22T12:01:01Z"})  # fmt: skip  # noqa: E501
def test_a_batch_by_either_way(body: dict[str, Any]) -> None:
    raw = json.dumps(body).encode()
    if decoded := tracks.decode(raw, True):
        assert short_facts(decoded) == long_facts(raw, True, None)


@settings(max_examples=300, deadline=None)
@given(TRACKS, st.sampled_from([None, "track"]), st.booleans())
@example({**BARE, "timestamp": "", "originalTimestamp": "2026-11-22T11:59:59.123Z"}, None, False)
def test_a_single_call_by_either_way(call: dict[str, Any], type: str | None, mends_skew: bool) -> None:
    raw = json.dumps(call).encode()
    if decoded := tracks.decode(raw, False, type):
        assert short_facts(decoded, mends_skew) == long_facts(raw, False, type, mends_skew)


PLAIN = {"type": "track", "messageId": "m", "userId": "u", "event": "E", "timestamp": "2026-11-22T11:00:00Z"}


def test_what_real_libraries_send_takes_the_short_way() -> None:
    python = {**PLAIN, "anonymousId": None, "integrations": {}, "properties": {}, "context": {"library": {"name": "x"}}}
    assert tracks.decode(json.dumps({"batch": [python] * 3, "sentAt": "x", "writeKey": "k"}).encode(), True)
    assert tracks.decode(json.dumps({**PLAIN, "writeKey": "k"}).encode(), False, "track")


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "identify"}, {"userId": ""}, {"userId": " "}, {"userId": None}, {"userId": 7}, {"event": None},
        {"event": ""}, {"messageId": None}, {"messageId": "x" * 256}, {"timestamp": 7}, {"timestamp": None},
        {"groupId": " "}, {"groupId": "x" * 256}, {"groupId": 3}, {"context": {"groupId": "  "}}, {"context": 7},
        {"anonymousId": "x" * 256}, {"sentAt": "2026-11-22T11:00:00Z"}, {"groupTraits": []}, {"userId": "a\x00"},
    ],
)  # fmt: skip
def test_what_is_not_plain_takes_the_long_way(wrong: dict[str, Any]) -> None:
    assert tracks.decode(json.dumps({"batch": [PLAIN, {**PLAIN, **wrong}]}).encode(), True) is None


def test_too_many_calls_are_too_many_on_either_way() -> None:
    raw = json.dumps({"batch": [PLAIN] * (calls.MOST_CALLS + 1)}).encode()
    for decode in (tracks.decode, calls.decode, lenient.decode):
        with pytest.raises(calls.BadBody):
            decode(raw, True)


def test_the_calls_of_a_large_body_are_decoded_once_for_whoever_goes_through_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    items = [PLAIN | {"messageId": f"m{number}"} for number in range(50)]
    short = tracks.decode(json.dumps({"batch": items}).encode(), True)
    assert short
    decoder, bodies = tracks._many, []

    class Counted:
        def decode(self, body: bytes) -> Any:
            bodies.append(body)
            return decoder.decode(body)

    monkeypatch.setattr(tracks, "_many", Counted())
    names = [item["messageId"] for item in items]
    last = short.calls[-20:]
    assert (len(short.calls), len(last), short.calls[0].messageId, bodies) == (50, 20, "m0", [])
    assert [call.messageId for call in short.calls] == names and len(bodies) == 1
    assert [call.messageId for call in reversed(short.calls)] == names[::-1] and len(bodies) == 2
    assert [call.messageId for call in reversed(last)] == names[:-21:-1] and len(bodies) == 3
    assert (short.calls[-1].messageId, last[0].messageId) == ("m49", "m30")
