"""Settings > Mappings: the list, the editor, and what is told of a call."""

import json
import re

import pytest

from accoil import mappings
from accoil.receive.mapping import MOST, PRESETS
from accoil.score.files import apply
from accoil.team.models import Mapping
from tests.show.mapping_pages import TRACK, form, named, names, part
from tests.show.reading import link_to, main, words


@pytest.fixture
def home(world) -> str:
    return f"/p/{world.web.pk}/settings/mappings"


def test_a_product_begins_with_the_presets(ann, home):
    page = main(ann.get(home))
    assert "Every call counts as it comes." in page
    assert [name for name in page.split("Takes")[1].split("Try them")[0].split(" Copy") if "Calls" in name]
    assert 'Group Calls type = "group" Group Counts the call as it comes.' in page
    assert "Back to the presets" not in page
    assert not Mapping.objects.exists()


def test_the_list_says_what_each_changes_and_what_is_dropped(ann, world, home, renaming):
    ann.post(f"{home}/page/do", {"do": "off"})
    page = main(ann.get(home))
    assert "5 of 6 mappings are on. No mapping takes page calls: they are dropped." in page
    assert 'Reports event = "report.created" Track Event Name is “Report_Created”.' in page
    assert "Page Calls off" in page
    assert "What you change holds from now on; what is counted stays." in page


def test_the_first_change_writes_the_presets_down(ann, world, home):
    page = ann.post(f"{home}/page/do", {"do": "off"}, follow=True)
    assert "“Page Calls” is off, from now on." in words(page)
    assert names(world) == [preset.name for preset in PRESETS]
    assert not named(world, "Page Calls").enabled
    assert Mapping.objects.count() == 5


@pytest.mark.parametrize(("do", "place"), [("up", 1), ("down", 3)])
def test_a_mapping_is_moved(ann, world, home, do: str, place: int):
    ann.post(f"{home}/track/do", {"do": do})
    assert names(world).index("Track Calls") == place


def test_a_mapping_is_deleted_but_the_last_one_stays(ann, world, home):
    for action in ("identify", "page", "screen", "group"):
        ann.post(f"{home}/{action}/do", {"do": "delete"})
    assert names(world) == ["Track Calls"]
    page = ann.post(f"{home}/track/do", {"do": "delete"}, follow=True)
    assert "One mapping must stay" in words(page)
    assert names(world) == ["Track Calls"]


def test_reset_brings_the_presets_back(ann, world, home, renaming):
    page = ann.post(f"{home}/reset", follow=True)
    assert "Back to the five presets" in words(page)
    assert mappings.kept(world.web) == list(PRESETS)


def test_a_preset_is_edited_by_its_action_and_stays_reachable(ann, world, home):
    page = ann.get(link_of(ann, home, "Track Calls"))
    assert 'value="$.event"' in page.content.decode()
    trigger = 'type = "track" and event != "x"'
    answer = ann.post(f"{home}/track", form(world, "Track Calls", trigger=trigger), follow=True)
    assert "“Track Calls” is saved: it holds for what comes from now on." in words(answer)
    assert named(world, "Track Calls").trigger == trigger
    assert ann.get(f"{home}/track").status_code == 200
    assert ann.get(link_of(ann, home, "Track Calls")).status_code == 200


def link_of(client, home: str, name: str) -> str:
    return link_to(client.get(home), name)


def test_a_mapping_is_added_with_what_differs_from_the_defaults(ann, world, home):
    sent = form(world, field_event="Report_Created", field_userId="$.userId", field_timestamp="$.timestamp")
    sent |= {"name": " Reports ", "trigger": 'event = "report.created"', "action": "track", "shown": "track"}
    ann.post(f"{home}/new", {key: f"{text}\x00" if key == "name" else text for key, text in sent.items()})
    added = mappings.kept(world.web)[-1]
    assert (added.name, added.fields) == ("Reports", {"event": "Report_Created"})
    page = ann.get(f"{home}/{added.id}").content.decode()
    assert 'value="Report_Created"' in page
    assert "Instead of" in page


def test_a_copy_begins_switched_off_under_another_name(ann, world, home, renaming):
    id = named(world, "Reports").id
    page = ann.get(f"{home}/new?like={id}").content.decode()
    assert 'value="Reports (copy)"' in page
    assert 'name="enabled" value="1">' in page
    assert 'value="Report_Created"' in page
    assert ann.get(f"{home}/new?like=999999").status_code == 404


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"trigger": 'type = "track" and event'}, "Expected a comparison after “event” (column 25)."),
        ({"trigger": 'type = "Track"'}, "“type” is one of track, identify"),
        ({"trigger": ""}, "Expected a condition"),
        ({"field_event": ""}, "Event Name is required; say where it comes from, such as $.event."),
        ({"field_event": "{{ properties."}, "Event Name: Expected the name of a field"),
        ({"field_event": '["$.event"'}, "Event Name: What begins with [ must be JSON"),
        ({"name": "  "}, "A mapping needs a name."),
        ({"name": "Page Calls"}, "Two mappings are called “Page Calls”; give one of them another name."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(ann, world, home, typed: dict[str, str], sentence: str):
    answer = ann.post(f"{home}/track", form(world, "Track Calls", **typed))
    assert answer.status_code == 422
    assert sentence in main(answer)
    assert not Mapping.objects.exists()


def test_fifty_are_the_most(ann, world, home):
    listed = [f"{{name: M{n}, action: track, trigger: 'event = \"e{n}\"'}}" for n in range(MOST - len(PRESETS))]
    apply(f"mappings: [{', '.join(listed)}]", world.web)
    sent = form(world) | {"name": "One more", "trigger": 'event = "x"', "action": "track"}
    answer = ann.post(f"{home}/new", sent)
    assert answer.status_code == 422
    assert "These are 51 mappings; a product has at most 50." in main(answer)
    page = main(ann.get(home))
    assert "These are 50 mappings; a product has at most 50." in page
    assert "New mapping" not in page


def test_the_trigger_is_told_about_while_it_is_typed(ann, world, home):
    told = part(ann, f"{home}/track", form(world, "Track Calls", trigger='type = "track" and event == "x"', do=""))
    assert "Write “=” instead of “==” (column 26)." in told
    answer = ann.post(
        f"{home}/track", form(world, "Track Calls", trigger='type = "track" and <x>'), headers={"HX-Request": "true"}
    )
    assert re.search(r"type = &quot;track&quot; and <mark>&lt;x&gt;</mark>", answer.content.decode())
    told = part(ann, f"{home}/track", form(world, "Track Calls", trigger='event = "x" or event exists', do=""))
    assert "Takes a call when event is “x” or event is set." in told
    assert not Mapping.objects.exists()


def test_names_that_were_never_seen_and_events_that_count_twice_are_pointed_out(ann, busy, home):
    sent = form(busy) | {"name": "Reports", "action": "track", "trigger": 'type = "track" and event = "Report_Create"'}
    told = part(ann, f"{home}/new", sent | {"do": ""})
    assert "Nothing was counted as “Report_Create” yet; did you mean “Report_Created”?" in told
    assert "“Track Calls” takes “Report_Create” too, so both count." in told
    assert 'add to its trigger: and event != "Report_Create"' in told
    told = part(ann, f"{home}/new", {**sent, "do": "", "enabled": ""})
    assert "both count" not in told


def test_names_that_were_seen_are_offered(ann, busy, home):
    page = ann.get(f"{home}/new").content.decode()
    assert re.findall(r'data-name="(\w+)"', page) == ["Report_Created", "Dashboard_Viewed", "Help_Opened"]


def test_another_action_brings_its_own_trigger_and_fields(ann, world, home):
    sent = form(world, "Track Calls", action="group", field_userId="$.userId", field_event="$.event", do="")
    answer = ann.post(f"{home}/track", sent, headers={"HX-Request": "true"})
    content = answer.content.decode()
    assert "type = &quot;group&quot;</textarea>" in content
    assert 'name="field-groupId" value="$.groupId"' in content
    assert "Ideally this is passed in cents" in words(answer)
    assert 'name="field-event"' not in content
    # A name of a group is not that of a page.
    sent = form(world, "Page Calls", action="group", field_name="$.name", do="")
    answer = ann.post(f"{home}/page", sent, headers={"HX-Request": "true"})
    assert 'name="field-name" value="$.traits.name"' in answer.content.decode()


def test_every_field_of_the_seed_is_shown(ann, home):
    page = main(ann.get(f"{home}/identify"))
    for words_ in ("User ID STRING required", "Account Status STRING", "Traits OBJECT", "Timestamp STRING required"):
        assert words_ in page
    assert "Possible options include: Free, Trial, Paid, Cancelled (Suggested)" in page


@pytest.mark.parametrize(
    "sent", [{}, {"example": "nonsense"}, {"action": "nonsense", "shown": "x"}, {"trigger": "\x00"}]
)
def test_any_form_is_answered(ann, home, sent: dict[str, str]):
    assert "counts." in part(ann, f"{home}/try", sent)
    for path in ("new", "track"):
        assert ann.post(f"{home}/{path}", sent, headers={"HX-Request": "true"}).status_code == 200
        assert ann.post(f"{home}/{path}", {**sent, "do": "save"}).status_code in (409, 422)
    assert ann.post(f"{home}/track/do", {**sent, "do": "dance"}, follow=True).status_code == 200


def test_who_saves_must_have_seen_what_he_replaces(ann, world, home, renaming):
    id = named(world, "Reports").id
    sent = form(world, "Reports", field_event="Reports_Made")
    ann.post(f"{home}/{id}", form(world, "Reports", trigger='event = "other"'))
    answer = ann.post(f"{home}/{id}", sent)
    assert answer.status_code == 409
    assert "Somebody changed this mapping meanwhile." in main(answer)
    assert named(world, "Reports").trigger == 'event = "other"'


def test_members_look_and_try_and_change_nothing(bob, world, home, renaming):
    id = named(world, "Reports").id
    before = list(Mapping.objects.values())
    assert "Owners and managers of Acme Inc change mappings" in main(bob.get(home))
    for path in (home, f"{home}/{id}", f"{home}/new"):
        assert not re.search('name="do" value="(?!check)', bob.get(path).content.decode())
    assert "1 call counts." in part(bob, f"{home}/try", {"call": json.dumps(TRACK)})
    assert "Takes a call when" in part(bob, f"{home}/{id}", form(world, "Reports", do="check"))
    for path, sent in (
        (f"{home}/{id}", form(world, "Reports", trigger="type exists")),
        (f"{home}/new", form(world) | {"name": "A", "trigger": "type exists", "action": "track"}),
        (f"{home}/{id}/do", {"do": "delete"}),
        (f"{home}/reset", {}),
    ):
        assert bob.post(path, sent).status_code == 403
    assert list(Mapping.objects.values()) == before


def test_mappings_of_others_are_not_found(ann, eve, world, home, renaming):
    id = named(world, "Reports").id
    other = f"/p/{world.evil.pk}/settings/mappings"
    assert eve.get(f"{other}/{id}").status_code == 404
    assert eve.post(f"{other}/{id}/do", {"do": "delete"}).status_code == 404
    assert eve.get(f"{home}/{id}").status_code == 404
    assert ann.get(f"{home}/0").status_code == 404
