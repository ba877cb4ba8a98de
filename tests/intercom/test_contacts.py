"""The stand-in keeps contacts as Intercom does: so what passes against it has a chance there."""

from __future__ import annotations

import pytest

from tests.intercom import Intercom
from tests.intercom.asking import Asking


def test_every_contact_is_on_exactly_one_page(intercom: Intercom, asking: Asking) -> None:
    made = [intercom.workspace.contact(f"u{n}@example.com").id for n in range(7)]
    seen, after, pages = [], None, 0
    while after or not pages:
        told = asking("GET", "/contacts", per_page=3, **({"starting_after": after} if after else {})).json()
        seen += [one["id"] for one in told["data"]]
        after, pages = told["pages"].get("next", {}).get("starting_after"), pages + 1
    assert (seen, pages, told["total_count"]) == (made, 3, 7)


def test_a_search_finds_addresses_whatever_their_case_page_by_page(intercom: Intercom, asking: Asking) -> None:
    made = [intercom.workspace.contact(f"U{n}@example.com").id for n in range(4)]
    wanted = [{"field": "email", "operator": "=", "value": f"u{n}@example.com"} for n in range(3)]
    asked = {"query": {"operator": "OR", "value": wanted}, "pagination": {"per_page": 2}}
    first = asking("POST", "/contacts/search", asked).json()
    asked["pagination"]["starting_after"] = first["pages"]["next"]["starting_after"]
    second = asking("POST", "/contacts/search", asked).json()
    assert [one["id"] for one in first["data"] + second["data"]] == made[:3]
    assert "next" not in second["pages"]


def test_a_cursor_in_the_address_of_a_search_gives_the_first_page_again(intercom: Intercom, asking: Asking) -> None:
    made = [intercom.workspace.contact(f"u{n}@example.com").id for n in range(3)]
    asked = {"query": {"field": "role", "operator": "=", "value": "user"}, "pagination": {"per_page": 2}}
    after = asking("POST", "/contacts/search", asked).json()["pages"]["next"]["starting_after"]
    again = asking("POST", "/contacts/search", asked, starting_after=after).json()
    assert [one["id"] for one in again["data"]] == made[:2]


@pytest.mark.parametrize(
    "query",
    [
        {"operator": "OR", "value": [{"field": "email", "operator": "=", "value": "a@x.example"}] * 16},
        {"field": "shoe_size", "operator": "=", "value": "44"},
        {"field": "email", "operator": "==", "value": "a@x.example"},
        {"field": "email", "operator": "=", "value": None},
        {"field": "created_at", "operator": "~", "value": "1"},
    ],
)
def test_a_search_that_intercom_would_not_understand_is_refused(asking: Asking, query: dict[str, object]) -> None:
    assert asking("POST", "/contacts/search", {"query": query}).status == 400


def test_a_new_contact_is_hidden_from_searches_for_a_while(intercom: Intercom, asking: Asking) -> None:
    intercom.clock.forward()  # type: ignore[attr-defined]
    intercom.workspace.search_lag = 120
    intercom.workspace.contact("new@example.com")
    asked = {"query": {"field": "email", "operator": "=", "value": "new@example.com"}}
    assert asking("POST", "/contacts/search", asked).json()["total_count"] == 0
    assert asking("GET", "/contacts").json()["total_count"] == 1  # the list has no lag
    intercom.clock.forward(121)  # type: ignore[attr-defined]
    assert asking("POST", "/contacts/search", asked).json()["total_count"] == 1


def test_a_twin_is_refused_with_the_id_of_the_other_in_the_text_only(intercom: Intercom, asking: Asking) -> None:
    there = intercom.workspace.contact("twin@example.com")
    answer = asking("POST", "/contacts", {"email": "twin@example.com", "role": "user"})
    (error,) = answer.json()["errors"]
    said = f"A contact matching those details already exists with id={there.id}"
    assert (answer.status, error) == (409, {"code": "conflict", "message": said})
    intercom.workspace.delete(there, "archived")
    again = asking("POST", "/contacts", {"email": "twin@example.com", "role": "user"}).json()
    assert again["errors"][0]["message"].startswith("An archived contact")


def test_a_merged_contact_says_where_it_went(intercom: Intercom, asking: Asking) -> None:
    old, new = intercom.workspace.contact("old@example.com"), intercom.workspace.contact("new@example.com")
    intercom.workspace.merge(old, new)
    for method, body in (("GET", None), ("PUT", {"custom_attributes": {}})):
        answer = asking(method, f"/contacts/{old.id}", body)
        assert (answer.status, answer.json()["errors"][0]["code"]) == (410, "contact_merged")
        assert answer.headers["link"] == f'</contacts/{new.id}>; rel="canonical"'
    assert asking("GET", "/contacts").json()["total_count"] == 1


def test_a_deleted_contact_is_not_there_any_more(intercom: Intercom, asking: Asking) -> None:
    contact = intercom.workspace.contact("gone@example.com")
    intercom.workspace.delete(contact)
    assert asking.code("PUT", f"/contacts/{contact.id}", {"custom_attributes": {}}) == (404, "not_found")


def test_values_that_are_written_are_told_back_and_each_write_is_counted(intercom: Intercom, asking: Asking) -> None:
    contact = intercom.workspace.contact("a@example.com")
    intercom.workspace.attribute("contact", "Accoil_Trial_Score", "integer")
    for value, changed in ((72, True), (72, False), (None, True)):
        answer = asking("PUT", f"/contacts/{contact.id}", {"custom_attributes": {"Accoil_Trial_Score": value}})
        kept = {} if value is None else {"Accoil_Trial_Score": value}
        assert (answer.status, answer.json()["custom_attributes"]) == (200, kept)
        assert intercom.workspace.writes[-1].changed is changed
    assert intercom.workspace.per_record("contact") == {contact.id: 3}
    assert len(intercom.workspace.useless()) == 1


@pytest.mark.parametrize("value", ["72", 7.5, True, [72], {"n": 72}])
def test_a_value_of_another_type_is_refused_and_nothing_is_kept(
    intercom: Intercom, asking: Asking, value: object
) -> None:
    contact = intercom.workspace.contact("a@example.com")
    intercom.workspace.attribute("contact", "Score", "integer")
    intercom.workspace.attribute("contact", "Words", "string")
    answer = asking("PUT", f"/contacts/{contact.id}", {"custom_attributes": {"Words": "yes", "Score": value}})
    assert (answer.status, contact.custom_attributes, intercom.workspace.writes) == (400, {}, [])


def test_an_attribute_that_is_not_defined_is_refused_or_left_out_as_the_switch_says(
    intercom: Intercom, asking: Asking
) -> None:
    contact = intercom.workspace.contact("a@example.com")
    body = {"custom_attributes": {"Nobody_Made_This": 1}}
    assert asking.code("PUT", f"/contacts/{contact.id}", body) == (400, "parameter_invalid")
    intercom.workspace.ignores_unknown = True
    assert asking("PUT", f"/contacts/{contact.id}", body).json()["custom_attributes"] == {}


def test_a_key_that_contacts_do_not_have_is_refused(intercom: Intercom, asking: Asking) -> None:
    contact = intercom.workspace.contact("a@example.com")
    assert asking.code("PUT", f"/contacts/{contact.id}", {"colour": "red"}) == (400, "parameter_invalid")
