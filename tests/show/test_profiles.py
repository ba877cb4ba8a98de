"""Making and changing a profile, with its consequences in view."""

import pytest

from accoil.act import automations
from accoil.act.automations import Draft
from accoil.score.definition import Definition
from accoil.score.features import Said, edit
from accoil.score.models import Profile
from tests.show.automating import HTMX
from tests.show.reading import main, words


@pytest.fixture
def home(busy) -> str:
    return f"/p/{busy.web.pk}/profiles"


def form(weights: dict[str, int], **fields: str) -> dict[str, str]:
    events = {}
    for place, (event, weight) in enumerate(weights.items()):
        events |= {f"event-{place}": event, f"weight-{place}": str(weight), f"scored-{place}": "1"}
    return {"window": "7", "benchmark": "moving", "curve": "exponential", "do": "save", **events, **fields}


def test_the_first_profile_is_proposed_from_what_arrived(ann, home):
    text = main(ann.get(f"{home}/new"))
    assert "Proposed from what arrived" in text
    assert "makes something" in text


@pytest.mark.parametrize("which", ["new", "of"])
def test_what_a_profile_does_comes_after_the_page(ann, busy, home, which):
    """Everyone is looked at for it, and nobody waits for that to see the events."""
    own = str(busy.profile.pk) if which == "of" else ""
    page = ann.get(f"{home}/{own or 'new'}")
    assert "Here comes what this does to everyone" in main(page)
    assert "Nothing is saved yet." not in main(page)
    asked = page.content.decode().split("<profile-editor", 1)[1].split(">", 1)[0]
    assert f'hx-post="{home}/preview"' in asked
    assert 'hx-trigger="load, input' in asked
    sent = form({"Report_Created": 9, "Dashboard_Viewed": 1}, of=own)
    told = words(ann.post(f"{home}/preview", sent, **HTMX))
    assert "Nothing is saved yet." in told
    assert ("Nothing moves" if own else "accounts would be scored") in told


def test_a_draft_that_was_sent_with_the_page_brings_what_it_does(ann, busy, home):
    page = ann.post(f"{home}/{busy.profile.pk}", form({"Dashboard_Viewed": 10}, name="Everyday", do="preview"))
    assert "Nothing is saved yet." in main(page)
    assert 'hx-trigger="input' in page.content.decode()


def test_without_events_the_names_are_asked_for(eve, world):
    text = main(eve.get(f"/p/{world.evil.pk}/profiles/new"))
    assert "No event has arrived yet. Type the names of those that will count." in text


def test_a_new_profile_scores_everyone_at_once(ann, busy, home):
    answer = ann.post(f"{home}/new", form({"Report_Created": 5}, name="Makers", note="First try"))
    made = Profile.objects.get(name="Makers")
    assert answer.headers["Location"] == f"/p/{busy.web.pk}/?profile={made.pk}"
    assert made.current.parsed.events == {"Report_Created": 5}
    assert (made.current.note, made.current.author) == ("First try", busy.ann)
    assert "1 of 3 accounts was active" in main(ann.get(answer.headers["Location"]))


def test_a_change_makes_the_next_version_and_moves_the_list(ann, busy, home):
    before = main(ann.get(f"/p/{busy.web.pk}/accounts"))
    answer = ann.post(f"{home}/{busy.profile.pk}", form({"Dashboard_Viewed": 9}, name="Everyday", based_on="1"))
    assert answer.status_code == 302
    assert busy.profile.current.number == 2
    page = ann.get(f"{home}/{busy.profile.pk}")
    assert "Saved as version 2, in force from today." in words(page)
    assert "Save as version 3" in main(page)
    assert main(ann.get(f"/p/{busy.web.pk}/accounts")) != before


def test_saving_what_is_in_force_makes_no_version(ann, busy, home):
    same = form({"Report_Created": 9, "Dashboard_Viewed": 1}, name="Everyday", based_on="1")
    page = ann.post(f"{home}/{busy.profile.pk}", same, follow=True)
    assert "Version 1 stays in force: the definition is unchanged." in words(page)
    assert busy.profile.versions.count() == 1


def test_a_profile_can_be_renamed(ann, busy, home):
    ann.post(
        f"{home}/{busy.profile.pk}", form({"Report_Created": 9, "Dashboard_Viewed": 1}, name="Daily", based_on="1")
    )
    busy.profile.refresh_from_db()
    assert busy.profile.name == "Daily"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "Give the profile a name."),
        ({"name": "Everyday"}, "already has a profile called “Everyday”"),
        ({"name": "X" * 101}, "longer than 100 characters"),
        ({"name": "New", "benchmark": "fixed", "fixed": "0"}, "write a number above 0"),
    ],
)
def test_a_refused_profile_is_shown_again_as_typed_with_the_reason(ann, home, fields, said):
    answer = ann.post(f"{home}/new", form({"Report_Created": 3}, note="Why not", **fields))
    assert answer.status_code == 422
    assert said in main(answer)
    assert b'value="Why not"' in answer.content
    assert Profile.objects.count() == 1


def test_without_a_single_event_nothing_is_saved(ann, busy, home):
    answer = ann.post(f"{home}/{busy.profile.pk}", form({}, name="Everyday", based_on="1"))
    assert answer.status_code == 422
    assert busy.profile.current.number == 1


def test_a_refused_definition_does_not_rename_either(ann, busy, home):
    ann.post(f"{home}/{busy.profile.pk}", form({}, name="Daily", based_on="1"))
    busy.profile.refresh_from_db()
    assert busy.profile.name == "Everyday"


def test_two_people_cannot_overwrite_each_other_unseen(ann, busy, home):
    ann.post(f"{home}/{busy.profile.pk}", form({"Report_Created": 1}, name="Everyday", based_on="1"))
    late = ann.post(f"{home}/{busy.profile.pk}", form({"Report_Created": 2}, name="Everyday", based_on="1"))
    assert late.status_code == 409
    assert "Ann saved version 2 while you were writing" in main(late)
    assert b'name="based_on" value="2"' in late.content
    assert busy.profile.current.number == 2


def test_preview_shows_what_a_draft_would_do_and_saves_nothing(ann, busy, home):
    part = ann.post(f"{home}/preview", form({"Dashboard_Viewed": 10}, of=str(busy.profile.pk)))
    text = words(part)
    assert b"<html" not in part.content
    assert "Up most" in text
    assert "Nothing is saved yet." in text
    assert busy.profile.versions.count() == 1


def test_preview_tells_of_segments_for_accounts_and_users(ann, busy, home):
    draft = form({"Dashboard_Viewed": 10}, of=str(busy.profile.pk), side="user")
    part = ann.post(f"{home}/preview", draft)
    text = words(part)
    assert "Users by score" in text
    assert "Accounts by score" in text
    assert "All Active" in text
    assert b'value="user" checked' in part.content


def test_preview_tells_whose_automations_the_draft_would_set_off(ann, busy, home):
    made = Draft(
        name="Tag the lively", scope="account", when={"score": {"drops_below": 40}},
        then=[{"intercom_tag": {"tag": "quiet", "on": "company"}}],
    )  # fmt: skip
    automations.create(busy.profile, made, enabled=True)
    text = words(ann.post(f"{home}/preview", form({"Never_Sent": 10}, of=str(busy.profile.pk))))
    told = "would meet the trigger of Tag the lively; saving the profile itself fires nothing."
    assert told in text
    assert told not in words(ann.post(f"{home}/preview", form({"Report_Created": 9}, of=str(busy.profile.pk))))


def test_everyone_who_differs_is_listed_with_the_draft_still_in_hand(ann, busy, home):
    draft = form({"Dashboard_Viewed": 10}, of=str(busy.profile.pk), name="Everyday", scope="account")
    answer = ann.post(f"{home}/differences", draft)
    text = main(answer)
    assert "1–" in text
    assert "Change" in text
    assert b'name="event-0" value="Dashboard_Viewed"' in answer.content
    assert busy.profile.versions.count() == 1
    nobody = main(ann.post(f"{home}/differences", draft | {"search": "no such account"}))
    assert "Nobody who differs is called “no such account”." in nobody


def test_everyone_who_differs_can_be_downloaded(ann, busy, home):
    draft = form({"Dashboard_Viewed": 10}, of=str(busy.profile.pk), scope="user", do="csv")
    answer = ann.post(f"{home}/differences", draft)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="what-if-users.csv"'
    head, *rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert head.replace('"', "").startswith("id,tracking_id,name,score_from,score_to,move")
    assert rows


def test_differences_of_an_unfinished_draft_say_what_is_missing(ann, home):
    answer = ann.post(f"{home}/differences", form({}))
    assert answer.status_code == 422
    assert "No event counts yet" in main(answer)


def test_preview_of_what_is_in_force_moves_nothing(ann, busy, home):
    same = form({"Report_Created": 9, "Dashboard_Viewed": 1}, of=str(busy.profile.pk))
    assert "Nothing moves" in words(ann.post(f"{home}/preview", same))


@pytest.mark.parametrize(
    ("draft", "said"),
    [(form({}), "No event counts yet"), (form({"A": 1}, benchmark="fixed", fixed=""), "Write the fixed benchmark")],
)
def test_preview_of_an_unfinished_draft_says_what_is_missing(ann, home, draft, said):
    part = ann.post(f"{home}/preview", draft)
    assert part.status_code == 200
    assert said in words(part)


def test_preview_only_answers_to_a_post(ann, home):
    assert ann.get(f"{home}/preview").status_code == 405


def test_without_javascript_a_button_shows_the_consequences(ann, busy, home):
    draft = form({"Dashboard_Viewed": 10}, name="Everyday", do="preview", another="Report_Shared")
    page = ann.post(f"{home}/{busy.profile.pk}", draft)
    assert page.status_code == 200
    assert "Report Shared" in main(page)
    assert "Up most" in main(page)
    assert busy.profile.versions.count() == 1


def test_every_version_stays_readable(ann, busy, home):
    ann.post(f"{home}/{busy.profile.pk}", form({"Report_Created": 1}, name="Everyday", based_on="1", note="Simpler"))
    text = main(ann.get(f"{home}/{busy.profile.pk}"))
    changed = "Report_Created 9 → 1; Dashboard_Viewed no longer counts (weight was 1)"
    assert f"Versions 2 Simpler {changed} Ann today 1 Ann today" in " ".join(text.split())


def test_a_feature_is_weighed_as_a_whole_before_anything_is_saved(ann, busy, home):
    edit(busy.web, lambda _: [Said(name="Looking", events=("Dashboard_Viewed", "Help_Opened", "Soon"))])
    sent = {
        "name": "Everyday", "window": "7", "based_on": "1", "do": "feature",
        "feature": "Looking", "feature_weight": "4",
        "event-0": "Report_Created", "scored-0": "1", "weight-0": "9",
        "event-1": "Dashboard_Viewed", "scored-1": "1", "weight-1": "1",
    }  # fmt: skip
    page = ann.post(f"{home}/{busy.profile.pk}", sent)
    draft = page.context["draft"]
    assert {event.event: event.weight for event in draft.scored} == {
        "Report_Created": 9, "Dashboard_Viewed": 4, "Help_Opened": 4, "Soon": 4,
    }  # fmt: skip
    assert busy.profile.current.number == 1
    none = ann.post(f"{home}/{busy.profile.pk}", {**sent, "feature_weight": "0"}).context["draft"]
    assert {event.event for event in none.scored} == {"Report_Created"}
    usual = ann.post(f"{home}/{busy.profile.pk}", {**sent, "feature_weight": ""}).context["draft"]
    assert {event.event: event.weight for event in usual.scored}["Help_Opened"] == 1
    unknown = ann.post(f"{home}/{busy.profile.pk}", {**sent, "feature": "Gone"}).context["draft"]
    assert {event.event for event in unknown.scored} == {"Report_Created", "Dashboard_Viewed"}


def test_each_version_says_what_it_changed(ann, busy, home):
    ann.post(f"{home}/{busy.profile.pk}", form({"Report_Created": 5}, name="Everyday", based_on="1", daily_cap="3"))
    text = " ".join(main(ann.get(f"{home}/{busy.profile.pk}")).split())
    assert "daily cap added: 3; Report_Created 9 → 5; Dashboard_Viewed no longer counts (weight was 1)" in text
    assert busy.profile.current.parsed.daily_cap == 3


def test_saving_the_form_keeps_what_it_does_not_show(ann, busy, home):
    kept = {
        "filter": {"user_trait": "role", "is": "admin"}, "exclude": {"users": ["zoe"]},
        "activation": {"account": [{"event": "Report_Created"}]},
    }  # fmt: skip
    busy.profile.save_definition(Definition.check({"events": {"Report_Created": 9}, **kept}), None)
    assert ann.get(f"{home}/{busy.profile.pk}").status_code == 200
    ann.post(f"{home}/{busy.profile.pk}", form({"Report_Created": 7}, name="Everyday", based_on="2"))
    written = busy.profile.current.definition
    assert (written["events"], {key: written[key] for key in kept}) == ({"Report_Created": 7}, kept)
