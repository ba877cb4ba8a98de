"""Automations: the list, the plays, the editor, the page of one with its run log, and who may use them."""

import re

import pytest
from django.utils import timezone

from accoil.act.models import Automation, Firing
from accoil.act.plays import PLAYS
from accoil.score import features
from accoil.score.access import ProfileAccess
from accoil.score.definition import Definition
from accoil.score.features import Said
from accoil.score.models import Profile
from accoil.segment import journeys, keeping
from accoil.segment.journeys import Stage
from accoil.segment.rounds import Rounds
from tests.show.automating import BUSY, HTMX, made
from tests.show.conftest import receive
from tests.show.filled import filled
from tests.show.reading import link_to, links, main
from tests.small_worlds import at, did
from tests.waiting import until


def test_without_automations_the_page_says_what_they_do_and_offers_plays(ann, automations):
    page = ann.get(automations)
    assert "An automation does something by itself the moment an account or a user changes" in main(page)
    assert link_to(page, "Make the first one") == f"{automations}/new"
    for play in PLAYS:
        assert play.name in main(page)
        assert f"{automations}/new?play={play.key}" in links(page)
    assert len(PLAYS) == 6


def test_the_list_says_what_each_does_when_it_fired_and_whether_it_is_on(ann, busy, joined, automations):
    on = made(busy, condition={"metric": "mrr", "above": 10_000}, enabled=True)
    made(busy, {"new": "user"}, [{"intercom_tag": {"tag": "new", "on": "user"}}], "user", name="Greet")
    Firing.objects.create(automation=on, move="m1", entity=1, became="fired", at=timezone.now())
    Firing.objects.create(automation=on, move="m2", entity=2, became="cooling", at=timezone.now())
    text = main(ann.get(automations))
    assert "1 of 2 automations on; it fired 1 time in the last 7 days." in text
    assert "Tell Rita When an account comes to match: " in text
    assert "if MRR above $100 Add Tag in Intercom: hot, company" in text
    assert "Greet When a user is new Add Tag in Intercom: new, user" in text
    assert "never fired" in text


def test_one_that_cannot_act_says_why_and_what_to_do_in_the_list_and_on_its_page(ann, bob, busy, automations):
    found = made(busy, enabled=True)
    text = main(ann.get(automations))
    assert "Tell Rita can't do all that it should." in text
    not_there = "Intercom is not connected, so what is to be done there fails. Connect it in Settings > Connections."
    assert not_there in text and not_there in main(ann.get(f"{automations}/{found.pk}"))
    made(busy, name="Tell Rudi", enabled=True)
    text = main(ann.get(automations))
    assert "2 of them can't do all that they should." in text and text.count(not_there) == 1, "it is told once"
    Automation.objects.update(problem="when: Everyday has no segment of accounts called “Gone”.")
    page = ann.get(f"{automations}/{found.pk}")
    assert "Everyday has no segment of accounts called “Gone”." in main(page) and "when: " not in main(page)
    assert link_to(page, "Edit it") == f"{automations}/{found.pk}/edit"
    assert link_to(page, "Connections").startswith(f"/p/{busy.web.pk}/settings/connections")
    assert "Tell an owner or manager of Acme Inc." in main(bob.get(f"{automations}/{found.pk}"))
    Automation.objects.update(enabled=False)
    assert not_there not in main(ann.get(automations))


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.key)
@pytest.mark.parametrize("with_features", [True, False])
def test_each_play_makes_an_automation_that_can_be_switched_on(ann, busy, automations, play, with_features):
    if with_features:
        features.edit(busy.web, lambda kept: [*kept, Said(name="Reporting", events=("Report_Created",))])
    page = ann.get(f"{automations}/new?play={play.key}")
    assert play.name in page.content.decode()
    sent = filled(page, "editor") | {"then-key-0": "intercom_tag", "then-0-tag": play.tag, "do": "save"}
    sent |= {"then-0-on": "company" if play.scope == "account" else "user"}
    assert ann.post(f"{automations}/new?play={play.key}", sent).status_code == 302
    found = Automation.objects.get()
    assert (found.name, found.scope, found.enabled) == (play.name, play.scope, False)
    named = str([found.trigger, found.condition])
    assert ("'feature'" in named) == (with_features and play.key in ("drop-off", "premium"))
    ann.post(f"{automations}/{found.pk}/switch", {"do": "on"})
    found.refresh_from_db()
    assert found.enabled


TRIGGERS = [
    ("account", {"enters": "Quiet"}),
    ("account", {"leaves": "Red Hot"}),
    ("account", {"stage": "Paying"}),
    ("account", {"score": {"rises": 10}}),
    ("user", {"score": {"falls": 7, "days": 14}}),
    ("account", {"score": {"rises_above": 50}}),
    ("account", {"score": {"drops_below": 25}}),
    ("user", {"activation": {"reaches": 50}}),
    ("user", {"activation": {"step": 2}}),
    ("account", {"new": "account"}),
    ("user", {"new": "user"}),
    ("account", {"becomes": {"any": [BUSY, {"segment": "Quiet", "in": False}]}}),
]


@pytest.mark.parametrize(("scope", "when"), TRIGGERS, ids=lambda each: str(each))
def test_every_trigger_stands_in_the_editor_as_it_is_kept(ann, busy, automations, scope, when):
    steps = {"user": [{"event": "Report_Created"}, {"event": "Dashboard_Viewed"}]}
    busy.profile.save_definition(Definition.check({"events": {"Report_Created": 9}, "activation": steps}), busy.ann)
    keeping.create(busy.profile, "account", "Quiet", {"metric": "score", "below": 25})
    journeys.create(
        busy.profile, "account", "Buying", [Stage("Paying", {"metric": "mrr", "above": 0}), Stage("Rest", {"all": []})]
    )
    then = [{"intercom_tag": {"tag": "a", "on": "company"}}, {"webhook": {"url": "https://nowhere.invalid/x"}}]
    found = made(busy, when, then, scope, condition={"metric": "score", "at_least": 3}, cool_down_hours=48)
    page = ann.get(f"{automations}/{found.pk}/edit")
    sent = ann.post(f"{automations}/{found.pk}/edit", filled(page, "editor") | {"do": "save"})
    assert sent.status_code == 302, main(sent)
    again = Automation.objects.get()
    for kept in ("name", "scope", "trigger", "condition", "actions", "cool_down_hours"):
        assert getattr(again, kept) == getattr(found, kept)
    assert again.trigger == when


def typed(page, **more: str) -> dict[str, str]:
    return filled(page, "editor") | more


def test_it_says_in_words_what_is_typed_and_what_is_missing(ann, automations):
    page = ann.get(f"{automations}/new")
    assert "Choose the segment." in main(page)
    sent = typed(page, when="rises", n="12") | {"then-key-0": "intercom_tag"}
    told = ann.post(f"{automations}/new", sent, **HTMX).content.decode()
    assert "Add Tag in Intercom: Tag is missing." in told
    assert 'name="then-0-tag"' in told  # the fields of the action that was chosen
    sent |= {"then-0-tag": "hot", "then-0-on": "company"}
    told = ann.post(f"{automations}/new", sent, **HTMX).content.decode()
    assert "When an account has a score that rises by 12 points or more" in told


def test_another_trigger_brings_its_own_fields(ann, automations):
    page = ann.get(f"{automations}/new")
    told = ann.post(f"{automations}/new", typed(page, when="rises_above"), **HTMX).content.decode()
    assert re.search(r'name="n"[^>]*value="50"', told)
    assert 'name="named"' not in told
    told = ann.post(f"{automations}/new", typed(page, when="becomes"), **HTMX).content.decode()
    assert 'name="becomes-place-0"' in told
    told = ann.post(f"{automations}/new", typed(page, scope="user"), **HTMX).content.decode()
    assert "All Users" in told and "All Accounts" not in told


def test_actions_are_added_and_taken_out(ann, automations):
    sent = typed(ann.get(f"{automations}/new")) | {"then-key-0": "webhook", "then-0-url": "https://a.example/x"}
    more = ann.post(f"{automations}/new", {**sent, "do": "then add"})
    fields = filled(more, "editor")
    assert (fields["then-key-0"], fields["then-0-url"], fields["then-key-1"]) == ("webhook", "https://a.example/x", "")
    fewer = filled(ann.post(f"{automations}/new", {**fields, "do": "then away 0"}), "editor")
    assert (fewer["then-key-0"], "then-key-1" in fewer) == ("", False)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"name": " "}, "Give the automation a name."),
        ({"name": "tell RITA"}, "has an automation called “Tell Rita” already"),
        ({"when": "rises", "n": "many"}, "Score: write a whole number of points."),
        ({"when": "rises", "n": "500"}, "write a whole number from 1 to 100"),
        ({"cool_down_hours": "-1"}, "How often: write a whole number of hours."),
        ({"then-key-0": ""}, "Choose what is to be done."),
        ({"then-key-0": "webhook", "then-0-url": "http://127.0.0.1/x"}, "not an address that may be sent to"),
        ({"then-key-0": "webhook", "then-0-url": "hook"}, "The address must be one such as"),
        ({"when": "becomes", "becomes-text": "{metric: scor, above: 1}"}, "did you mean “score”?"),
        ({"if-text": "{metric: scor, above: 1}"}, "did you mean “score”?"),
        ({"then-0-tag": "{{ account.nam }}"}, "account.name"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_makes_no_sense_is_refused_with_the_reason_and_stays_typed(ann, busy, automations, wrong, why):
    made(busy)
    page = ann.get(f"{automations}/new")
    right = {"name": "Two", "when": "rises_above", "n": "50", "then-key-0": "intercom_tag"}
    right |= {"then-0-tag": "typed", "then-0-on": "company", "do": "save"}
    answer = ann.post(f"{automations}/new", {**typed(page), **right, **wrong})
    assert answer.status_code == 422
    assert why in main(answer)
    assert "when:" not in main(answer) and "then:" not in main(answer)
    assert filled(answer, "editor")["cool_down_hours"] == wrong.get("cool_down_hours", "24")
    assert Automation.objects.count() == 1


def test_it_looks_back_before_it_is_switched_on(ann, busy, automations, engine):
    receive(engine, busy.web, [did("gus", "Report_Created", at(31), 3)])
    found = made(busy)
    page = ann.get(f"{automations}/{found.pk}")
    assert "If it had been on" in main(page)
    assert f"{automations}/{found.pk}/look-back" in page.content.decode()
    told = until_found(lambda: ann.get(f"{automations}/{found.pk}/look-back", **HTMX))
    assert "Would have fired 2 times in the last 90 days, for 2 accounts" in told
    assert "Globex" in told
    sent = typed(ann.get(f"{automations}/{found.pk}/edit"), **{"name": "", "do": "look-back"})
    assert "Would have fired 2 times" in until_found(lambda: ann.post(f"{automations}/{found.pk}/edit", sent, **HTMX))


def until_found(ask) -> str:
    told = []

    def is_over() -> bool:
        told.append(ask().content.decode())
        return 'role="status"' not in told[-1]

    until(is_over, within=240, every=0.1)  # 90 books, and with ClickHouse behind each of two engines
    return told[-1]


def test_it_is_switched_and_deleted(ann, busy, automations):
    found = made(busy)
    ann.post(f"{automations}/{found.pk}/switch", {"do": "on"})
    assert Automation.objects.get().enabled
    answer = ann.post(f"{automations}/{found.pk}/switch", {"do": "off", "from": "list"})
    assert answer.headers["Location"] == automations
    assert not Automation.objects.get().enabled
    ann.post(f"{automations}/{found.pk}/delete")
    assert not Automation.objects.exists()


def test_just_switched_on_it_says_that_it_looks_who_is_inside_first(ann, busy, automations):
    found = made(busy, enabled=True)
    assert "Who is inside already is being written down" in main(ann.get(f"{automations}/{found.pk}"))
    Rounds().look(busy.profile)
    assert "It has not fired yet." in main(ann.get(f"{automations}/{found.pk}"))


def test_one_that_names_a_segment_that_is_gone_says_so_when_it_is_switched_on(ann, busy, automations):
    segment = keeping.create(busy.profile, "account", "Quiet", {"metric": "score", "below": 25})
    found = made(busy, {"enters": "Quiet"})
    segment.delete()
    answer = ann.post(f"{automations}/{found.pk}/switch", {"do": "on"}, follow=True)
    assert "has no segment of accounts called “Quiet”" in answer.content.decode()
    assert "Quiet" in main(ann.get(f"{automations}/{found.pk}/edit"))


def test_members_look_and_try_but_do_not_change(bob, busy, automations):
    found = made(busy)
    page = bob.get(automations)
    assert "New automation" not in main(page) and "Switch off" not in main(page)
    assert bob.get(f"{automations}/{found.pk}").status_code == 200
    edit = bob.get(f"{automations}/{found.pk}/edit")
    assert "Owners and managers of Acme Inc change automations" in main(edit)
    assert bob.post(f"{automations}/{found.pk}/edit", typed(edit), **HTMX).status_code == 200
    assert bob.post(f"{automations}/new", typed(edit) | {"do": "save"}).status_code == 403
    for act in ("switch", "delete", "retry", "addresses/1"):
        assert bob.post(f"{automations}/{found.pk}/{act}", {"do": "on"}).status_code == 403
    assert not Automation.objects.get().enabled


def test_a_member_sees_nothing_of_a_profile_that_is_kept_from_him(bob, busy, automations):
    found = made(busy)
    Profile.create(busy.web, "Other", Definition(events={"X": 1}), busy.ann)
    member = busy.web.team.members.get(user=busy.bob)
    ProfileAccess.objects.create(member=member, profile=busy.profile, may="none")
    assert "Tell Rita" not in main(bob.get(automations))
    assert bob.get(f"{automations}/{found.pk}").status_code == 404


def test_another_team_sees_nothing_of_it(eve, busy, automations):
    found = made(busy)
    evil = f"/p/{busy.evil.pk}/automations"
    Profile.create(busy.evil, "Evil", Definition(events={"X": 1}), busy.eve)
    for address in (automations, f"{automations}/new", f"{automations}/{found.pk}"):
        assert eve.get(address).status_code == 404
    for address in ("", "/edit", "/log", "/look-back"):
        assert eve.get(f"{evil}/{found.pk}{address}").status_code == 404
    for act in ("switch", "delete", "retry", "edit"):
        assert eve.post(f"{evil}/{found.pk}/{act}", {"do": "on"}).status_code == 404
    assert "Tell Rita" not in main(eve.get(evil))


def test_without_a_profile_one_is_made_first(eve, world):
    assert eve.get(f"/p/{world.evil.pk}/automations").headers["Location"].endswith("/start?for=automations")
    assert eve.get(f"/p/{world.evil.pk}/automations/new").headers["Location"].endswith("/start?for=automations")
