"""What somebody may send who only wants to do harm: it costs no more than as much that is meant."""

import base64
import json
from typing import Any

import pytest

from accoil.receive import auth, decoding, lenient, skew, times
from accoil.receive.answers import Refused
from accoil.receive.calls import BadBody, Rejected
from accoil.receive.debugger import Debugger
from accoil.receive.keys import Key, KeyRing, Ring
from accoil.receive.mapping.mappings import Mappings
from accoil.receive.paths import find
from accoil.receive.sources import Sources
from accoil.receive.watching import Watch
from tests.receive.reading import read

TRACK = {"type": "track", "userId": "u", "event": "E", "timestamp": "2026-11-20T12:00:00Z"}


@pytest.mark.parametrize(
    "context",
    [
        {"traits": {f"t{number}": number for number in range(100)}},  # a million parts
        {"traits": {"long": "x" * 5_000}},  # 50 MB
        {"unknown": [[[]]] * 100},
    ],
)
def test_a_context_beside_a_batch_counts_as_often_as_it_is_meant(context: dict[str, Any]) -> None:
    body = {"context": context, "batch": [{**TRACK, "messageId": str(number)} for number in range(10_000)]}
    with pytest.raises(BadBody, match="`context` beside `batch`"):
        read(body)


def test_a_context_beside_a_batch_is_looked_through_once() -> None:
    context = {"library": {"name": "go"}, "traits": {"plan": "pro"}}
    items = [{"type": "identify", "userId": "u", "messageId": str(number)} for number in range(3)]
    items[1]["context"] = {"groupId": "acme"}
    body = lenient.decode(json.dumps({"context": context, "batch": items}).encode(), batch=True)
    first, second, third = (call.context for call in body.calls)
    assert first and second and third
    assert first is third and second.traits is first.traits
    assert second.groupId == "acme"
    assert [fact["traits"] for fact in read({"context": context, "batch": items}).facts] == [{"plan": "pro"}] * 3
    assert body.repeated == 3 * len(json.dumps(context, separators=(",", ":")))


def test_a_context_that_is_nested_too_deeply_is_refused_wherever_it_stands() -> None:
    deep: Any = []
    for _ in range(150):
        deep = [deep]
    with pytest.raises(BadBody, match="nested"):
        read({"context": {"deep": deep}, "batch": [TRACK]})


def packed(groups: int, **more: Any) -> dict[str, Any]:
    return {**TRACK, "groupTraits": [{"groupId": f"g{number}", "traits": {}} for number in range(groups)], **more}


def test_accounts_packed_into_a_call_are_calls_as_well() -> None:
    assert len(read(packed(9_999)).facts) == 10_000
    for body in (packed(10_000), {"batch": [packed(100)] * 100}, packed(490_000)):
        with pytest.raises(BadBody, match="at most 10,000 calls"):
            read(body)


def test_a_long_id_of_a_call_is_not_repeated_for_each_account_packed_into_it() -> None:
    [event, *groups] = lenient.decode(json.dumps(packed(100, messageId="m" * 1_000_000)).encode(), batch=False).calls
    assert len({call.messageId for call in (event, *groups)}) == 101
    assert all(len(call.messageId or "") < 300 for call in (event, *groups))
    assert read({**TRACK, "messageId": "m" * 300}).facts == read(packed(1, messageId="m" * 300)).facts[:1]


def test_what_is_told_back_of_a_call_is_short() -> None:
    [reason] = read({"batch": [{**TRACK, "type": "x" * 1_000_000}]}).reasons.values()
    assert len(reason) < 200
    assert "not 'xxx" in reason


def test_reasons_that_are_counted_are_short() -> None:
    sources = Sources()
    sources.saw(Key(1, 1), 0, [], [Rejected(0, "invalid_event", "x" * 1_000_000)], "")
    [count] = sources.take()
    assert [len(reason) for reason in count.reasons] == [200]


def test_who_sends_is_remembered_by_a_few_letters() -> None:
    debugger = Debugger()
    watch = Watch(debugger)
    far = "/" * 60_000 + "v1/batch"
    watch.taken(Key(1, 1), far, 0, [], [Rejected(0, "invalid_event", "no")], b"agent" * 12_000, 1)
    watch.refused(Key(1, 1), far, 0, Refused(403, "key_disabled", "no"), b"agent" * 12_000)
    for visit in debugger.visits(1):
        assert (len(visit.agent), len(visit.path)) == (200, 200)


def test_only_short_headers_are_remembered() -> None:
    ring = KeyRing(lambda: Ring({"key": Key(1, 1)}))
    ring.refresh()
    for password in (b"", b"x" * 10_000):
        header = b"Basic " + base64.b64encode(b"key:" + password)
        assert auth.header_key(ring, {b"authorization": header}) == Key(1, 1)
    assert list(ring.by_header) == [b"Basic " + base64.b64encode(b"key:")]


def test_an_origin_that_is_longer_than_any_is_that_of_no_page() -> None:
    for header in (b"origin", b"referer"):
        assert auth.origin({header: b"https://app.example.com"}) == "https://app.example.com"
        assert auth.origin({header: b"https://" + b"a." * 10_000}) == "null"


def test_a_time_is_a_short_text() -> None:
    assert times.parse("1" * 20_000_000) is times.parse("2026-11-20T12:00:00." + "1" * 10_000_000) is None
    body = {"sentAt": "2026-11-20T12:00:00." + "1" * 1_000_000, "batch": [{**TRACK, "messageId": "m"}] * 1_000}
    kept = skew._read_once.cache_info().misses
    assert len(read(body).facts) == 1_000
    assert skew._read_once.cache_info().misses == kept


@pytest.mark.parametrize("place", ["sentAt", "writeKey", "userId"])
def test_a_number_without_end_is_nothing(place: str) -> None:
    body = b'{"type":"track","event":"E","anonymousId":"a","%s":1e999}' % place.encode()
    for whole in (body, b'{"batch":[%s],"%s":1e999}' % (body, place.encode())):
        assert len(read(whole).facts) == 1


def test_bodies_of_many_parts_are_refused_whichever_way_they_go() -> None:
    parts = b'{"userId":"u","event":"E","properties":[' + b"1," * 600_000 + b"1]}"
    way = find("/v1/events")
    assert way
    for decoded in (
        lambda: lenient.decode(parts, batch=False, mappings=Mappings.of([])),
        lambda: decoding.decode(parts, way),
    ):
        with pytest.raises((BadBody, Refused), match="at most 10,000 calls"):
            decoded()
