"""Ann owns the product Web of team Acme Inc, Bob is a member there; Eve owns another team's product.

Today is 31 March 2026. This week ann created four reports and bob looked at the dashboard ten times, both for Acme Ltd;
Globex is cooling, initech (which never said its name) is silent, una belongs to nobody.
"""

import functools
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

from accoil.connect.models import Connection
from accoil.count.facts import open_facts
from accoil.score.definition import Definition
from accoil.score.files import apply
from accoil.score.models import Profile
from accoil.team.models import Product, Team, User
from accoil.team.roles import Role
from tests.connect.scripted import Scripted, serving
from tests.openid.provider import CLIENT, SECRET, Provider, running
from tests.reference_facts import Message
from tests.show.connected import connect
from tests.show.mapping_pages import RENAME
from tests.small_worlds import at, did, identified, joins
from tests.world import Engine

TODAY = date(2026, 3, 31)
EVERYDAY = Definition(events={"Report_Created": 9, "Dashboard_Viewed": 1})

# A number for each product that was ever made here: the facts outlive the database of a single test.
_numbers = itertools.count(1000)


@dataclass
class World:
    ann: User
    bob: User
    eve: User
    web: Product
    evil: Product
    profile: Profile


@pytest.fixture(scope="session")
def engine(tmp_path_factory) -> Engine:
    return Engine(Path(tmp_path_factory.mktemp("facts")))


@functools.cache
def told_of(engine: Engine) -> Iterator[int]:
    """Numbers of products that were told what `told` says: twenty at once, since loading one costs as much."""
    while True:
        numbers = list(itertools.islice(_numbers, 20))
        for number in numbers:
            engine.zones[number] = "UTC"
            engine.receive(number, flat(told()), per_block=50, count=False)
        engine.loader.catch_up()
        yield from numbers


@pytest.fixture
def world(request, db, engine, monkeypatch) -> World:
    """Empty, but for tests that ask for `busy` too."""
    monkeypatch.setattr(Product, "today", lambda product: TODAY)
    open_facts(engine.facts)
    ann, bob, eve = (User.objects.create(email=f"{name}@example.com", name=name) for name in ("Ann", "Bob", "Eve"))
    acme, evil = Team.objects.create(name="Acme Inc"), Team.objects.create(name="Evil Inc")
    acme.members.create(user=ann, role=Role.OWNER)
    acme.members.create(user=bob)
    evil.members.create(user=eve, role=Role.OWNER)
    number = next(told_of(engine) if "busy" in request.fixturenames else _numbers)
    web, other = product(acme, "Web", number), product(evil, "Evil Web")
    return World(ann, bob, eve, web, other, Profile.create(web, "Everyday", EVERYDAY, ann))


def product(team: Team, name: str, number: int | None = None) -> Product:
    made = Product.objects.create(pk=number or next(_numbers), team=team, name=name)
    made.ingest_keys.create()
    return made


@pytest.fixture
def busy(world) -> World:
    """The world after something happened in it."""
    return world


def receive(engine: Engine, product: Product, messages: Iterable[Message | list[Message]], per_block: int = 50) -> None:
    engine.zones[product.pk] = product.time_zone
    engine.receive(product.pk, flat(messages), per_block)


def flat(messages: Iterable[Message | list[Message]]) -> list[Message]:
    return [m for each in messages for m in (each if isinstance(each, list) else [each])]


def told() -> list[Message | list[Message]]:
    return [
        joins("ann", "acme", at(1), name="Acme Ltd", plan="Growth", mrr=120000),
        joins("bob", "acme", at(1)),
        joins("gus", "globex", at(1), name="Globex", mrr=300000),
        joins("ivy", "initech", at(1)),
        identified("ann", at(1), name="Ann Marlow", email="ann@acme.example", role="Analyst"),
        identified("bob", at(1), email="bob@acme.example"),
        did("ann", "Report_Created", at(23), 1),
        did("gus", "Report_Created", at(22), 6),
        did("ivy", "Report_Created", at(5), 3),
        did("ann", "Report_Created", at(30), 4),
        did("bob", "Dashboard_Viewed", at(29), 10),
        did("bob", "Help_Opened", at(29), 2),
        did("gus", "Dashboard_Viewed", at(28), 2),
        did("una", "Dashboard_Viewed", at(31), 1),
    ]


@pytest.fixture
def ann(client, world) -> Client:
    """The owner's browser."""
    client.force_login(world.ann)
    return client


@pytest.fixture
def bob(world) -> Client:
    """The browser of a member who may look but not change."""
    client = Client()
    client.force_login(world.bob)
    return client


@pytest.fixture
def eve(world) -> Client:
    """The browser of somebody from another team."""
    client = Client()
    client.force_login(world.eve)
    return client


@pytest.fixture
def renaming(world) -> None:
    """The first product's mappings rename an event."""
    apply(RENAME, world.web)


@pytest.fixture
def joined(busy: World) -> Connection:
    return connect(busy)


@pytest.fixture
def automations(busy: World, monkeypatch) -> str:
    """The page of all of them; figures are never kept for a while."""
    monkeypatch.setattr("accoil.score.book.FRESH_FOR", 0.0)
    return f"/p/{busy.web.pk}/automations"


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    """People sign in with a stand-in called Acme SSO."""
    cache.clear()
    with running() as made:
        settings.OIDC_ISSUER, settings.OIDC_NAME = made.address, "Acme SSO"
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT, SECRET
        yield made


@pytest.fixture(autouse=True)
def nobody_is_intercom(settings) -> None:
    """Forms ask it for its tags: tests without a stand-in ask nobody."""
    settings.INTERCOM_URL = "http://127.0.0.1:9"


@pytest.fixture
def receiver(settings) -> Iterator[Scripted]:
    """Takes webhooks, at an address that is let through."""
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.2/32")]
    with serving("127.0.0.2") as scripted:
        yield scripted
