"""Two teams on one server: on no page, on no API path and with no key does one see anything of the other.

The walk goes over the address patterns of the program itself, so pages and paths made later are covered as well."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accoil.asgi import Server
from accoil.count import ids
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.team.models import ApiToken, IngestKey, Member, Product, User
from tests.door import Door, ask

MARK = "zebra"  # in every name the other team has given to anything


@dataclass
class Tenant:
    """A product full of life, and what its addresses are made of."""

    door: Door
    mark: str
    product: Product
    user: User
    parts: dict[str, int]  # names in address patterns → ids of this product

    @property
    def secrets(self) -> list[str]:
        """What nobody else may ever read."""
        return [self.mark, self.door.key, self.door.token, self.user.email, *map(str, self.parts.values())]


def tenant(server: Server, door: Door, mark: str) -> Tenant:
    user, account = f"{mark} user", f"{mark} account"
    batch = [
        {"type": "group", "userId": user, "groupId": account, "traits": {"name": f"{mark} Inc"}},
        {"type": "identify", "userId": user, "traits": {"email": f"{mark}@example.com", "name": f"{mark} Ann"}},
        *({"type": "track", "userId": user, "event": f"{mark} event"} for _ in range(3)),
    ]
    assert door.post("/v1/batch", {"batch": batch}).status == 200
    assert server.wait_counted()
    product = Product.objects.get(pk=door.product_id)
    product.name = f"{mark} product"
    product.save()
    product.team.name = f"{mark} team"
    product.team.save()
    profile = Profile.create(product, f"{mark} profile", Definition(events={f"{mark} event": 5}))
    # Ids of rows count from 1 in every table: far apart, no number of one tenant is by chance in a page of another.
    token = ApiToken.objects.create(
        pk=profile.pk * 7_919_000 + 3, product=product, name=f"{mark} token", digest=mark * 8, last4="....",
    )  # fmt: skip
    parts = {
        "product_id": product.pk,
        "profile_id": profile.pk,
        "workspace_id": profile.pk,
        "token_id": token.pk,
        "user_id": ids.id_of(product.pk, ids.USER, user),
        "account_id": ids.id_of(product.pk, ids.ACCOUNT, account),
    }
    return Tenant(door, mark, product, Member.objects.get(team=product.team).user, parts)


@pytest.fixture
def mine(server: Server, new_product: Callable[[], Door]) -> Tenant:
    return tenant(server, new_product(), "lion")


@pytest.fixture
def theirs(server: Server, new_product: Callable[[], Door]) -> Tenant:
    return tenant(server, new_product(), "zebra")


@pytest.fixture(autouse=True)
def forget(server: Server) -> Iterator[None]:
    """The names are the same in each test, and unique in the database."""
    yield
    for mark in ("lion", "zebra"):
        Product.objects.filter(name=f"{mark} product").delete()
        Member.objects.filter(team__name=f"{mark} team").delete()
        from accoil.team.models import Team

        Team.objects.filter(name=f"{mark} team").delete()


def addresses(resolver: URLResolver | None = None, before: str = "/") -> Iterator[str]:
    """Every address pattern of the program, as /p/<product_id>/users/<user_id>."""
    for pattern in (resolver or get_resolver()).url_patterns:
        here = before + re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", str(pattern.pattern)).lstrip("^")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, here)
        elif isinstance(pattern, URLPattern):
            yield here


def filled(address: str, parts: dict[str, int]) -> str:
    return re.sub(r"<(\w+)>", lambda name: str(parts[name[1]]), address)


PAGES = sorted(address for address in addresses() if not address.startswith(("/api/", "/v1/", "/v2/", "/sign-in/")))
API = sorted(address for address in addresses() if address.startswith(("/api/", "/v1/", "/v2/")))


def leaks(answer: bytes, of: Tenant) -> list[str]:
    text = answer.decode("utf-8", "replace")
    return [secret for secret in of.secrets if len(secret) > 3 and secret in text]


def test_the_walk_goes_somewhere() -> None:
    assert len([page for page in PAGES if "<product_id>" in page]) >= 12
    assert len(API) >= 10
    assert {name for address in PAGES + API for name in re.findall(r"<(\w+)>", address)} <= {
        "product_id", "profile_id", "workspace_id", "token_id", "user_id", "account_id",
    }, "a new kind of id in an address: give `Tenant.parts` one of each tenant"  # fmt: skip


@pytest.mark.parametrize("address", [page for page in PAGES if "<product_id>" in page])
def test_no_page_of_their_product_exists_for_me(mine: Tenant, theirs: Tenant, address: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(mine.user)
    for method in (client.get, client.post, client.put, client.delete):
        answer: HttpResponse = method(filled(address, theirs.parts))  # type: ignore[operator]
        assert answer.status_code == 404, (method, answer)
        assert not leaks(answer.content, theirs)


@pytest.mark.parametrize("address", [page for page in PAGES if page.count("<") > 1])
@pytest.mark.parametrize("methods", ["get", "post"])
def test_nothing_of_theirs_is_reached_through_my_product(
    mine: Tenant, theirs: Tenant, address: str, methods: str
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(mine.user)
    mixed = {**theirs.parts, "product_id": mine.parts["product_id"]}
    before = list(ApiToken.objects.filter(product=theirs.product).values())
    answer: HttpResponse = getattr(client, methods)(filled(address, mixed))
    assert answer.status_code in (404, 405), answer
    assert not leaks(answer.content, theirs)
    assert list(ApiToken.objects.filter(product=theirs.product).values()) == before


@pytest.mark.parametrize("address", PAGES)
def test_my_own_pages_tell_nothing_of_them(mine: Tenant, theirs: Tenant, address: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(mine.user)
    for query in (
        "",
        f"?profile={theirs.parts['profile_id']}",
        "?search=zebra&q=zebra",
        f"?account={theirs.parts['account_id']}",
    ):
        answer: HttpResponse = client.get(filled(address, mine.parts) + query, follow=True)
        assert answer.status_code < 500, (query, answer)
        told = (
            answer.content.replace(b"zebra", b"", answer.content.count(b"zebra"))
            if "zebra" in query
            else answer.content
        )
        assert not leaks(told, theirs), query


@pytest.mark.parametrize("address", PAGES)
def test_a_stranger_sees_nothing(mine: Tenant, address: str) -> None:
    answer: HttpResponse = Client(raise_request_exception=False).get(filled(address, mine.parts), follow=True)
    assert answer.status_code < 500
    assert not leaks(answer.content, mine)


@pytest.mark.parametrize("address", API)
def test_my_token_opens_nothing_of_theirs(mine: Tenant, theirs: Tenant, address: str) -> None:
    ids_in_path = "<" in address
    for query in ("", f"?workspace_id={theirs.parts['workspace_id']}", f"?workspace_id={mine.parts['workspace_id']}"):
        for method in ("GET", "POST"):
            answer = api(mine, method, filled(address, theirs.parts) + query)
            assert answer.status < 500, (query, answer)
            assert not leaks(answer.body, theirs), (query, answer)
            if method == "GET" and (ids_in_path or f"={theirs.parts['workspace_id']}" in query):
                asked_for_theirs = ids_in_path or b"workspace" in answer.body
                assert answer.status in (400, 404) or not asked_for_theirs, (query, answer)


def api(tenant: Tenant, method: str, address: str) -> Any:
    headers = {"Authorization": f"Bearer {tenant.door.token}"}
    return ask(tenant.door.address, method, address, b"{}" if method == "POST" else None, headers)


@pytest.mark.parametrize(
    "authorization", ["", "Bearer ", "Bearer accoil_", "Bearer KEY", "Basic TOKEN", "Bearer TOKENx"]
)
@pytest.mark.parametrize("address", API)
def test_without_a_good_token_the_api_tells_nothing(mine: Tenant, address: str, authorization: str) -> None:
    header = authorization.replace("KEY", mine.door.key).replace("TOKEN", mine.door.token)
    given = {"Authorization": header} if header else {}
    path = filled(address, mine.parts) + f"?workspace_id={mine.parts['workspace_id']}"
    answer = ask(mine.door.address, "GET", path, None, given)
    assert answer.status == 401 or address.endswith("/openapi.json"), answer
    assert not leaks(answer.body, mine)


def test_mine_is_reached_by_the_same_walk(mine: Tenant, theirs: Tenant) -> None:
    """Else all of the above would prove nothing."""
    client = Client(raise_request_exception=False)
    client.force_login(mine.user)
    seen = 0
    for address in PAGES:
        answer: HttpResponse = client.get(filled(address, mine.parts), follow=True)
        seen += answer.status_code == 200 and "lion" in answer.content.decode()
    assert seen >= 9
    for address in API:
        if not address.endswith("/openapi.json"):
            path = filled(address, mine.parts) + f"?workspace_id={mine.parts['workspace_id']}"
            answer_of_api = api(mine, "GET", path)
            assert answer_of_api.status == 200, answer_of_api
            assert b"lion" in answer_of_api.body


def test_what_comes_in_by_my_key_never_lands_with_them(server: Server, mine: Tenant, theirs: Tenant) -> None:
    before = theirs.door.counts()
    call = {"userId": "zebra user", "event": "zebra event", "groupId": "zebra account", "writeKey": theirs.door.key}
    for path in ("/v1/track", "/v2/track", f"/v1/track?writeKey={theirs.door.key}"):
        assert mine.door.post(path, call).status < 300
    batch = {"batch": [{"type": "track", **call}], "writeKey": theirs.door.key}
    assert mine.door.post("/v1/batch", batch).status == 200
    assert server.wait_counted()
    assert theirs.door.counts() == before
    assert mine.door.events()["zebra event"] == 4


def test_one_message_id_is_a_message_of_each(server: Server, mine: Tenant, theirs: Tenant) -> None:
    for each in (mine, theirs, mine):
        call = {"userId": "u", "event": "Same", "messageId": "m1"}
        assert each.door.post("/v1/track", call).status == 200
    assert server.wait_counted()
    assert (mine.door.events()["Same"], theirs.door.events()["Same"]) == (1, 1)


def test_a_key_and_a_token_do_not_open_each_others_doors(mine: Tenant) -> None:
    call = {"userId": "u", "event": "E"}
    assert mine.door.post("/v1/track", call, Authorization=f"Bearer {mine.door.token}").status == 401
    assert IngestKey.objects.filter(key=mine.door.token).count() == 0
