"""The debugger's page: the last calls, what became of them, found and filtered; nothing jumps under who reads."""

import re
from collections.abc import Sequence

import msgspec
import pytest

from accoil.receive.calls import EVENT, GROUP, IDENTIFY, Call, Context, Library, Rejected
from accoil.receive.columns import Request, table
from accoil.receive.debugger import Debugger, open_debugger
from accoil.receive.keys import Key
from tests.show.reading import main, words
from tests.small_worlds import at


@pytest.fixture
def debugger():
    made = Debugger()
    open_debugger(made)
    yield made
    open_debugger(Debugger())


@pytest.fixture
def home(world) -> str:
    return f"/p/{world.web.pk}/settings/debugger"


@pytest.fixture
def send(busy, debugger, engine):
    """Sends calls by the product's key: on disk, counted, and seen."""

    def sent(*calls: Call, rejected: Sequence[Rejected] = (), received: int = at(31, 12)) -> None:
        product = busy.web
        key = Key(product.ingest_keys.get().pk, product.pk)
        engine.journal._commit(table([Request(product.pk, received, list(calls), key.id)]))
        engine.loader.catch_up()
        debugger.saw(key, "/v1/batch", received, list(calls), list(rejected), "curl/8.5")

    return sent


def event(name: str = "Report_Created", user: str | None = "ann", message: str = "m", when: int = at(31, 12)) -> Call:
    return Call(type="track", kind=EVENT, event=name, userId=user, messageId=message, at=when, anonymousId="anon-1")


def part(client, address: str, **query: str) -> str:
    answer = client.get(address, query, headers={"HX-Request": "true"})
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def test_before_anything_arrived_it_says_what_will_be_here(ann, home, debugger):
    page = main(ann.get(home))
    assert "Nothing has arrived since the server started." in page
    assert "Send one" in page


def test_an_accepted_event_is_shown_with_its_user_account_and_library(ann, home, send):
    send(event())
    page = main(ann.get(home))
    assert "The one call that arrived was accepted." in page
    assert "12:00:00 Accepted track Report_Created ann · acme curl" in page
    assert "It is on disk and in every number." in page
    assert "acme by membership" in page


def test_each_fate_is_told_with_what_to_do(ann, home, send):
    send(event(message="a"), event(user="una", message="b"), event(user=None, message="c"))
    send(
        event(message="a"),
        event(message="d", when=at(20)),
        rejected=[Rejected(2, "invalid_event", "`userId` is missing: say who did it.")],
    )
    page = main(ann.get(home))
    assert "Of the last 6 calls, 1 was rejected, 1 came from somebody without an account and 1 was anonymous." in page
    assert "All 6 Accepted 1 Rejected 1 No account 1 Anonymous 1 Late 1 Duplicate 1" in page
    assert "Pass the id your own database has for the person" in page
    assert "counted for Friday 20 March, 11 days before it arrived" in page


def test_what_an_anonymous_person_did_is_somebodys_once_he_is_known(ann, home, send):
    send(event("Pricing_Viewed", user=None, message="a"))
    assert "Anonymous track Pricing_Viewed anon-1" in main(ann.get(home))
    send(Call(type="identify", kind=IDENTIFY, userId="bob", anonymousId="anon-1", messageId="i", at=at(31)))
    page = main(ann.get(home))
    assert "Accepted track Pricing_Viewed bob · acme" in page
    assert "bob by the anonymous id" in page


def test_of_two_with_one_message_id_the_second_is_the_duplicate(ann, home, send):
    send(event("First", message="same"))
    send(event("Again", message="same"), received=at(31, 13))
    send(event("Twin", message="twin"), event("Other_twin", message="twin"), received=at(31, 14))
    page = main(ann.get(home))
    for line in ("Accepted track First", "Duplicate track Again", "Accepted track Twin", "Duplicate track Other_twin"):
        assert line in page


def test_a_refused_request_is_shown(ann, home, world, debugger):
    key = Key(world.web.ingest_keys.get().pk, world.web.pk)
    debugger.refused(key, "/v1/batch", at(31), 413, "payload_too_large", "Send at most 5 MB.", "curl/8.5")
    page = main(ann.get(home))
    assert "Refused request 413 The request is too large" in page
    assert "Send at most 5 MB." in page
    assert "1 was refused" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"text": "report"}, ["Report_Created"]),
        ({"text": "BOB"}, ["Dashboard_Viewed"]),
        ({"text": "amount"}, ["Report_Created"]),
        ({"type": "identify"}, ["cleo"]),
        ({"outcome": "unattributed"}, ["Una_Did"]),
        (
            {"key": "0", "outcome": "nonsense", "type": "?", "shown": "x"},
            ["cleo", "Una_Did", "Dashboard_Viewed", "Report_Created"],
        ),
        ({"key": "999999"}, []),
    ],
)
def test_the_list_is_filtered(ann, home, send, query, found):
    report = event(message="1")
    report.properties = msgspec.Raw(b'{"amount": 12}')
    send(report, event("Dashboard_Viewed", "bob", "2"), event("Una_Did", "una", "3"))
    send(Call(type="identify", kind=IDENTIFY, userId="cleo", messageId="4", at=at(31)))
    content = ann.get(home, query).content.decode()
    assert re.findall(r'class="name">([^<]*)<', content) == found


def test_values_of_traits_are_nowhere_on_the_page(ann, home, send):
    traits = {"plan": "Topsecret", "name": "Hidden Ltd"}
    pairs = [(key, f'"{value}"') for key, value in traits.items()]
    group = Call(type="group", kind=GROUP, userId="ann", groupId="acme", messageId="g", at=at(31), pairs=pairs)
    group.traits, group.context = traits, Context(library=Library("sdk"))
    send(group)
    page = ann.get(home).content.decode()
    assert "plan" in page
    assert "Topsecret" not in page
    assert "Hidden" not in page


def test_while_nothing_new_arrives_the_page_is_left_alone(ann, home, send):
    send(event())
    known = re.search(r"known=([\d-]+)", ann.get(home).content.decode())[1]
    assert part(ann, home, known=known) == "204"
    send(event("New_One", message="n"))
    assert "New_One" in part(ann, home, known=known)


def test_whoever_reads_is_only_told_how_many_are_new(ann, home, send):
    send(event())
    known = re.search(r"known=([\d-]+)", ann.get(home).content.decode())[1]
    send(event("New_One", message="n"), event("New_Two", message="o"))
    answer = ann.get(home, {"known": known, "hold": "1"}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Retarget"] == "#news"
    assert words(answer) == "2 new calls · Show"


def test_a_paused_page_asks_for_the_number_alone(ann, home, send):
    send(event())
    page = ann.get(home, {"paused": "1"})
    assert "hold=1" in page.content.decode()
    assert "Paused Go on" in main(page)
    assert "hold=1" not in ann.get(home).content.decode()


def test_more_than_a_hundred_are_shown_on_demand(ann, home, send):
    send(*[event(message=f"m{number}") for number in range(150)])
    first = ann.get(home)
    assert first.content.decode().count('<li id="call-') == 50
    assert "50 of 150" in main(first)
    assert ann.get(home, {"shown": "200"}).content.decode().count('<li id="call-') == 150


def test_every_member_may_look_and_nobody_else(bob, eve, home, send):
    send(event())
    assert bob.get(home).status_code == 200
    assert eve.get(home).status_code == 404


def test_requests_of_unknown_keys_are_told_where_there_is_one_team(ann, world, home, debugger):
    debugger.refused(None, "/v1/batch", at(31), 401, "invalid_write_key", "No product has it.", "curl/8.5")
    assert "refused (401)" not in main(ann.get(home))
    world.evil.team.delete()
    assert "1 request came without a key, or with one that no product has, and was refused (401)." in main(
        ann.get(home)
    )


def test_an_answer_that_a_newer_search_overtook_is_set_right_by_the_next(ann, home, send):
    send(event("First_Seen", message="a"), event("Second_Seen", message="b"))
    known = re.search(r"known=([\d-]+)", part(ann, home))[1]
    assert part(ann, home, known=known) == "204"
    found = part(ann, home, known=known, text="second")
    assert "Second_Seen" in found
    assert "First_Seen" not in found
