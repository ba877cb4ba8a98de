"""A full product takes what it knows and nothing new."""

import json

from accoil.receive import steps
from accoil.receive.calls import ALIAS, EVENT, GROUP, IDENTIFY, Call, decode
from accoil.receive.caps import TOO_MANY_EVENTS, cap
from accoil.receive.handling import PLAIN, Handling

FULL = Handling(
    events=frozenset({"Report_Created"}), user_traits=frozenset({"email"}), account_traits=frozenset({"plan", "mrr"})
)


def told(kind: int, **traits: str) -> Call:
    return Call(kind=kind, userId="u", groupId="a", pairs=[(key, f'"{value}"') for key, value in traits.items()])


def test_a_new_event_name_is_rejected_with_the_reason():
    assert cap(Call(kind=EVENT, event="Opened_4711"), FULL) == TOO_MANY_EVENTS


def test_a_known_event_name_still_counts():
    assert cap(Call(kind=EVENT, event="Report_Created"), FULL) is None


def test_event_names_are_compared_exactly():
    assert cap(Call(kind=EVENT, event="report_created"), FULL) == TOO_MANY_EVENTS


def test_a_new_trait_is_left_out_and_the_call_kept():
    call = told(IDENTIFY, email="ann@example.com", shoe_size="44")
    assert cap(call, FULL) is None
    assert call.pairs == [("email", '"ann@example.com"')]


def test_traits_of_users_and_of_accounts_are_told_apart():
    call = told(GROUP, email="x", plan="Growth", mrr="1")
    assert cap(call, FULL) is None
    assert [key for key, _ in call.pairs or []] == ["plan", "mrr"]


def test_calls_without_traits_and_aliases_pass():
    for call in (Call(kind=IDENTIFY, userId="u"), Call(kind=ALIAS, userId="u", anonymousId="a")):
        assert cap(call, FULL) is None
        assert call.pairs is None


def test_a_product_with_room_takes_everything():
    call = told(IDENTIFY, shoe_size="44")
    assert cap(call, PLAIN) is None
    assert cap(Call(kind=EVENT, event="Anything"), PLAIN) is None
    assert call.pairs == [("shoe_size", '"44"')]


def test_being_full_of_events_leaves_traits_alone():
    call = told(IDENTIFY, shoe_size="44")
    assert cap(call, Handling(events=frozenset())) is None
    assert call.pairs


def test_a_batch_keeps_what_is_known_and_tells_what_is_not():
    known, new = ({"type": "track", "userId": "u", "event": name} for name in ("Report_Created", "Opened_4711"))
    body = decode(json.dumps({"batch": [known, new]}).encode(), batch=True)
    assert body
    kept = steps.run(body, steps.Arrival(1_800_000_000_000, handling=FULL))
    assert [call.event for call in kept] == ["Report_Created"]
    assert [(each.index, each.message, each.name) for each in body.rejected] == [(1, TOO_MANY_EVENTS, "Opened_4711")]


def test_the_front_door_of_a_full_product_takes_no_new_event(server, door):
    from accoil.team.models import Product

    def track(event: str, path: str = "/v1/track") -> int:
        return door.post(path, {"userId": "u", "event": event}).status

    assert track("Known") == 200
    assert server.wait_counted()
    Product.objects.filter(pk=door.product_id).update(most_events=1)
    server.parts.watch.look_for_full()
    server.parts.ring.refresh()
    assert track("Known") == 200
    assert track("New") == 200  # told in the answer: SDKs would send a refused call again
    assert track("New", "/v2/track") == 400
    assert server.wait_counted()
    assert door.events() == {"Known": 2}
