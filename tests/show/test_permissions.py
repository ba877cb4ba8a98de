"""Every address, in every role, against the one table; and a line in the audit log for what changes something."""

import functools
import re
import time
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from accoil import importing
from accoil.act.models import Feed
from accoil.count.facts import open_facts
from accoil.show.permissions import BY_THEMSELVES, OF_THE_API, TABLE, Action, Who, page
from accoil.team.audit import AuditLine
from accoil.team.models import User
from tests.receive.importing import past
from tests.receive.importing.running import open_imports
from tests.show.places import NEW, PASSWORD, Places, addresses, with_codes
from tests.show.test_imports import newest, upload
from tests.waiting import until

ROLES = {
    "owner": Who.OWNER,
    "manager": Who.MANAGER,
    "member": Who.MEMBER,
    "outsider": Who.PERSON,
    "nobody": Who.ANYBODY,
}
NAMED = [(action.name, action.how) for action in TABLE]


@pytest.fixture
def places(busy, engine, settings, tmp_path, monkeypatch) -> Iterator[Places]:
    settings.DATA = tmp_path / "data"
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.2/32")]
    settings.INTERCOM_CLIENT_ID, settings.INTERCOM_CLIENT_SECRET = "id", "secret"
    with open_imports(settings.DATA) as (imports, _):
        monkeypatch.setattr(importing, "_own", imports)
        open_facts(engine.facts)  # the imports have facts of their own
        made = Places(busy)
        client, path = browser(busy.ann), made.path("imports")
        upload(client, path, ("past.csv", long_past()))
        until(lambda: newest(imports, busy).line > 20_000)
        client.post(f"{path}/{newest(imports, busy).id}/stop")
        until(lambda: newest(imports, busy).is_finished)
        for name in ("stop-import", "go-on-import", "delete-import", "import-errors"):
            made.arguments[name] = [newest(imports, busy).id]
        yield made


@functools.cache
def long_past() -> bytes:
    """More than is read until somebody stops it; the first row can't be used."""
    head, rest = past.as_csv(past.rows(100_000)).split(b"\n", 1)
    return head + b"\n,,,\n" + rest


def browser(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    return client


def of_role(places: Places, role: str) -> User | None:
    people = {"owner": places.busy.ann, "manager": places.mia, "member": places.busy.bob, "outsider": places.busy.eve}
    return people.get(role)


def expected(places: Places, action: Action, role: str) -> str:
    if action.who is Who.ANYBODY or (action.who is Who.PERSON and role != "nobody"):
        return "in"
    if role == "nobody":
        return "to sign-in"
    if role == "outsider":
        return "not found"
    return "in" if ROLES[role] >= action.who else "no"


def said(places: Places, action: Action, user: User | None) -> str:
    client, path = browser(user), places.path(action.name)
    if action.how == "see":
        answer = client.get(path)
    else:
        sent = places.sent(action.name, client) if user else {}
        do = {"save": {"do": "save"}, "ask": {"do": "check"}}.get(action.how, {})
        answer = client.post(path, sent | do)
    assert answer.status_code < 500, f"{action}: {answer.status_code}"
    if answer.headers.get("Location", "").startswith("/sign-in/?next"):
        return "to sign-in"
    return {403: "no", 404: "not found"}.get(answer.status_code, "in")


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_each_role_as_the_table_says_and_what_changes_something_writes_one_line(
    places, role, settings
):
    wrong = {}
    for action in TABLE:
        user = of_role(places, role)
        if action.name == "leave-team" and role == "owner":
            user = places.mia  # the only owner cannot go
        with transaction.atomic():
            prepare(places, action, user, settings)
            before = AuditLine.objects.count()
            told = said(places, action, user)
            written = list(AuditLine.objects.all()[: AuditLine.objects.count() - before])
            lines = [(line.team, line.who) for line in written]
            if shown := [line.what for line in written if LIKE_A_SECRET.search(line.what)]:
                wrong[action.name, action.how] = f"in the audit log: {shown}"
            transaction.set_rollback(True)
        allowed = expected(places, action, role)
        if told != allowed and not (allowed == "in" and action.name in NOT_THERE):
            wrong[action.name, action.how] = f"{told} instead of {allowed}"
        writes = user and action.changes and allowed == "in" and action.name not in ELSEWHERE
        if lines != ([(user.memberships.get().team, user.email)] if writes else []):
            wrong[action.name, action.how] = f"lines: {lines}"
    assert wrong == {}


# Passwords and codes of these tests, and whatever is long and random: keys, tokens, links.
LIKE_A_SECRET = re.compile(rf"{PASSWORD}|{NEW}|\d{{6}}|(?=\S*\d)(?=\S*[a-z])[\w+/=-]{{18,}}")

# These say 404 where nothing is to be seen: no such link, page in debug only, no provider to sign in with.
NOT_THERE = ("account_confirm_email", "style", "openid-begin", "openid-done")
# What signing in, taking an invitation and connecting write down is tested beside them.
ELSEWHERE = {action.name for action in TABLE if action.who is Who.ANYBODY} - {"account_logout"} | {"connect-tool"}
ELSEWHERE |= {"connection-segment-lists"}  # without HubSpot none is made


def prepare(places: Places, action: Action, user: User | None, settings) -> None:
    """What must be there for that action alone."""
    cache.clear()
    if (action.name == "confirm-address") != settings.MAIL_IS_SENT:  # each change is one more layer to look through
        settings.MAIL_IS_SENT = not settings.MAIL_IS_SENT
    if action.name.endswith("-feed") and user:
        Feed.objects.update(author=user, is_shared=False)
    if user and action.name in ("code-off", "recovery-codes"):
        with_codes(user)
    if user and action.name == "end-session":
        session = UserSession.objects.create(user=user, ip="127.0.0.1", session_key=f"k{time.time()}", user_agent="x")
        places.arguments["end-session"] = [session.pk]
    if action.name == "delete-import":  # it may have been gone on with
        desk, [id] = importing.running(), places.arguments[action.name]
        if not desk.get(id).is_finished:
            desk.stop(id)
            until(lambda: desk.get(id).is_finished)
    if action.name == "retry-automation":
        places.failed_once()


def test_every_address_is_in_the_table():
    listed = {action.name for action in TABLE} | set(BY_THEMSELVES)
    missing = [route for spaces, name, route in addresses() if name not in listed and not set(spaces) & set(OF_THE_API)]
    assert missing == []


def test_the_table_names_nothing_that_is_not_there():
    known = {name for spaces, name, _ in addresses() if not set(spaces) & set(OF_THE_API)}
    assert {action.name for action in TABLE} | set(BY_THEMSELVES) == known


def test_an_address_outside_the_table_answers_nobody(ann, monkeypatch):
    monkeypatch.setattr("accoil.show.guard.hows", lambda name: [])
    assert ann.get("/you").status_code == 403


def test_what_an_address_does_not_do_is_refused(ann, busy):
    home = f"/p/{busy.web.pk}"
    assert ann.post(f"{home}/").status_code == 405
    assert ann.get(f"{home}/settings/tokens").status_code == 405
    assert ann.delete(f"{home}/settings").status_code == 405


def test_a_line_says_who_what_when_and_from_where(ann, busy):
    ann.post(f"/p/{busy.web.pk}/settings/time-zone", {"time_zone": "Asia/Tokyo"}, REMOTE_ADDR="192.0.2.7")
    [line] = AuditLine.objects.all()
    assert (line.team, line.user, line.who, line.action) == (busy.web.team, busy.ann, "ann@example.com", "time-zone")
    assert (line.what, line.address) == ("Days now begin at midnight in Asia/Tokyo.", "192.0.2.7")


def test_what_was_refused_is_no_change(ann, bob, eve, busy):
    zone = f"/p/{busy.web.pk}/settings/time-zone"
    assert ann.post(zone, {"time_zone": "Mars"}).status_code == 422
    assert bob.post(zone, {"time_zone": "Asia/Tokyo"}).status_code == 403
    assert eve.post(zone, {"time_zone": "Asia/Tokyo"}).status_code == 404
    assert not AuditLine.objects.exists()


def test_the_read_api_asks_for_a_token_whoever_is_signed_in(ann, busy):
    asked = [route for spaces, _, route in addresses() if set(spaces) & set(OF_THE_API) and "openapi" not in route]
    for route in asked:
        path = route.replace("<int:workspace_id>", "1").replace("<int:account_id>", "1").replace("<int:user_id>", "1")
        path = path.replace("<int:segment_id>", "1").replace("<suffix>", "csv")
        answer = ann.post(path) if path.endswith("what_if") else ann.get(path)
        if not path.endswith(("/api/", "/")):
            assert answer.status_code == 401, path


def test_the_page_of_the_documentation_is_made_from_the_table():
    kept = Path(__file__).parents[2] / "docs" / "reference" / "permissions.md"
    assert kept.read_text() == page(), "python -m accoil.show.permissions > docs/reference/permissions.md"


def test_the_audit_page_is_in_the_menu_of_owners_alone(ann, bob, busy):
    home = f"/p/{busy.web.pk}/settings"
    assert b"settings/audit" in ann.get(home).content
    assert b"settings/audit" not in bob.get(home).content
    assert (ann.get(f"{home}/audit").status_code, bob.get(f"{home}/audit").status_code) == (200, 403)
