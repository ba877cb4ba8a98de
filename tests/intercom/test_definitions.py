"""Attributes, companies and tags of the stand-in."""

from __future__ import annotations

import pytest

from tests.intercom import Intercom
from tests.intercom.asking import Asking

SCORE = {"name": "Accoil_Trial_Score", "model": "contact", "data_type": "integer"}


def test_an_attribute_is_made_archived_and_taken_out_again_with_its_values(intercom: Intercom, asking: Asking) -> None:
    contact = intercom.workspace.contact("a@example.com")
    made = asking("POST", "/data_attributes", SCORE).json()
    write = {"custom_attributes": {"Accoil_Trial_Score": 5}}
    asking("PUT", f"/contacts/{contact.id}", write)
    assert asking("PUT", f"/data_attributes/{made['id']}", {"archived": True}).json()["archived"] is True
    assert asking("GET", f"/contacts/{contact.id}").json()["custom_attributes"] == {}
    assert asking("PUT", f"/contacts/{contact.id}", write).status == 400
    asking("PUT", f"/data_attributes/{made['id']}", {"archived": False})
    assert asking("GET", f"/contacts/{contact.id}").json()["custom_attributes"] == {"Accoil_Trial_Score": 5}


def test_archived_attributes_are_listed_only_when_asked_for(intercom: Intercom, asking: Asking) -> None:
    intercom.workspace.attribute("contact", "Old", archived=True)
    intercom.workspace.attribute("company", "Other")

    def named(**asked: str) -> list[str]:
        told = asking("GET", "/data_attributes", model="contact", **asked).json()["data"]
        return [one["name"] for one in told if one["custom"]]

    assert named() == []
    assert named(include_archived="true") == ["Old"]
    assert asking("GET", "/data_attributes", model="conversation").status in (400, 422)


def test_a_name_is_unique_over_people_and_companies_even_when_archived(intercom: Intercom, asking: Asking) -> None:
    asking("POST", "/data_attributes", SCORE)
    for model in ("contact", "company"):
        assert asking.code("POST", "/data_attributes", SCORE | {"model": model}) == (400, "parameter_invalid")
    intercom.workspace.named("contact", "Accoil_Trial_Score").archived = True  # type: ignore[union-attr]
    assert asking.code("POST", "/data_attributes", SCORE) == (400, "parameter_invalid")


def test_an_attribute_after_the_last_place_waits_until_one_is_archived(intercom: Intercom, asking: Asking) -> None:
    made = [intercom.workspace.attribute("contact", f"a{n}") for n in range(250)]
    assert asking.code("POST", "/data_attributes", SCORE) == (400, "parameter_invalid")
    asking("PUT", f"/data_attributes/{made[0].id}", {"archived": True})
    assert asking("POST", "/data_attributes", SCORE).status == 200
    assert asking.code("PUT", f"/data_attributes/{made[0].id}", {"archived": False}) == (400, "parameter_invalid")


def test_an_attribute_that_something_depends_on_can_not_be_archived(intercom: Intercom, asking: Asking) -> None:
    held = intercom.workspace.attribute("contact", "Held", held=True)
    assert asking.code("PUT", f"/data_attributes/{held.id}", {"archived": True}) == (422, "data_invalid")
    assert asking.code("PUT", "/data_attributes/99", {"archived": True}) == (404, "field_not_found")


@pytest.mark.parametrize("change", [{"name": "a.b"}, {"data_type": "list"}, {"model": "user"}, {"label": "x"}])
def test_an_attribute_that_intercom_does_not_know_is_refused(asking: Asking, change: dict[str, str]) -> None:
    assert asking("POST", "/data_attributes", SCORE | change).status == 400


def test_a_company_is_looked_up_as_one_object_and_keeps_numbers(intercom: Intercom, asking: Asking) -> None:
    company = intercom.workspace.company("acc-1", "Acme")
    intercom.workspace.attribute("company", "Accoil_Trial_AccountScore", "integer")
    assert asking("GET", "/companies", company_id="acc-1").json()["id"] == company.id
    assert asking("GET", "/companies", name="Acme").json()["type"] == "company"
    assert asking.code("GET", "/companies", company_id="acc-2") == (404, "company_not_found")
    body = {"custom_attributes": {"Accoil_Trial_AccountScore": 9}}
    assert asking("PUT", f"/companies/{company.id}", body).json()["custom_attributes"] == body["custom_attributes"]
    assert asking.code("PUT", "/companies/none", body) == (404, "company_not_found")


def test_companies_of_a_contact_are_told_in_pages_under_data(intercom: Intercom, asking: Asking) -> None:
    companies = [intercom.workspace.company(f"acc-{n}") for n in range(12)]
    contact = intercom.workspace.contact("a@example.com", companies)
    embedded = asking("GET", f"/contacts/{contact.id}").json()["companies"]
    assert (len(embedded["data"]), embedded["has_more"], embedded["total_count"]) == (10, True, 12)
    told = asking("GET", f"/contacts/{contact.id}/companies").json()
    assert [one["company_id"] for one in told["data"]] == [one.company_id for one in companies]
    second = asking("GET", f"/contacts/{contact.id}/companies", per_page=10, page=2).json()
    assert ([one["company_id"] for one in second["data"]], second["pages"]["next"]) == (["acc-10", "acc-11"], None)


def test_one_scroll_at_a_time_goes_over_all_companies_with_people(intercom: Intercom, asking: Asking) -> None:
    intercom.clock.forward()  # type: ignore[attr-defined]
    companies = [intercom.workspace.company(f"acc-{n}") for n in range(120)]
    intercom.workspace.contact("a@example.com", companies[1:])
    first = asking("GET", "/companies/scroll").json()
    assert asking.code("GET", "/companies/scroll") == (400, "scroll_exists")
    second = asking("GET", "/companies/scroll", scroll_param=first["scroll_param"]).json()
    assert len(first["data"] + second["data"]) == 119
    assert asking("GET", "/companies/scroll", scroll_param=first["scroll_param"]).json()["data"] == []
    opened = asking("GET", "/companies/scroll").json()["scroll_param"]
    intercom.clock.forward(61)  # type: ignore[attr-defined]
    assert asking.code("GET", "/companies/scroll", scroll_param=opened) == (404, "not_found")
    assert asking("GET", "/companies/scroll").status == 200


def test_the_list_of_companies_ends_at_ten_thousand(asking: Asking) -> None:
    assert asking("POST", "/companies/list", page=1, per_page=60).status == 200
    assert "scroll API" in asking("POST", "/companies/list", page=167, per_page=60).json()["errors"][0]["message"]


def test_a_tag_is_made_once_and_given_to_contacts_and_companies(intercom: Intercom, asking: Asking) -> None:
    contact, company = intercom.workspace.contact("a@example.com"), intercom.workspace.company("acc-1")
    tag = asking("POST", "/tags", {"name": "At risk"}).json()
    assert asking("POST", "/tags", {"name": "AT RISK"}).json()["id"] == tag["id"]
    assert asking("POST", f"/contacts/{contact.id}/tags", {"id": tag["id"]}).json()["name"] == "At risk"
    for named in ({"id": company.id}, {"company_id": "acc-1"}):
        told = asking("POST", "/tags", {"name": "At risk", "companies": [named]}).json()
        assert told["companies"] == [{"id": company.id, "tagged": True}]
    told = asking("POST", "/tags", {"name": "At risk", "users": [{"id": contact.id}]}).json()
    assert told["users"] == [{"id": contact.id, "tagged": True}]
    assert intercom.workspace.tagged(contact) == intercom.workspace.tagged(company) == ["At risk"]
    assert [write.changed for write in intercom.workspace.written("tagged")] == [True, True, False, False]
    untag = {"name": "At risk", "companies": [{"id": company.id, "untag": True}]}
    assert asking("POST", "/tags", untag).json()["companies"] == [{"id": company.id, "tagged": False}]
    assert intercom.workspace.tagged(company) == []
    assert [one["name"] for one in asking("GET", "/tags").json()["data"]] == ["At risk"]


def test_who_is_not_there_can_not_be_tagged(intercom: Intercom, asking: Asking) -> None:
    contact = intercom.workspace.contact("a@example.com")
    assert asking.code("POST", f"/contacts/{contact.id}/tags", {"id": "99"}) == (404, "not_found")
    assert asking.code("POST", "/tags", {"name": "x", "companies": [{"id": "none"}]}) == (404, "company_not_found")
    assert intercom.workspace.writes == []
