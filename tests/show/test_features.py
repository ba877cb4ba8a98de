"""Settings > Features."""

import pytest

from accoil.act.automations import Draft, create
from accoil.score.definition import Definition
from accoil.score.features import Said, edit, kept
from accoil.score.models import Profile
from accoil.segment import keeping
from tests.show.reading import link_to, main


@pytest.fixture
def home(busy) -> str:
    return f"/p/{busy.web.pk}/settings/features"


@pytest.fixture
def two(busy) -> list[Said]:
    return edit(
        busy.web,
        lambda _: [Said(name="Reports", events=("Report_Created",)), Said(name="Help", events=("Help_Opened",))],
    )


def names(busy) -> list[str]:
    return [each.name for each in kept(busy.web)]


def test_a_feature_is_made_of_events_that_arrived_and_of_names_that_will(ann, busy, home):
    sent = {"name": " Reports ", "description": "For boards", "event": ["Report_Created"], "typed": "Report_Shared\n\n"}
    page = ann.post(f"{home}/new", sent, follow=True)
    assert "“Reports” is saved" in page.content.decode()
    assert "1 feature holds events of Web; 2 events belong to none" in main(page)
    made = kept(busy.web)[0]
    assert (made.name, made.description, made.events) == ("Reports", "For boards", ("Report_Created", "Report_Shared"))
    # Opened again, the name that never arrived stands where it was typed.
    again = ann.get(f"{home}/{made.id}").content.decode()
    assert ">Report_Shared</textarea>" in again
    assert 'value="Report_Created" checked' in again


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(ann, busy, home, two):
    page = ann.post(f"{home}/new", {"name": "More", "event": ["Report_Created"], "typed": "Soon"})
    assert page.status_code == 422
    assert "“Report_Created” is in Reports and in More; an event belongs to one feature at most." in main(page)
    assert 'value="More"' in page.content.decode() and ">Soon</textarea>" in page.content.decode()
    assert names(busy) == ["Reports", "Help"]


def test_an_event_of_another_feature_cannot_be_ticked(ann, home, two):
    page = ann.get(f"{home}/new").content.decode()
    assert 'value="Report_Created" disabled' in page
    assert "in Reports" in page


def test_features_move_and_go(ann, busy, home, two):
    ann.post(f"{home}/{two[1].id}/do", {"do": "up"})
    assert names(busy) == ["Help", "Reports"]
    ann.post(f"{home}/{two[1].id}/do", {"do": "up"})
    assert names(busy) == ["Help", "Reports"]
    ann.post(f"{home}/{two[1].id}/do", {"do": "down"})
    assert names(busy) == ["Reports", "Help"]
    for place, order in (("0", ["Help", "Reports"]), ("9", ["Reports", "Help"]), ("x", ["Reports", "Help"])):
        ann.post(f"{home}/{two[1].id}/do", {"place": place})
        assert names(busy) == order
    page = ann.post(f"{home}/{two[0].id}/do", {"do": "delete"}, follow=True)
    assert "“Reports” is deleted; its events stay" in page.content.decode()
    assert names(busy) == ["Help"]


def test_a_feature_that_rules_name_says_so_and_its_profile_gets_a_new_version(ann, busy, home, two):
    steps = {"user": [{"feature": "Reports", "did": True}]}
    profile = Profile.create(
        busy.web, "Trial", Definition.check({"events": {"Report_Created": 1}, "activation": steps})
    )
    assert "Named by the profile Trial: a new name is written there too" in main(ann.get(f"{home}/{two[0].id}"))
    sent = {"name": "Reports", "event": ["Report_Created"], "typed": "Report_Shared"}
    page = ann.post(f"{home}/{two[0].id}", sent, follow=True)
    assert "Trial is now at version 2" in page.content.decode()
    assert profile.current.author == busy.ann
    refused = ann.post(f"{home}/{two[0].id}/do", {"do": "delete"}, follow=True)
    assert "named by a rule of the profile Trial" in refused.content.decode()
    assert names(busy) == ["Reports", "Help"]


def test_a_new_name_is_carried_into_every_rule_and_the_page_says_where(ann, busy, home, two):
    steps = {"user": [{"feature": "Reports", "did": True}]}
    profile = Profile.create(
        busy.web, "Trial", Definition.check({"events": {"Report_Created": 1}, "activation": steps})
    )
    segment = keeping.create(profile, "user", "Reporters", {"feature": "Reports"})
    becomes = {"becomes": {"feature": "Reports", "at_least": 3}}
    tag = {"intercom_tag": {"tag": "hot", "on": "user"}}
    draft = Draft(name="Tell sales", scope="user", when=becomes, then=[tag])
    automation = create(profile, draft, enabled=True)
    page = main(ann.get(f"{home}/{two[0].id}"))
    assert "Named by the profile Trial, the segment “Reporters” and the automation “Tell sales”" in page
    page = ann.post(f"{home}/{two[0].id}", {"name": "Boards", "event": ["Report_Created"]}, follow=True)
    assert (
        "“Boards” is saved. Its new name stands in the segment “Reporters” and the automation “Tell sales” too."
        " Trial is now at version 2." in page.content.decode()
    )
    for row in (segment, automation, automation.segment):
        row.refresh_from_db()
    assert (segment.rule, profile.current.parsed.to_yaml_dict()["activation"]) == (
        {"feature": "Boards"}, {"user": [{"feature": "Boards"}]}
    )  # fmt: skip
    own = {"feature": "Boards", "at_least": 3}
    assert (automation.trigger, automation.segment.rule) == ({"becomes": own}, own)


def test_of_many_that_name_it_eight_are_told_and_how_many_more(ann, busy, home, two):
    profile = Profile.create(busy.web, "Trial", Definition.check({"events": {"Report_Created": 1}}))
    for n in range(10):
        keeping.create(profile, "user", f"S{n}", {"feature": "Reports"})
    told = f"{', '.join(f'the segment “S{n}”' for n in range(8))} and 2 more"
    assert f"Named by {told}" in main(ann.get(f"{home}/{two[0].id}"))
    page = ann.post(f"{home}/{two[0].id}", {"name": "Boards", "event": ["Report_Created"]}, follow=True)
    assert f"Its new name stands in {told} too." in page.content.decode()


def test_events_that_begin_alike_suggest_a_feature(ann, busy, engine, home):
    from tests.show.conftest import receive
    from tests.small_worlds import at, did

    receive(engine, busy.web, [did("ann", "Report_Shared", at(30)), did("ann", "Report_Exported", at(30))])
    page = ann.get(home)
    address = link_to(page, "Reports")
    assert address.startswith(f"{home}/new?name=Reports&event=")
    filled = ann.get(address).content.decode().partition("<main")[2].partition("</main>")[0]
    assert 'value="Reports"' in filled and filled.count("checked") == 3


def test_a_member_may_look_but_not_change(bob, busy, home, two):
    page = bob.get(home)
    assert "Owners and managers of Acme Inc change features" in main(page)
    assert "Add feature" not in main(page)
    assert bob.get(f"{home}/{two[0].id}").content.decode().count("disabled") >= 3
    assert bob.post(f"{home}/new", {"name": "X", "event": ["Y"]}).status_code == 403
    assert bob.post(f"{home}/{two[0].id}/do", {"do": "delete"}).status_code == 403
    assert bob.post(f"{home}/{two[0].id}", {"name": "X", "event": ["Y"]}).status_code == 403
    assert names(busy) == ["Reports", "Help"]


def test_another_team_can_neither_see_nor_change_them(eve, busy, home, two):
    for path in ("", "/new", f"/{two[0].id}"):
        assert eve.get(f"{home}{path}").status_code == 404
    assert eve.post(f"/p/{busy.evil.pk}/settings/features/{two[0].id}/do", {"do": "delete"}).status_code == 404
    assert names(busy) == ["Reports", "Help"]
