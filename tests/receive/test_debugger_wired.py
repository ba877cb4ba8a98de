"""What the front door tells the debugger, over HTTP."""

from tests.door import basic


def visits(server, door):
    return server.parts.watch.debugger.visits(door.product_id)


def test_what_was_taken_in_is_seen(server, door):
    batch = {"batch": [{"type": "track", "userId": "u", "event": "E"}, {"type": "track", "event": "F"}]}
    assert door.post("/v1/batch", batch, User_Agent="curl/8.5").status == 200
    (seen,) = visits(server, door)
    assert (seen.path, seen.agent, seen.lines) == ("/v1/batch", "curl/8.5", 2)
    assert [call.event for call in seen.calls] == ["E"]
    assert [(each.index, each.code) for each in seen.rejected] == [(1, "invalid_event")]


def test_a_refusal_with_a_key_is_seen(server, door):
    assert door.post("/v1/track", {"userId": "u", "event": "E"}).status == 200
    assert door.post("/v1/batch", b"no JSON").status == 400
    assert door.post("/v2/track", {"event": "E"}).status == 400
    refused = [(seen.status, seen.code) for seen in visits(server, door) if seen.status]
    assert refused == [(400, "invalid_event"), (400, "invalid_json")]


def test_a_switched_off_key_in_the_body_is_seen(server, door):
    from accoil.team.models import IngestKey, Product

    key = IngestKey.objects.create(product_id=door.product_id, disabled_at=Product.objects.first().created_at)
    assert door.post("/v1/track", {"userId": "u", "event": "E", "writeKey": key.key}, Authorization="").status == 403
    (seen,) = visits(server, door)
    assert (seen.status, seen.key.id) == (403, key.pk)


def test_an_unknown_key_is_counted_and_nobodys(server, door):
    before = server.parts.watch.debugger.sources.strangers
    assert door.post("/v1/track", {"userId": "u", "event": "E"}, Authorization=basic("nobody:")).status == 401
    assert server.parts.watch.debugger.sources.strangers == before + 1
    assert visits(server, door) == []


def test_what_a_mapping_leaves_out_is_seen_though_the_sender_is_not_told(server, door):
    from accoil.receive.calls import DROPPED
    from accoil.team.models import Mapping

    Mapping.objects.create(product_id=door.product_id, name="Reports", trigger='event = "Report"', action="track")
    server.parts.ring.refresh()
    batch = {"batch": [{"type": "track", "userId": "u", "event": name} for name in ("Report", "Noise")]}
    assert door.post("/v1/batch", batch).json() == {"success": True}
    (seen,) = visits(server, door)
    assert [call.event for call in seen.calls] == ["Report"]
    assert [(each.index, each.code, each.name) for each in seen.rejected] == [(1, DROPPED, "Noise")]


def test_calls_that_the_disk_refused_are_not_called_accepted(server, door, monkeypatch):
    from accoil.receive.journal import Journal, Unwritable

    call = {"type": "track", "userId": "u", "event": "E", "messageId": "m", "timestamp": "2026-11-25T12:00:00Z"}
    assert door.post("/v1/batch", {"batch": [call]}).status == 200

    def full(*_: object) -> None:
        raise Unwritable("disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Journal, "_commit", full)
        assert door.post("/v1/batch", {"batch": [{**call, "messageId": "n"}]}).status == 503
    assert [(seen.status, seen.code, len(seen.calls)) for seen in visits(server, door)] == [
        (503, "unavailable", 0),
        (0, "", 1),
    ]


def test_what_fails_by_our_own_mistake_is_told_on_both_ways_through_the_door(server, door, monkeypatch):
    from accoil.receive.journal import Journal

    def broken(*_: object) -> None:
        raise LookupError("a mistake")

    short = {"type": "track", "userId": "u", "event": "E", "messageId": "m", "timestamp": "2026-11-25T12:00:00Z"}
    with monkeypatch.context() as patched:
        patched.setattr(Journal, "_commit", broken)
        for call in (short, {"type": "identify", "userId": "u", "traits": {"plan": "pro"}}):
            answer = door.post("/v1/batch", {"batch": [call]})
            assert (answer.status, answer.json()["code"]) == (500, "internal")
    assert [(seen.status, seen.code, seen.lines) for seen in visits(server, door)] == [(500, "internal", 1)] * 2
