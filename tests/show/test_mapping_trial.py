"""Settings > Mappings: a call is tried on what is in force and on the draft."""

import json
import re
import time
from collections.abc import Iterator

import pytest

from accoil.receive import lenient, steps
from accoil.receive.debugger import Debugger, open_debugger
from accoil.receive.keys import Key
from tests.show.mapping_pages import TRACK, form, named, part
from tests.show.reading import main


@pytest.fixture
def home(world) -> str:
    return f"/p/{world.web.pk}/settings/mappings"


def test_a_call_is_tried_on_what_is_in_force(ann, world, home, renaming):
    told = part(ann, f"{home}/try", {"call": json.dumps(TRACK)})
    assert "1 call counts." in told
    assert "Counts Report_Created of user u1, on" in told
    assert "Reports makes of it:" in told
    assert '"event": "Report_Created"' in told
    assert "5 mappings do not take it" in told
    ann.post(f"{home}/page/do", {"do": "off"})
    told = part(ann, f"{home}/try", {"call": '{"type": "page", "userId": "u1"}'})
    assert "Nothing counts: the call is dropped." in told
    assert "Page Calls (off)" in told


def test_a_call_is_tried_on_the_draft(ann, world, home, renaming):
    sent = form(world, "Reports", action="group", field_groupId="$.properties.team", do="", call=json.dumps(TRACK))
    told = part(ann, f"{home}/{named(world, 'Reports').id}", {**sent, "shown": "group"})
    assert "Nothing counts: the call is refused." in told
    assert (
        "Reports this one takes it and can make nothing of it. "
        "Group ID is required, and $.properties.team finds none." in told
    )
    broken = part(ann, f"{home}/{named(world, 'Reports').id}", {**sent, "trigger": "x ="})
    assert "This mapping can't act until it is mended." in broken
    assert named(world, "Reports").action == "track"


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("{", "This is not JSON: Expecting property name enclosed in double quotes (line 1, column 2)."),
        ("[]", "This is a list of 0; paste one call of it."),
        ('{"batch": [1, 2]}', "This is a list of 2; paste one call of it."),
        ("5", "A call is a JSON object"),
        ('{"event": "x"}', "The call has no type"),
        ("[" * 100_000, "nested more than 100 levels deep"),
        ("x" * 100_001, "This has 100,001 characters"),
        ("", "Paste a call"),
        ('{"type": "delete"}', "`type` must be identify, group"),
        ('{"type": "track", "event": "x"}', "`userId` is missing: say who did it."),
        ('{"type": "track", "event": "x", "anonymousId": "a9"}', "Counts x of somebody unknown (a9), on"),
        ('{"type": "alias", "userId": "u1", "previousId": "a9"}', "From now on a9 is user u1."),
        ('{"type": "page", "userId": "u1", "groupId": "g"}', "Counts Viewed Page of user u1, in account g, on"),
        ('{"type": "identify", "userId": "u1"}', "Makes user u1 known."),
        ('[{"type": "group", "groupId": "g", "userId": "u", "traits": {"b": 1, "a": 2}}]',
         "Sets b and a of account g, and puts user u into it."),
        ('{"type": "track", "event": "x", "userId": true}', "`userId` must be text or a number."),
        ('{"type": "identify", "userId": "u", "groupTraits": [{"groupId": "a"}, {"groupId": "b"}]}', "3 calls count."),
    ],
)  # fmt: skip
def test_what_would_count_is_said_in_words(ann, home, call: str, sentence: str):
    assert sentence in part(ann, f"{home}/try", {"call": call})


@pytest.mark.parametrize("example", ["track", "identify", "group", "page", "screen"])
def test_every_example_counts_under_the_presets(ann, home, example: str):
    told = part(ann, f"{home}/try", {"call": "", "example": example})
    assert "1 call counts." in told
    assert f"{example.title()} Calls takes it as it came." in told


@pytest.fixture
def lately(world) -> Iterator[Debugger]:
    """What came in lately."""
    seen = Debugger()
    open_debugger(seen)
    body = {"batch": [
        {**TRACK, "properties": {"format": "pdf", "rows": 5}, "context": {"groupId": "acme"}},
        {**TRACK, "messageId": "m2"},
        {"type": "page", "userId": "u2", "name": "Home"},
        {"type": "identify", "userId": "u2", "traits": {"plan": "secret"}},
    ]}  # fmt: skip
    read = lenient.decode(json.dumps(body).encode(), batch=True)
    now = int(time.time() * 1000)
    key = Key(1, world.web.pk)
    seen.saw(key, "/v1/batch", now, steps.run(read, steps.Arrival(now)), read.rejected, "curl")
    yield seen
    open_debugger(Debugger())


def test_a_call_that_came_in_lately_is_tried_by_its_names(ann, home, renaming, lately):
    page = ann.get(home).content.decode()
    offered = dict(re.findall(r'name="recent" value="(\d+)"[^>]*>([^<]+)<', page))
    assert list(offered.values()) == ["identify", "Viewed Home", "report.created"]
    number = {label: number for number, label in offered.items()}
    told = part(ann, f"{home}/try", {"call": "", "recent": number["identify"]})
    assert '"plan": "…"' in told
    assert "secret" not in told
    assert "Sets plan of user u2." in told
    assert "Counts Viewed Home of user u2" in part(ann, f"{home}/try", {"call": "", "recent": number["Viewed Home"]})
    told = part(ann, f"{home}/new", {"call": "", "recent": number["report.created"]})
    assert "Counts Report_Created of user u1" in told


def test_without_script_trying_and_checking_are_whole_pages(ann, world, home):
    page = ann.post(f"{home}/try", {"call": "", "example": "group"})
    assert "Sets name, plan, status and mrr of account acme, and puts user user-1 into it." in main(page)
    page = ann.post(f"{home}/track", form(world, "Track Calls", trigger="x =", do="check"))
    assert page.status_code == 200
    assert "Expected a value after “=”" in main(page)


def test_a_draft_can_be_tried_before_it_has_a_name(ann, home):
    page = main(ann.get(f"{home}/new"))
    assert "This mapping this one does not take it." in page
    assert "until it is mended" not in page
    sent = {"name": "", "trigger": 'event = "report.created"', "action": "track", "enabled": "1"}
    assert "2 calls count." in part(ann, f"{home}/new", {**sent, "call": json.dumps(TRACK)})
    assert "A mapping needs a name." in main(ann.post(f"{home}/new", {**sent, "do": "save"}))
