"""Rows as calls: what is taken, what is not and why, and that they are known by the same ids as live calls."""

import json
import time

import pytest

from accoil.receive import calls, steps
from accoil.receive.calls import Call
from accoil.receive.importing.found import Found, find
from accoil.receive.importing.pieces import Piece
from accoil.receive.importing.shape import look
from accoil.receive.times import parse

AT = "2025-03-01T10:00:00Z"
EVENTS = "type,name,timestamp,user_id,group_id,message_id\n"


def read(tmp_path, text: str | bytes, kind: str | None = None) -> Found:
    path = tmp_path / "rows"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    shape = look(path, kind)
    rest = path.read_bytes()[shape.offset :]
    return find(Piece(rest, len(rest), is_last=True), shape, int(time.time() * 1000))


def live(type: str, /, **item: object) -> Call:
    """The same, as it comes in at /v2."""
    body = calls.decode(json.dumps(item).encode(), batch=False, type_from_path=type)
    assert body
    return steps.run(body, steps.Arrival(int(time.time() * 1000)))[0]


def same(one: Call, other: Call) -> bool:
    fields = ("kind", "messageId", "userId", "groupId", "event", "at", "pairs")
    return all(getattr(one, field) == getattr(other, field) for field in fields)


@pytest.mark.parametrize(
    ("given", "type", "call"),
    [
        ("track,Report,{at},ann,,", "track", {"event": "Report"}),
        (",Report,{at},ann,,", "track", {"event": "Report"}),
        ("track,Report,{at},ann,acme,", "track", {"event": "Report", "groupId": "acme"}),
        ("page_view,Pricing,{at},ann,,", "page", {"name": "Pricing"}),
        ("Page_View,,{at},ann,,", "page", {}),
        ("screen_view,Größe,{at},ann,,", "screen", {"name": "Größe"}),
        ("track,Report,{at},ann,,m-1", "track", {"event": "Report", "messageId": "m-1"}),
    ],
)
def test_an_event_is_the_call_that_says_the_same(tmp_path, given, type, call):
    found = read(tmp_path, EVENTS + given.format(at=AT) + "\n")
    assert found.bad == []
    assert same(found.calls[0], live(type, userId="ann", timestamp=AT, **call))


def test_traits_of_users_and_accounts_are_those_of_the_calls(tmp_path):
    traits = {"plan": "pro", "seats": 3, "nested": {"b": 1, "a": [None]}, "text": "a, “b”\nc"}
    quoted = json.dumps(traits).replace('"', '""')
    group = read(tmp_path, f'timestamp,traits,group_id,user_id\n{AT},"{quoted}",acme,ann\n').calls[0]
    assert same(group, live("group", groupId="acme", userId="ann", timestamp=AT, traits=traits))
    alone = read(tmp_path, f'timestamp,traits,group_id,user_id\n{AT},"{quoted}",acme,\n').calls[0]
    assert same(alone, live("group", groupId="acme", timestamp=AT, traits=traits))
    user = read(tmp_path, f'user_id,timestamp,traits\nann,{AT},"{quoted}"\n').calls[0]
    assert same(user, live("identify", userId="ann", timestamp=AT, traits=traits))
    assert same(
        read(tmp_path, f"user_id,timestamp,traits\nann,{AT},\n").calls[0], live("identify", userId="ann", timestamp=AT)
    )


def test_lines_of_json_are_the_same_rows(tmp_path):
    line = json.dumps({"name": "Report", "timestamp": AT, "user_id": 42})
    assert same(read(tmp_path, line).calls[0], live("track", userId="42", event="Report", timestamp=AT))
    line = json.dumps({"group_id": "acme", "timestamp": AT, "traits": {"plan": "pro"}})
    assert same(read(tmp_path, line).calls[0], live("group", groupId="acme", timestamp=AT, traits={"plan": "pro"}))
    line = json.dumps({"user_id": "ann", "timestamp": AT, "traits": '{"plan": "pro"}'})
    assert same(read(tmp_path, line).calls[0], live("identify", userId="ann", timestamp=AT, traits={"plan": "pro"}))


def test_segment_lines_keep_their_times_and_their_ids(tmp_path):
    item = {"type": "track", "event": "Report", "userId": "ann", "timestamp": AT}
    archived = {**item, "sentAt": "2025-03-01T12:00:00Z", "context": {"groupId": "acme"}}
    found = read(tmp_path, "\n".join(map(json.dumps, (item, archived, {**item, "messageId": "m-1"}))))
    assert [call.at for call in found.calls] == [parse(AT)] * 3
    assert found.calls[1].groupId == "acme"
    assert found.calls[0].messageId == live("track", **item).messageId
    assert found.calls[2].messageId == "m-1"


def test_odd_segment_lines_are_read_as_at_the_front_door(tmp_path):
    lines = [
        b'{"type":"track","event":"Good","userId":42,"timestamp":"2025-03-01"}',
        b"",
        b'{"type":"track","event":"Good","userId":"a\\u0000b","timestamp":"2025-03-01"}',
        b'{"type":"track","event":"Twin","userId":"a"}',
        b'{"type":"wink","userId":"a","timestamp":"2025-03-01"}',
        b"{nonsense",
        b'[{"type":"track","event":"One","userId":"a","timestamp":"2025-03-01"},{"type":"track","event":"Two"}]',
        b'{"type":"alias","userId":"ann","previousId":"anon","timestamp":"2025-03-01"}',
    ]
    found = read(tmp_path, b"\n".join(lines))
    assert [(call.userId, call.event) for call in found.calls] == [
        ("42", "Good"), ("ab", "Good"), ("a", "One"), ("ann", None),
    ]  # fmt: skip
    assert [bad.line for bad in found.bad] == [3, 4, 5, 6]
    assert "told from its twin" in found.bad[0].reason


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("track,,{at},ann,,", "`name` is missing"),
        ("track,Report,{at},,,", "`user_id` is missing"),
        ("track,Report,,ann,,", "neither a `timestamp` nor a message id"),
        ("track,Report,yesterday,ann,,", "`timestamp` is not a time"),
        ("track,Report,yesterday,ann,,m-1", "`timestamp` is not a time"),
        ("track,Report,1970-01-01,ann,,", "before the year 2000"),
        ("track,Report,2199-01-01,ann,,", "more than a day ahead"),
        ("wink,Report,{at},ann,,", "`type` must be track, page_view or screen_view"),
        ("track,Report,{at},ann", "The header has 6 fields, this row 4"),
        ("track,Report,{at},ann,,,,", "The header has 6 fields, this row 8"),
        ('track,"Report,{at},ann,,', "A quote is opened here"),
        ('track,"Re"port,{at},ann,,', "closed in the middle of a field"),
        (b"track,Gr\xf6\xdfe,{at},ann,,", "not UTF-8"),
        ("track,Re\rport,{at},ann,,", "carriage return"),
    ],
)
def test_a_bad_row_is_left_out_with_its_reason_and_its_line(tmp_path, given, reason):
    row = (given.encode() if isinstance(given, str) else given).replace(b"{at}", AT.encode())
    good = b"track,Good,%s,ann,,\n" % AT.encode()
    found = read(tmp_path, EVENTS.encode() + good + row + b"\n\n" + good)
    assert [call.event for call in found.calls] == ["Good", "Good"]
    assert [bad.line for bad in found.bad] == [1]
    assert reason in found.bad[0].reason


@pytest.mark.parametrize("traits", ["plan: pro", "[1]", "7", "{" * 2000, '{"a":' * 500 + "1" + "}" * 500])
def test_traits_that_are_no_object_are_told(tmp_path, traits):
    quoted = traits.replace('"', '""')
    found = read(tmp_path, f'user_id,timestamp,traits\nann,{AT},"{quoted}"\nbob,{AT},{{}}\n')
    assert [call.userId for call in found.calls] == ["bob"]
    assert "`traits` is not" in found.bad[0].reason or "levels deep" in found.bad[0].reason


def test_bad_lines_of_json_are_told(tmp_path):
    good = {"name": "Good", "timestamp": AT, "user_id": "ann"}
    lines = [json.dumps(good), "{", json.dumps({**good, "colour": "red"}), json.dumps({**good, "user_id": [1]}), "7"]
    found = read(tmp_path, "\n".join(lines))
    assert len(found.calls) == 1
    assert [bad.line for bad in found.bad] == [1, 2, 3, 4]
    assert "colour" in found.bad[1].reason


def test_an_event_with_an_id_and_no_time_is_of_now(tmp_path):
    before = int(time.time() * 1000)
    call = read(tmp_path, EVENTS + "track,Report,,ann,,m-1\n").calls[0]
    assert before <= call.at <= int(time.time() * 1000)


def test_nul_is_left_out_of_names_and_ids(tmp_path):
    call = read(tmp_path, EVENTS + f"track,Re\0port,{AT},a\0nn,,\n").calls[0]
    assert (call.event, call.userId) == ("Report", "ann")
