"""What the debugger shows of a call: what it was and what became of it; names, but never a value or a key."""

import json

import msgspec

from accoil.receive import calls, lenient, steps
from accoil.receive.calls import DROPPED
from accoil.receive.debugger import Debugger
from accoil.receive.keys import Key
from accoil.receive.lines import ACCEPTED, ANONYMOUS, LATE, LATE_, MAPPED_AWAY, REFUSED, REJECTED, Line, lines
from accoil.receive.times import DAY

NOW = 1_795_608_000_000  # 25 November 2026, noon
SECRETS = ("s3cret", "ann@example.com", "4711")


def told(*batch: dict, agent: str = "curl/8.5") -> list[Line]:
    """The lines of one batch that came now, newest first."""
    raw = json.dumps({"batch": batch, "writeKey": "s3cret"}).encode()
    body = calls.decode(raw, batch=True) or lenient.decode(raw, batch=True)
    kept = steps.run(body, steps.Arrival(NOW))
    debugger = Debugger()
    debugger.saw(Key(7, 1), "/v1/batch", NOW, kept, body.rejected, agent)
    (visit,) = debugger.visits(1)
    return list(lines(visit))


def iso(ms: int) -> str:
    return str(ms // 1000)


def test_a_call_is_told_with_names_and_no_value():
    (line,) = told(
        {
            "type": "track", "userId": "ann", "groupId": "acme", "event": "Report_Created", "messageId": "m1",
            "properties": {"amount": 4711, "to": "ann@example.com", "deep": {"password": "s3cret"}},
            "context": {"library": {"name": "analytics-node", "version": "3"}}, "writeKey": "s3cret",
        }
    )  # fmt: skip
    assert (line.type, line.name, line.user, line.account, line.message) == (
        "track", "Report_Created", "ann", "acme", "m1",
    )  # fmt: skip
    assert (line.properties, line.library, line.key) == (["amount", "to", "deep"], "analytics-node", 7)
    assert line.outcomes == [ACCEPTED]
    shown = msgspec.json.encode(line).decode()
    assert not [secret for secret in SECRETS if secret in shown]


def test_traits_are_told_by_name():
    (line,) = told({"type": "identify", "userId": "ann", "traits": {"email": "ann@example.com", "role": "Admin"}})
    assert (line.traits, line.left_out) == (["email", "role"], [])
    assert "ann@example.com" not in msgspec.json.encode(line).decode()


def test_a_trait_that_was_left_out_is_told():
    body = calls.decode(json.dumps({"userId": "u", "traits": {"a": 1, "b": 2}}).encode(), batch=False,
                        type_from_path="identify")  # fmt: skip
    assert body
    (call,) = steps.run(body, steps.Arrival(NOW))
    call.pairs = [pair for pair in call.pairs or [] if pair[0] == "a"]
    debugger = Debugger()
    debugger.saw(Key(7, 1), "/v1/identify", NOW, [call], [], "")
    (line,) = lines(debugger.visits(1)[0])
    assert (line.traits, line.left_out) == (["a", "b"], ["b"])


def test_a_rejected_call_has_its_reason_and_its_place():
    newest, first = told({"type": "track", "userId": "u", "event": "E"}, {"type": "track", "event": "F"})
    assert (newest.outcomes, newest.place, newest.reason) == (
        [REJECTED], 1, "`userId` is missing: say who did it.",
    )  # fmt: skip
    assert first.name == "E"


def test_an_event_of_the_past_is_late_and_a_person_without_id_anonymous():
    past = iso(NOW - LATE - DAY)
    (line,) = told({"type": "track", "anonymousId": "a", "event": "E", "timestamp": past})
    assert line.outcomes == [ANONYMOUS, LATE_]
    (line,) = told({"type": "track", "userId": "u", "event": "E", "timestamp": iso(NOW - DAY)})
    assert line.outcomes == [ACCEPTED]


def test_a_refused_request_is_one_line():
    debugger = Debugger()
    debugger.refused(Key(7, 1), "/v1/b", NOW, 413, "payload_too_large", "Send less.", "curl/8.5")
    (line,) = lines(debugger.visits(1)[0])
    assert (line.outcomes, line.status, line.code, line.reason) == ([REFUSED], 413, "payload_too_large", "Send less.")


def test_what_a_mapping_dropped_is_not_called_rejected():
    debugger = Debugger()
    debugger.saw(Key(7, 1), "/v1/track", NOW, [], [calls.Rejected(0, DROPPED, "No mapping takes it.")], "curl/8.5")
    (line,) = lines(debugger.visits(1)[0])
    assert line.outcomes == [MAPPED_AWAY]
    assert debugger.sources.take()[0].reasons == {DROPPED: 1}


def test_lines_are_numbered_through_newest_first():
    debugger = Debugger()
    for _ in range(2):
        body = calls.decode(json.dumps({"batch": [{"type": "track", "userId": "u", "event": "E"}] * 3}).encode(),
                            batch=True)  # fmt: skip
        assert body
        debugger.saw(Key(7, 1), "/v1/batch", NOW, steps.run(body, steps.Arrival(NOW)), [], "")
    assert [line.number for visit in debugger.visits(1) for line in lines(visit)] == [5, 4, 3, 2, 1, 0]


def test_broken_properties_are_shown_as_none():
    (line,) = told({"type": "track", "userId": "u", "event": "E", "properties": ["no", "object"]})
    assert line.properties == []
