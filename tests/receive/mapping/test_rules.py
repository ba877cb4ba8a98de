"""Mappings as people write them."""

from typing import Any

import pytest
import yaml

from accoil.receive.mapping import PRESETS, check, check_all, check_number
from accoil.refused import Refused

WRITTEN = {
    "name": "Reports",
    "trigger": 'type = "track" and event starts_with "report."',
    "action": "track",
    "fields": {"event": "Report_Created", "userId": "{{ properties.tenant }}:{{ userId }}"},
    "enabled": False,
}


def test_all_keys_are_read():
    mapping = check(WRITTEN, id=7)
    assert (mapping.id, mapping.name, mapping.action, mapping.enabled) == (7, "Reports", "track", False)
    assert mapping.trigger == WRITTEN["trigger"]
    assert mapping.fields == WRITTEN["fields"]


def test_name_and_action_are_enough():
    mapping = check({"name": " All pages ", "action": "page"})
    assert (mapping.name, mapping.trigger, mapping.fields, mapping.enabled) == ("All pages", 'type = "page"', {}, True)


@pytest.mark.parametrize("raw", [WRITTEN, *(preset.to_yaml_dict() for preset in PRESETS)])
def test_what_is_written_is_read_back_from_a_file(raw: dict[str, Any]):
    file = yaml.safe_dump({"mappings": [raw]}, allow_unicode=True)
    (mapping,) = check_all(yaml.safe_load(file)["mappings"])
    assert mapping.to_yaml_dict() == raw


def test_a_trigger_needs_no_quotation_marks_in_a_file():
    (mapping,) = check_all(yaml.safe_load('- name: A\n  trigger: type = "page"\n  action: page\n'))
    assert mapping.trigger == 'type = "page"'


def test_a_field_written_as_its_default_is_no_change():
    assert check({"name": "A", "action": "track", "fields": {"event": "$.event", "userId": "$.userId"}}).fields == {}


def test_a_field_that_is_not_required_can_be_left_out():
    assert check({"name": "A", "action": "identify", "fields": {"email": None}}).fields == {"email": None}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"action": "tracks"}, "action must be one of identify, group, track, page, screen, postToAccoil."),
        ({"action": ["track"]}, "action must be one of identify, group, track, page, screen, postToAccoil."),
        ({"when": "x"}, "“when” is not a key of a mapping; there are: name, trigger, action, fields, enabled."),
        ({"trigger": 'event "x"'}, "trigger: Expected a comparison after “event” (column 7)."),
        ({"trigger": None}, 'trigger must be a filter text, such as type = "track".'),
        ({"fields": ["event"]}, "fields must be an object, such as {event: Report_Created}."),
        ({"fields": {"email": "x"}}, "Track has no field “email”; it has event, userId, timestamp."),
        ({"action": "postToAccoil"}, "Post to Accoil has no field “event”; it has none."),
        ({"fields": {"event": None}}, "Event Name is required; say where it comes from, such as $.event."),
        ({"fields": {"timestamp": "soon"}}, "Timestamp: “soon” is not a date, as ISO 8601 or Unix time."),
        ({"fields": {"userId": "{{ userId"}}, "User ID: Expected “??” and another path, or “}}” (column 10)."),
        ({"enabled": "yes"}, "enabled must be true or false."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_name(change: dict[str, Any], sentence: str):
    with pytest.raises(Refused) as wrong:
        check({**WRITTEN, **change})
    assert str(wrong.value) == f"Mapping “Reports”: {sentence}"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (None, "A mapping needs a name."),
        ("  ", "A mapping needs a name."),
        ("n" * 101, f"The mapping name “{'n' * 40}…” is longer than 100 characters."),
    ],
)
def test_a_mapping_has_a_name(name: Any, sentence: str):
    with pytest.raises(Refused) as wrong:
        check({**WRITTEN, "name": name})
    assert str(wrong.value) == sentence


@pytest.mark.parametrize("raw", [None, [], "x", 1])
def test_a_mapping_is_an_object(raw: Any):
    with pytest.raises(Refused, match="A mapping is an object with the keys"):
        check(raw)


def test_fifty_are_the_most():
    raws = [{"name": f"M{number}", "action": "track"} for number in range(51)]
    assert len(check_all(raws[:50])) == 50
    with pytest.raises(Refused, match="These are 51 mappings; a product has at most 50"):
        check_all(raws)


def test_a_name_is_borne_once():
    with pytest.raises(Refused, match="Two mappings are called “Track Calls”"):
        check_number([*PRESETS, check({"name": "Track Calls", "action": "track"})])


def test_the_mappings_of_a_file_are_a_list():
    with pytest.raises(Refused, match="mappings must be a list"):
        check_all({"name": "A"})
