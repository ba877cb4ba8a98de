"""Full products: known from what arrived, told to the front door by name."""

import pytest

from accoil.count import people
from accoil.receive.handling import PLAIN
from accoil.watch.caps import Caps
from tests.show.conftest import receive
from tests.small_worlds import at, did, identified, joins

ROOM = (1_000, 1_000)


@pytest.fixture
def product(busy):
    return busy.web.pk


def test_a_product_with_room_has_nothing_to_tell(product):
    assert Caps().of(product, ROOM) == PLAIN


def test_names_are_counted_by_what_they_name(product):
    assert people.how_many_names(product) == {"events": 3, "user_traits": 3, "account_traits": 3}


def test_a_product_full_of_events_names_those_that_may_come(product):
    full = Caps().of(product, (3, 1_000))
    assert full.events == {"Report_Created", "Dashboard_Viewed", "Help_Opened"}
    assert full.user_traits is None
    assert full.account_traits is None


def test_a_product_full_of_traits_names_those_of_users_and_of_accounts(product):
    full = Caps().of(product, (1_000, 3))
    assert full.user_traits == {"name", "email", "role"}
    assert full.account_traits == {"name", "plan", "mrr"}
    assert full.events is None


def test_it_fills_up_while_things_arrive_and_has_room_again_with_a_higher_cap(busy, engine):
    caps = Caps()
    assert caps.of(busy.web.pk, (4, 1_000)) == PLAIN
    receive(engine, busy.web, [did("ann", "Fourth", at(31)), joins("ann", "acme", at(31)), identified("ann", at(31))])
    assert caps.of(busy.web.pk, (4, 1_000)).events == {"Report_Created", "Dashboard_Viewed", "Help_Opened", "Fourth"}
    assert caps.of(busy.web.pk, (5, 1_000)) == PLAIN


def test_a_new_event_of_somebody_known_fills_it_too(busy, engine):
    caps = Caps()
    assert caps.of(busy.web.pk, (4, 1_000)) == PLAIN
    receive(engine, busy.web, did("ann", "Fourth", at(31)))
    assert "Fourth" in caps.of(busy.web.pk, (4, 1_000)).events


def test_the_server_tells_its_front_door(server, door):
    from accoil.team.models import Product

    Product.objects.filter(pk=door.product_id).update(most_events=1)
    assert door.post("/v1/track", {"userId": "u", "event": "First"}).status == 200
    assert server.wait_counted()
    server.parts.watch.look_for_full()
    server.parts.ring.refresh()
    assert server.parts.ring.handling(door.product_id).events == {"First"}
    Product.objects.filter(pk=door.product_id).update(most_events=2)
    server.parts.watch.look_for_full()
    server.parts.ring.refresh()
    assert server.parts.ring.handling(door.product_id) == PLAIN
