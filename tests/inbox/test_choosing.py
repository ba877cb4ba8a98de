"""Which profile, product and account a teammate sees, and what is remembered of it."""

import pytest

from accoil.connect.choice import Choice
from accoil.score.access import May
from accoil.score.configuration import Said, configure
from accoil.score.definition import Definition
from accoil.score.models import Profile
from tests.inbox.conftest import ORIGIN, answered, body, signed
from tests.show.conftest import EVERYDAY, product, receive
from tests.small_worlds import at, did, identified


@pytest.fixture
def trial(busy) -> Profile:
    """A second profile, in which only Bob has done something; open to every teammate, as the first."""
    made = Profile.create(busy.web, "Trial", Definition(events={"Help_Opened": 5}), busy.ann)
    Profile.objects.update(open_to_inbox=True)
    return made


def test_a_teammate_who_is_no_member_sees_the_summary_profile_alone(widget, busy):
    Profile.create(busy.web, "Trial", EVERYDAY, busy.ann)
    seen = widget().open()
    assert seen.offers("profile") == [] and "Profile: Everyday" in seen.words
    configure(busy.web, Said(summary_profile="Trial"))
    assert "Profile: Trial" in widget().open().words


def test_a_member_sees_the_profiles_that_he_may_see_here(widget, busy, trial):
    Profile.objects.update(open_to_inbox=False)
    assert widget(teammate="Bob@Example.com").open().offers("profile") == ["Everyday", "Trial"]
    busy.web.team.members.get(user=busy.bob).access.create(profile=busy.profile, may=May.NONE)
    assert "Profile: Trial" in widget(teammate="bob@example.com").open().words
    assert widget(teammate="ann@example.com").open().offers("profile") == ["Everyday", "Trial"]


def test_a_member_of_another_team_is_no_member(widget, busy, trial):
    Profile.objects.update(open_to_inbox=False)
    assert "no profile is open to you" in widget(teammate="eve@example.com").open().words


def test_a_member_who_was_shut_out_is_no_member(widget, busy, trial):
    Profile.objects.update(open_to_inbox=False)
    busy.ann.is_active = False
    busy.ann.save()
    assert "no profile is open to you" in widget(teammate="ann@example.com").open().words


def test_the_summary_profile_is_shown_first_where_several_may_be_seen(widget, busy, trial):
    assert widget().open().part("profile")["value"] == str(busy.profile.pk)
    configure(busy.web, Said(summary_profile="Trial"))
    assert widget().open().part("profile")["value"] == str(trial.pk)


def test_switching_the_profile_changes_the_numbers(widget, busy, trial):
    seen = widget().open(id="b", email="bob@acme.example").tab("user")
    before = seen.table["Engagement"]
    after = seen.press("switch", profile=str(trial.pk)).table["Engagement"]
    assert before != after and after.startswith("90")


def test_the_tab_and_the_profile_are_remembered_for_the_next_conversation(widget, busy, trial):
    widget().open().press("switch", profile=str(trial.pk)).tab("user")
    later = widget().open(id="b", email="bob@acme.example")
    assert (later.part("tab")["value"], later.part("profile")["value"]) == ("user", str(trial.pk))
    assert widget(teammate="dan@example.com").open().part("tab")["value"] == "summary", "another teammate's is his own"


def test_what_was_just_chosen_comes_before_the_canvas_and_that_before_the_last_choice(widget, busy, trial):
    seen = widget().open().press("switch", profile=str(trial.pk))
    stored = {"v": 1, "tab": "account", "product": str(busy.web.pk), "profile": str(busy.profile.pk)}
    raw = body("w1", {"email": "ann@acme.example"}, current_canvas={"stored_data": stored}, component_id="switch")
    kept = answered(seen.books, [signed("w1", raw)])[0].canvas["canvas"]["stored_data"]
    assert (kept["tab"], kept["profile"]) == ("account", str(busy.profile.pk))


def test_the_canvas_may_stand_in_another_of_its_name_as_intercom_describes_it(widget, books):
    stored = {"v": 1, "tab": "info"}
    raw = body("w1", {"email": "ann@acme.example"}, current_canvas={"current_canvas": {"stored_data": stored}})
    assert answered(books, [signed("w1", raw)])[0].canvas["canvas"]["stored_data"]["tab"] == "info"


def test_opening_a_conversation_writes_nothing_down(widget):
    widget().open()
    assert not Choice.objects.exists()


def test_a_profile_that_was_closed_to_a_teammate_is_not_shown_however_it_is_asked_for(widget, busy, trial):
    seen = widget().open().press("switch", profile=str(trial.pk))
    Profile.objects.filter(pk=trial.pk).update(open_to_inbox=False)
    for ask in (lambda: widget().open(), lambda: seen.tab("user"), lambda: seen.press("switch", profile=str(trial.pk))):
        again = ask()
        assert "Trial" not in again.words and "no longer open to you" in again.words
        assert again.shown["canvas"]["stored_data"]["profile"] == str(busy.profile.pk)


def test_of_several_products_the_one_where_they_were_seen_last_comes_first(widget, busy, engine):
    app = product(busy.web.team, "Phone app")
    Profile.create(app, "Phones", EVERYDAY, busy.ann)
    receive(engine, app, [identified("ann", at(2), email="ann@acme.example"), did("ann", "Report_Created", at(31))])
    seen = widget().open()
    assert seen.offers("product") == ["Phone app", "Web"] and "Profile: Phones" in seen.words
    web = seen.press("switch", product=str(busy.web.pk))
    assert "Profile: Everyday" in web.words and "no longer" not in web.words
    assert f"{ORIGIN}/p/{busy.web.pk}/accounts/" in web.part("open-account")["action"]["url"]


def test_a_product_of_another_team_is_none_of_those_to_choose_from(widget, busy, engine):
    Profile.create(busy.evil, "Evil", EVERYDAY, busy.eve)
    receive(engine, busy.evil, [identified("ann", at(2), email="ann@acme.example", name="Evil Ann")])
    seen = widget().open().press("switch", product=str(busy.evil.pk))
    assert "Evil" not in seen.words and seen.offers("product") == []
    assert "Evil Ann" in widget(workspace="w2").open().words


def test_of_several_accounts_the_one_they_belong_to_comes_first(widget, busy, engine):
    receive(engine, busy.web, [did("ann", "Report_Created", at(30, 18), 1, account="globex")])
    seen = widget().open().tab("account")
    assert seen.offers("account") == ["Acme Ltd", "Globex"]
    globex = next(each["id"] for each in seen.part("account")["options"] if each["text"] == "Globex")
    assert "Globex" in seen.press("switch", account=globex).part("open-account")["label"]


def test_an_account_that_the_person_has_nothing_to_do_with_cannot_be_asked_for(widget, busy):
    gus = widget().open(id="g", external_id="gus")
    globex = gus.shown["canvas"]["stored_data"]["account"]
    seen = widget().open()
    assert "Globex" not in seen.press("switch", account=globex).tab("account").words


def test_the_eleventh_profile_is_reached_through_a_list(widget, busy):
    for number in range(2, 12):
        Profile.create(busy.web, f"Profile {number}", EVERYDAY, busy.ann)
    Profile.objects.update(open_to_inbox=True)
    listed = widget().open().press("list:profile:0")
    items = [item["title"] for part in listed.parts if part["type"] == "list" for item in part["items"]]
    assert items == ["Everyday", *(f"Profile {number}" for number in range(2, 9))]
    last = listed.press("list:profile:1")
    item = next(item for part in last.parts if part["type"] == "list" for item in part["items"][-1:])
    assert item["title"] == "Profile 11" and "Profile: Profile 11" in last.press(item["id"]).words
    assert "Profile: Profile 11" in widget().open().words, "it is remembered"
