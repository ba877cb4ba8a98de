"""The widget as Intercom calls it: real HTTP to a whole server, two teams on it."""

import hmac
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from accoil.connect.models import Connection, State
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.show.inbox import books
from accoil.show.inbox import desk as desks
from accoil.show.inbox.answering import Answer as Answered
from accoil.team.models import Product
from tests.door import Answer, Door, ask
from tests.inbox.conftest import body
from tests.intercom import running
from tests.intercom.canvas import check_canvas
from tests.waiting import until

SECRET = "shared-by-nobody"


class Team:
    """A team whose product knows Ann of acme, and whose Intercom is connected."""

    def __init__(self, door: Door, server: Any) -> None:
        self.door, self.workspace = door, f"ws-{door.product_id}"
        product = Product.objects.get(pk=door.product_id)
        self.profile = Profile.create(product, f"Of {door.product_id}", Definition(events={"Report_Created": 9}))
        self.connection = Connection(team=product.team, tool="intercom", workspace=self.workspace)
        self.connection.secrets = {"client_secret": SECRET + self.workspace}
        self.connection.save()
        self.tell({"type": "identify", "userId": "ann", "traits": {"email": "ann@acme.example", "name": "Ann"}})
        self.tell({"type": "group", "userId": "ann", "groupId": "acme", "traits": {"name": f"Acme {door.product_id}"}})
        self.tell({"type": "track", "userId": "ann", "event": "Report_Created"})
        assert server.wait_counted()

    def tell(self, call: dict[str, Any]) -> None:
        assert self.door.post("/v1/batch", {"batch": [call]}).status == 200

    def open(self, raw: bytes | None = None, secret: str = "", path: str = "initialize", **headers: str) -> Answer:
        raw = raw or body(self.workspace, {"id": "c1", "email": "ann@acme.example"})
        key = (secret or SECRET + self.workspace).encode()
        signature = {"X-Body-Signature": hmac.new(key, raw, "sha256").hexdigest()}
        return ask(self.door.address, "POST", f"/intercom/{path}", raw, {**signature, **headers})


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A machine that is busy with other things is no fault of the widget's."""
    monkeypatch.setattr(desks, "HARD_STOP", 30.0)


@pytest.fixture
def team(door, server) -> Team:
    return Team(door, server)


@pytest.fixture
def other(new_product, server) -> Team:
    return Team(new_product(), server)


def words(answer: Answer) -> str:
    assert answer.status == 200, answer
    check_canvas("submit_response", answer.json())
    return json.dumps(answer.json()["canvas"]["content"], ensure_ascii=False)


def test_a_conversation_that_is_opened_shows_the_account_and_the_way_there(team):
    told = words(team.open())
    assert f"Acme {team.door.product_id}" in told and "Engagement" in told
    assert f"{team.door.address}/p/{team.door.product_id}/accounts/" in told


def test_what_was_done_a_moment_ago_is_in_the_numbers(team, server):
    told = words(team.open(path="submit"))
    team.tell({"type": "track", "userId": "ann", "event": "Brand_New"})
    assert server.wait_counted()
    assert "Brand New" not in told
    raw = body(team.workspace, {"id": "c1", "external_id": "ann"}, component_id="tab", input_values={"tab": "user"})
    assert "Brand New" in words(team.open(raw, path="submit"))


@pytest.mark.parametrize("secret", ["wrong", f"{SECRET}ws-0"])
def test_a_wrong_signature_is_refused_and_told_nothing(team, secret):
    answer = team.open(secret=secret)
    assert answer.status == 401 and answer.code == "unauthorized"
    assert b"Acme" not in answer.body


def test_a_call_without_a_signature_or_with_changed_bytes_is_refused(team):
    raw = body(team.workspace, {"id": "c1", "email": "ann@acme.example"})
    assert ask(team.door.address, "POST", "/intercom/initialize", raw, {}).status == 401
    right = {"X-Body-Signature": hmac.new((SECRET + team.workspace).encode(), raw, "sha256").hexdigest()}
    again = json.dumps(json.loads(raw), indent=1).encode()
    assert ask(team.door.address, "POST", "/intercom/initialize", again, right).status == 401
    assert ask(team.door.address, "POST", "/intercom/initialize", raw, right).status == 200


def test_a_team_never_sees_what_another_team_knows_of_the_same_person(team, other):
    assert f"Acme {other.door.product_id}" not in words(team.open())
    assert f"Acme {team.door.product_id}" not in words(other.open())
    as_the_other = body(team.workspace, {"id": "c1", "email": "ann@acme.example"})
    assert other.open(as_the_other).status == 401, "signed with another workspace's secret"


def test_what_a_canvas_is_said_to_hold_opens_no_door_to_another_team(team, other):
    theirs = {"product": str(other.door.product_id), "profile": str(other.profile.pk), "account": "1"}
    raw = body(
        team.workspace, {"id": "c1", "email": "ann@acme.example"},
        component_id=f"pick:profile:{other.profile.pk}", input_values=theirs,
        current_canvas={"content": {"components": []}, "stored_data": theirs},
    )  # fmt: skip
    told = words(team.open(raw, path="submit"))
    assert f"Acme {team.door.product_id}" in told
    assert f"Acme {other.door.product_id}" not in told and other.profile.name not in told


def test_a_disconnected_workspace_is_refused_and_one_that_needs_reconnecting_still_answers(team):
    Connection.objects.filter(pk=team.connection.pk).update(state=State.NEEDS_RECONNECT)
    assert "Engagement" in words(team.open())
    for state in (State.DISCONNECTING, State.DISCONNECTED):
        Connection.objects.filter(pk=team.connection.pk).update(state=state)
        assert team.open().status == 401


NONSENSE = [
    {"contact": None},
    {"contact": {"email": ["a"], "external_id": {"x": 1}, "id": 7}},
    {"contact": {"email": "ann@acme.example\x00"}},
    {"contact": {"external_id": "🦊" * 500, "id": "\0"}, "admin": {"id": "\0", "email": "\0"}},
    {"contact": {"email": "ann@acme.example"}, "admin": "me", "input_values": [1], "current_canvas": 3},
    {"contact": {"email": "ann@acme.example"}, "component_id": "list:profile:99999999999999999999"},
    {"contact": {"email": "ann@acme.example"}, "component_id": "pick:product:²"},
    {"contact": {"email": "ann@acme.example"}, "component_id": "list:account:1", "input_values": {"tab": "root"}},
    {"contact": {"email": "ann@acme.example"}, "input_values": {"account": "9" * 400, "profile": "-1"}},
    {"contact": {"email": "ann@acme.example"}, "current_canvas": {"stored_data": {"v": 2, "tab": 1, "product": None}}},
]


@pytest.mark.parametrize("path", ["initialize", "submit"])
@pytest.mark.parametrize("nonsense", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_that_is_signed_is_answered_with_a_canvas(team, nonsense, path):
    raw = json.dumps({"workspace_id": team.workspace, **nonsense}).encode()
    words(team.open(raw, path=path))


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"\xff\xfe", b'{"workspace_id": 5}', b'{"workspace_id": "\\u0000"}', b"[" * 100_000]
)
def test_what_names_no_workspace_is_refused(team, raw):
    answer = ask(team.door.address, "POST", "/intercom/initialize", raw, {"X-Body-Signature": "0" * 64})
    assert answer.status == 401


@pytest.mark.parametrize("nested", [False, True])
def test_the_stand_in_for_intercom_opens_it_and_turns_its_tabs(team, nested):
    with running() as intercom:
        intercom.workspace.id_code = team.workspace
        team.connection.secrets = {"client_secret": intercom.client_secret}
        team.connection.save()
        ann = intercom.workspace.contact("ann@acme.example", name="Ann")
        canvas = intercom.signer.initialize(team.door.address, ann).json()["canvas"]
        for tab, word in {"account": "Users", "user": "Adoption, ever", "info": "What the numbers mean"}.items():
            ask = (team.door.address, ann, "tab", canvas, {"tab": tab})
            answer = intercom.signer.submit(*ask, nested=nested)
            assert word in words(answer)
            canvas = answer.json()["canvas"]
        assert intercom.signer.initialize(team.door.address, ann, secret="another").status == 401


def test_only_a_post_is_an_open(team):
    assert ask(team.door.address, "GET", "/intercom/initialize", None, {}).status == 405


def test_200_conversations_that_are_opened_at_once_are_all_answered(team, other):
    with ThreadPoolExecutor(50) as pool:
        opens = [pool.submit((team if number % 2 else other).open) for number in range(200)]
        answers = [words(each.result()) for each in opens]
    for number, told in enumerate(answers):
        mine, theirs = (team, other) if number % 2 else (other, team)
        assert f"Acme {mine.door.product_id}" in told and f"Acme {theirs.door.product_id}" not in told


def test_a_teammate_is_told_to_try_again_when_numbers_do_not_come_in_time(team, monkeypatch):
    words(team.open())
    going_on = threading.Event()
    monkeypatch.setattr(desks, "answer", lambda books, calls: [Answered(None)] * (going_on.wait(30) and len(calls)))
    monkeypatch.setattr(desks, "HARD_STOP", 0.3)
    began = time.monotonic()
    try:
        assert "That took too long" in words(team.open())
        assert time.monotonic() - began < 3
    finally:
        going_on.set()


@pytest.fixture
def slow_books(monkeypatch) -> Iterator[threading.Event]:
    """No book is made before the event is set."""
    make, going_on = books.open_book, threading.Event()

    def slowly(*asked: Any) -> Any:
        going_on.wait(30)
        return make(*asked)

    monkeypatch.setattr(books, "open_book", slowly)
    yield going_on
    going_on.set()


def test_a_book_that_is_still_being_made_is_told_of(team, slow_books, monkeypatch):
    monkeypatch.setattr(desks, "HARD_STOP", 0.3)
    until(lambda: "Still counting" in words(team.open()))
    slow_books.set()
    monkeypatch.setattr(desks, "HARD_STOP", 30)
    assert "Engagement" in words(team.open())


def test_older_numbers_are_shown_where_newer_ones_take_long(team, server, request, monkeypatch):
    words(team.open())
    request.getfixturevalue("slow_books")
    team.tell({"type": "track", "userId": "ann", "event": "Report_Created"})
    assert server.wait_counted()
    monkeypatch.setattr(books, "RECENT", 0.0)
    assert "Engagement" in words(team.open())


def test_a_fault_of_ours_shows_a_teammate_no_error(team, monkeypatch, caplog):
    from accoil.show.inbox import answering

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(answering, "choose", broken)
    assert "Try again" in words(team.open())


def test_older_numbers_are_shown_also_where_the_call_waited_long_before_it_was_looked_at(
    team, server, request, monkeypatch
):
    words(team.open())
    request.getfixturevalue("slow_books")
    team.tell({"type": "track", "userId": "ann", "event": "Report_Created"})
    assert server.wait_counted()
    monkeypatch.setattr(books, "RECENT", 0.0)
    monkeypatch.setattr(desks, "PATIENCE", 0.0)
    assert "Engagement" in words(team.open())
