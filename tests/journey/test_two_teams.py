"""Two teams on one server: on no page, on no API path and with no key does one see anything of the other.

The walk goes over the address patterns of the program itself, so pages and paths made later are covered as well."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accoil.asgi import Server
from accoil.count.facts import open_facts
from accoil.team.models import ApiToken, IngestKey, Mapping
from tests.door import Answer, Door, ask, make_product
from tests.journey.tenants import Tenant, tenant

pytestmark = pytest.mark.xdist_group("two teams")


@pytest.fixture(scope="module")
def tenants(
    _running: Server, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Tenant, Tenant]:
    """Made once: nothing below may change what they have."""
    open_facts(_running.counting.facts)
    with django_db_blocker.unblock():
        folder = tmp_path_factory.mktemp("files")
        lion, zebra = (tenant(_running, make_product(_running), mark, folder) for mark in ("lion", "zebra"))
        return lion, zebra


@pytest.fixture
def mine(server: Server, tenants: tuple[Tenant, Tenant]) -> Tenant:
    return tenants[0]


@pytest.fixture
def theirs(server: Server, tenants: tuple[Tenant, Tenant]) -> Tenant:
    return tenants[1]


def signed_in(tenant: Tenant) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(tenant.user)
    return client


def addresses(resolver: URLResolver | None = None, before: str = "/") -> Iterator[str]:
    """Every address pattern of the program, as /p/<product_id>/users/<user_id>."""
    for pattern in (resolver or get_resolver()).url_patterns:
        here = before + re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", str(pattern.pattern)).lstrip("^")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, here)
        elif isinstance(pattern, URLPattern):
            of_account, of_user = ("accounts/<id>", "accounts/<account_id>"), ("users/<id>", "users/<user_id>")
            yield here.replace("<suffix>", "csv").replace(*of_account).replace(*of_user)


def filled(address: str, parts: dict[str, int | str]) -> str:
    return re.sub(r"<(\w+)>", lambda name: str(parts[name[1]]), address)


PAGES = sorted(address for address in addresses() if not address.startswith(("/api/", "/v1/", "/v2/", "/sign-in/")))
API = sorted(address for address in addresses() if address.startswith(("/api/v", "/v1/", "/v2/")))


def leaks(told: str, of: Tenant, asked: str = "") -> list[str]:
    """Secrets in an answer that were not in the question."""
    return [secret for secret in of.secrets if len(secret) > 3 and secret in told and secret not in asked]


def body(answer: HttpResponse) -> str:
    content: bytes = answer.getvalue() if answer.streaming else answer.content
    return content.decode("utf-8", "replace")


def rows(of: Tenant) -> list[dict[str, Any]]:
    """What somebody could change, but for when a key was last used."""
    found = [row for kind in (ApiToken, IngestKey, Mapping) for row in kind.objects.filter(product=of.product).values()]
    return [{**row, "last_seen_at": None} for row in found]


def api(tenant: Tenant, method: str, address: str) -> Answer:
    headers = {"Authorization": f"Bearer {tenant.door.token}"}
    return ask(tenant.door.address, method, address, b"{}" if method == "POST" else None, headers)


def test_the_walk_goes_somewhere() -> None:
    assert len([page for page in PAGES if "<product_id>" in page]) >= 12
    assert len(API) >= 10
    assert {name for address in PAGES + API for name in re.findall(r"<(\w+)>", address)} <= {
        "product_id", "profile_id", "workspace_id", "token_id", "key_id", "mapping_id", "watched_id", "import_id",
        "user_id", "account_id", "segment_id", "journey_id", "feature_id", "event_id",
        "tool", "automation_id", "address_id", "batch_id", "member_id", "invitation_id", "session_id", "secret",
        "erasure_id", "feed_id", "key",
    }, "a new kind of id in an address: give `Tenant.parts` one of each tenant"  # fmt: skip


@pytest.mark.parametrize("address", [page for page in PAGES if "<product_id>" in page])
def test_no_page_of_their_product_exists_for_me(mine: Tenant, theirs: Tenant, address: str) -> None:
    client, path = signed_in(mine), filled(address, theirs.parts)
    answers = [getattr(client, method)(path) for method in ("get", "post", "put", "delete")]
    assert {answer.status_code for answer in answers} <= {404, 405}
    assert 404 in {answer.status_code for answer in answers}
    assert not [leak for answer in answers for leak in leaks(body(answer), theirs, asked=path)]


@pytest.mark.parametrize("address", [page for page in PAGES if page.replace("<tool>", "").count("<") > 1])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_of_theirs_is_reached_through_my_product(
    mine: Tenant, theirs: Tenant, address: str, method: str
) -> None:
    path = filled(address, {**theirs.parts, "product_id": mine.parts["product_id"]})
    before = rows(theirs)
    answer: HttpResponse = getattr(signed_in(mine), method)(path)
    assert answer.status_code in (404, 405)
    assert not leaks(body(answer), theirs, asked=path)
    assert rows(theirs) == before


@pytest.mark.parametrize("address", PAGES)
def test_my_own_pages_tell_nothing_of_them(mine: Tenant, theirs: Tenant, address: str) -> None:
    client = signed_in(mine)
    for name, asked in (("profile", "profile_id"), ("account", "account_id"), ("workspace_id", "workspace_id")):
        path = f"{filled(address, mine.parts)}?{name}={theirs.parts[asked]}"
        answer: HttpResponse = client.get(path, follow=True)
        assert answer.status_code < 500
        assert not leaks(body(answer), theirs, asked=path)


def test_a_search_finds_mine_alone(mine: Tenant, theirs: Tenant) -> None:
    for page in ("users", "accounts"):
        answer: HttpResponse = signed_in(mine).get(f"/p/{mine.product.pk}/{page}?q=zebra&search=zebra")
        assert answer.status_code == 200
        assert not re.search("zebra (user|Ann|account|Inc)", body(answer))


@pytest.mark.parametrize("address", PAGES)
def test_a_stranger_sees_nothing(mine: Tenant, address: str) -> None:
    path = filled(address, mine.parts)
    answer: HttpResponse = Client(raise_request_exception=False).get(path, follow=True)
    assert answer.status_code < 500
    assert not leaks(body(answer), mine, asked=path)


@pytest.mark.parametrize("address", API)
def test_my_token_opens_nothing_of_theirs(mine: Tenant, theirs: Tenant, address: str) -> None:
    needs_profile = api(mine, "GET", filled(address, mine.parts)).status == 400
    for ids_of in (mine, theirs):
        for profile_of in (mine, theirs):
            path = f"{filled(address, ids_of.parts)}?workspace_id={profile_of.parts['workspace_id']}"
            for method in ("GET", "POST"):
                answer = api(mine, method, path)
                assert not leaks(answer.body.decode(), theirs, asked=path)
                if (ids_of is theirs and "<" in address) or (profile_of is theirs and needs_profile):
                    assert answer.status in (404, 405), answer


GOOD_FOR_NOTHING = ("", "Bearer ", "Bearer accoil_", "Bearer KEY", "Basic TOKEN", "Bearer TOKENx", "TOKEN")


@pytest.mark.parametrize("address", API)
def test_without_a_good_token_the_api_tells_nothing(mine: Tenant, address: str) -> None:
    for authorization in GOOD_FOR_NOTHING:
        header = authorization.replace("KEY", mine.door.key).replace("TOKEN", mine.door.token)
        path = f"{filled(address, mine.parts)}?workspace_id={mine.parts['workspace_id']}"
        method, sent = ("POST", b"{}") if address.endswith("what_if") else ("GET", None)
        answer = ask(mine.door.address, method, path, sent, {"Authorization": header} if header else {})
        assert answer.status == 401, (authorization, answer)
        assert not leaks(answer.body.decode(), mine, asked=path)


def test_mine_is_reached_by_the_same_walk(mine: Tenant) -> None:
    """Else all of the above would prove nothing."""
    client = signed_in(mine)
    pages = [client.get(filled(address, mine.parts)) for address in PAGES if "<product_id>" in address]
    assert len([page for page in pages if page.status_code == 200 and "lion" in body(page)]) >= 9
    for address in (each for each in API if not each.endswith("what_if")):
        asked = f"workspace_id={mine.parts['workspace_id']}&id={mine.parts['account_id']}&limit=100"
        answer = api(mine, "GET", f"{filled(address, mine.parts)}?{asked}")
        assert answer.status == 200, answer
        assert b"lion" in answer.body or b'"raw":15' in answer.body  # a history tells no names


def test_what_comes_in_by_my_key_never_lands_with_them(server: Server, mine: Tenant, theirs: Tenant) -> None:
    before = theirs.door.counts()
    call = {"userId": "zebra user", "event": "zebra event", "groupId": "zebra account", "writeKey": theirs.door.key}
    other = make_product(server)
    for path in ("/v1/track", "/v2/track", f"/v1/track?writeKey={theirs.door.key}"):
        assert other.post(path, call).status < 300
    batch = {"batch": [{"type": "track", **call}], "writeKey": theirs.door.key}
    assert other.post("/v1/batch", batch).status == 200
    assert server.wait_counted()
    assert theirs.door.counts() == before
    assert other.events() == {"zebra event": 4}


def test_one_message_id_is_a_message_of_each(server: Server, new_product: Callable[[], Door]) -> None:
    one, other = new_product(), new_product()
    for each in (one, other, one):
        assert each.post("/v1/track", {"userId": "u", "event": "Same", "messageId": "m1"}).status == 200
    assert server.wait_counted()
    assert one.events() == other.events() == {"Same": 1}


def test_a_key_and_a_token_do_not_open_each_others_doors(mine: Tenant) -> None:
    call = {"userId": "u", "event": "E"}
    assert mine.door.post("/v1/track", call, Authorization=f"Bearer {mine.door.token}").status == 401
    assert (
        ask(mine.door.address, "GET", "/api/v2/workspaces", None, {"Authorization": f"Bearer {mine.door.key}"}).status
        == 401
    )
