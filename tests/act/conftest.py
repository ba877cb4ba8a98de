"""A product with people in it, and a small tool that its team is connected to."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from accoil.act.models import Delivery
from accoil.act.queue import Wanted, queue_all
from accoil.connect.guard import Guarded, check_address
from accoil.connect.models import Connection, Record
from accoil.connect.tools import TOOLS
from accoil.count import ids
from accoil.count.ids import Kind
from accoil.team.models import Product
from tests.act import bell
from tests.act.bell import Tower
from tests.segment.conftest import looked  # noqa: F401  the fixture
from tests.segment.worlds import KINDS, Looked
from tests.small_worlds import at, did, identified, joins


@pytest.fixture(autouse=True)
def nobody_is_asked_for_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names in addresses of webhooks are looked up when they are written down; here nobody knows them."""

    def unknown(host: str, port: int) -> list[str]:
        raise OSError("there is no network in tests")

    monkeypatch.setattr("accoil.act.actions.check_address", partial(check_address, backend=Guarded(unknown)))


@pytest.fixture
def tower(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tower]:
    monkeypatch.setitem(TOOLS, "bell", bell.TOOL)
    yield from bell.serve(Tower())


@pytest.fixture
def people(looked: Looked) -> Looked:  # noqa: F811
    """Ann of Acme is busy, bob of Beta is not."""
    looked.receive(
        [
            joins("ann", "acme", at(1), name="Acme", mrr=50_000),
            joins("bob", "beta", at(1), name="Beta", mrr=5_000),
            identified("ann", at(1), email="ann@acme.example", name="Ann"),
            identified("bob", at(1), email="bob@beta.example", name="Bob"),
            *did("ann", "Report_Created", at(30), 6),
            *did("bob", "Report_Created", at(30), 1),
        ]
    )
    looked.look()
    return looked


@pytest.fixture
def connected(people: Looked, tower: Tower) -> Connection:
    return Connection.objects.create(team=people.product.team, tool="bell", options={"url": tower.address})


@pytest.fixture
def match(people: Looked, connected: Connection) -> Callable[[str, str, str], Record]:
    """Joins one of ours to an id there."""

    def join(kind: str, name: str, remote_id: str) -> Record:
        return Record.objects.create(
            connection=connected, product=people.product, kind=kind, entity=entity(people, kind, name),
            match="matched", remote_id=remote_id,
        )  # fmt: skip

    return join


def entity(looked: Looked, kind: str, name: str) -> int:  # noqa: F811
    return ids.id_of(looked.product.pk, KINDS[kind], name)


def queued(
    product: Product, action: str, kind: Kind, entity: int, values: dict[str, str], *, key: str, **more: Any
) -> Delivery:
    """The delivery of that key, made unless it is there."""
    queue_all(product, [Wanted(action=action, kind=kind, entity=entity, values=values, key=key, **more)])
    return Delivery.objects.get(key=key)
