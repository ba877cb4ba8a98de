"""Where the value of a field comes from."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accoil.receive.mapping.coerce import Type, fit
from accoil.receive.mapping.fields import from_text, read_form, to_text
from accoil.refused import Refused

EVENT = {
    "userId": "u1",
    "anonymousId": " ",
    "traits": {"email": "", "plan": "pro", "seats": 3, "first name": "Ann", "tags": ["a", {"b": 1}], "trial": True},
    "properties": {"tenant": "acme", "gone": None, "address": {"city": "Oslo"}},
}

FORMS: list[tuple[Any, Type, Any]] = [
    ("$.userId", "STRING", "u1"),
    ("$.traits.seats", "NUMBER", 3),
    ("$.traits.first\\ name", "STRING", "Ann"),
    ("$.traits.tags[1].b", "NUMBER", 1),
    ("$.traits.missing", "STRING", None),
    ("$.traits.email", "STRING", None),
    ("$.anonymousId", "STRING", None),
    ("$", "OBJECT", EVENT),
    ("$99", "STRING", "$99"),
    ("web", "STRING", "web"),
    (12, "NUMBER", 12),
    ("12", "NUMBER", 12),
    (12, "STRING", "12"),
    (True, "STRING", "true"),
    ("true", "BOOLEAN", True),
    ("2026-01-02", "DATETIME", "2026-01-02"),
    ({"constant": "$.userId"}, "STRING", "$.userId"),
    ({"constant": "{{ userId }}"}, "STRING", "{{ userId }}"),
    (None, "STRING", None),
    ("{{ userId }}", "STRING", "u1"),
    ("{{userId}}", "STRING", "u1"),
    ("{{ $.userId }}", "STRING", "u1"),
    ("{{ traits.seats }}", "NUMBER", 3),
    ("{{ traits }}", "OBJECT", EVENT["traits"]),
    ("{{ traits.email ?? userId }}", "STRING", "u1"),
    ("{{ traits.email ?? anonymousId ?? 'nobody' }}", "STRING", "nobody"),
    ("{{ traits.email ?? properties.gone }}", "STRING", None),
    ("{{ properties.tenant }}:{{ userId }}", "STRING", "acme:u1"),
    ("{{ properties.tenant }}:{{ traits.email }}", "STRING", None),
    ('{{ properties.tenant }}:{{ traits.email ?? "" }}', "STRING", "acme:"),
    ("{{ properties.address }} St", "STRING", None),
    ("Seats {{ traits.seats }} {{ traits.trial }}", "STRING", "Seats 3 true"),
    ("{{ traits.first\\ name }}}", "STRING", "Ann}"),
    (["$.traits.email", "$.userId"], "STRING", "u1"),
    (["$.traits.email", "{{ properties.gone }}", "none"], "STRING", "none"),
    (["$.traits.email"], "STRING", None),
    ({"plan": "$.traits.plan", "source": "web", "gone": "$.nowhere", "n": 1, "all": ["$.x", "$.userId"]}, "OBJECT",
     {"plan": "pro", "source": "web", "n": 1, "all": "u1"}),
    ({"constant": {"constant": "$.x"}}, "OBJECT", {"constant": "$.x"}),
]  # fmt: skip


@pytest.mark.parametrize(("form", "type", "found"), FORMS)
def test_what_a_form_finds(form: Any, type: Type, found: Any):
    assert read_form(form, type)(EVENT) == found


@pytest.mark.parametrize(("form", "type", "found"), FORMS)
def test_a_form_can_be_edited_as_a_line_of_text(form: Any, type: Type, found: Any):
    assert read_form(from_text(to_text(form)), type)(EVENT) == found


@given(st.text(min_size=1))
def test_any_constant_survives_editing(constant: str):
    line = to_text({"constant": constant})
    assert from_text(line) == {"constant": constant}
    assert from_text(to_text(constant)) in (constant, {"constant": constant})


@pytest.mark.parametrize(
    ("form", "type", "sentence"),
    [
        ("$.", "STRING", "Expected the name of a field (column 3)."),
        ("$.a b", "STRING", "“ ” can't stand in a path; put a backslash before it (column 4)."),
        ("{{ }}", "STRING", "Expected a path, such as traits.email, or text in quotation marks (column 4)."),
        ("{{ userId", "STRING", "Expected “??” and another path, or “}}” (column 10)."),
        ("{{ userId | downcase }}", "STRING", "Expected “??” and another path, or “}}” (column 11)."),
        ("a {{ userId ?? }}", "STRING",
         "Expected a path, such as traits.email, or text in quotation marks (column 16)."),
        ('{{ "x }}', "STRING", 'The text that begins with " has no " at its end (column 4).'),
        ("nine", "NUMBER", "“nine” is not a number."),
        (True, "NUMBER", "True is not a number."),
        ("web", "OBJECT", "“web” is not an object."),
        ("soon", "DATETIME", "“soon” is not a date, as ISO 8601 or Unix time."),
        ("", "STRING", "An empty text is no value; leave the field out with null."),
        ([], "STRING", "The list holds 0 sources; write 1 to 10."),
        (["$.a"] * 11, "STRING", "The list holds 11 sources; write 1 to 10."),
        ([None], "STRING", "A list holds paths, templates and constants, nothing else."),
        ([["$.a"]], "STRING", "A list holds paths, templates and constants, nothing else."),
        ({"path": "$.a"}, "STRING", 'An object stands here; write a path, a template, or {"constant": …}.'),
        ({"constant": None}, "STRING", "What stands here is neither text nor a number; put a date in quotation marks."),
        ({}, "OBJECT", "The object has 0 members; write 1 to 100."),
        ({"": "x"}, "OBJECT", "The object has a member called ''; put its name in quotation marks."),
        ({1: "x"}, "OBJECT", "The object has a member called 1; put its name in quotation marks."),
        ({"a": None}, "OBJECT", "a: A member is a path, a template or a constant."),
        ({"a": {"b": 1}}, "OBJECT", 'a: An object stands here; write a path, a template, or {"constant": …}.'),
        ({"a": "{{ x"}, "OBJECT", "a: Expected “??” and another path, or “}}” (column 5)."),
        ("x" * 2_001, "STRING", "It has 2,001 characters; write at most 2,000."),
    ],
)  # fmt: skip
def test_what_is_said_about_a_form_that_makes_no_sense(form: Any, type: Type, sentence: str):
    with pytest.raises(Refused) as wrong:
        read_form(form, type)
    assert str(wrong.value) == sentence


def test_a_line_that_begins_like_json_must_be_json():
    with pytest.raises(Refused, match=r"What begins with \[ must be JSON"):
        from_text("[Beta] Report")


@given(st.text(), st.sampled_from(("STRING", "NUMBER", "BOOLEAN", "OBJECT", "DATETIME")))
def test_any_text_is_a_form_or_refused(form: str, type: Type):
    try:
        read_form(form, type)(EVENT)
    except Refused:
        pass


@pytest.mark.parametrize(
    ("value", "type", "fitting"),
    [
        (42, "STRING", "42"),
        (42.0, "STRING", "42"),
        (1.5, "STRING", "1.5"),
        (True, "STRING", "true"),
        ("  x ", "STRING", "  x "),
        ("", "STRING", None),
        (" \t", "STRING", None),
        (None, "STRING", None),
        (["a"], "STRING", None),
        ({}, "STRING", None),
        ("9900", "NUMBER", 9900),
        (" 10.5 ", "NUMBER", 10.5),
        (-3, "NUMBER", -3),
        ("$99", "NUMBER", None),
        ("1_000", "NUMBER", None),
        ("nan", "NUMBER", None),
        ("٣", "NUMBER", None),
        (True, "NUMBER", None),
        (True, "BOOLEAN", True),
        ("false", "BOOLEAN", False),
        (1, "BOOLEAN", None),
        ({"a": 1}, "OBJECT", {"a": 1}),
        ([], "OBJECT", None),
        ("{}", "OBJECT", None),
        ("2023-05-12T08:00:00", "DATETIME", "2023-05-12T08:00:00"),
        ("2023-05-12", "DATETIME", "2023-05-12"),
        (1700000000, "DATETIME", 1700000000),
        ("1700000000000", "DATETIME", "1700000000000"),
        ("soon", "DATETIME", None),
        (True, "DATETIME", None),
    ],
)
def test_values_are_made_to_fit(value: Any, type: Type, fitting: Any):
    found = fit(value, type)
    assert (found, found.__class__) == (fitting, fitting.__class__)
