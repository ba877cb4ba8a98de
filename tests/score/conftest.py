"""Products of facts without a server, one for each test."""

import itertools
from collections.abc import Callable, Iterable

import pytest

from accoil.count.facts import open_facts
from accoil.score.summing_up import since
from accoil.team.models import Product, Team
from tests.reference_facts import Message
from tests.world import Engine

_numbers = itertools.count(5000)  # the facts outlive the database of a single test


@pytest.fixture
def new_product(db: None, engine: Engine) -> Callable[[str], Product]:
    """Makes an empty product in a time zone."""
    open_facts(engine.facts)
    engine.loader.frozen = since

    def make(zone: str = "UTC") -> Product:
        number = next(_numbers)
        team = Team.objects.create(name=f"Team {number}")
        engine.zones[number] = zone
        return Product.objects.create(pk=number, team=team, name="Web", time_zone=zone)

    return make


@pytest.fixture
def receive(engine: Engine) -> Callable[..., None]:
    """Sends messages, or lists of them, and counts them."""

    def send(product: Product, *messages: Message | Iterable[Message]) -> None:
        engine.receive(product.pk, [m for each in messages for m in ([each] if isinstance(each, Message) else each)])

    return send
