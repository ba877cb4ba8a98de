"""Segments and journeys: their pages, their editors, and who may use them."""

import re
from html import unescape

import pytest

from accoil.segment import filling, journeys, keeping
from accoil.segment.journeys import Stage
from accoil.segment.models import Filling, Journey, Segment
from accoil.segment.ready_made import ready_made
from accoil.segment.rounds import Rounds
from tests.show.conftest import receive
from tests.show.reading import link_to, links, main, words
from tests.small_worlds import at, did

QUIET = {"metric": "score", "below": 25}
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def home(busy, monkeypatch) -> str:
    monkeypatch.setattr("accoil.score.book.FRESH_FOR", 0.0)
    return f"/p/{busy.web.pk}"


@pytest.fixture
def quiet(busy, home) -> Segment:
    made = keeping.create(busy.profile, "account", "Quiet", QUIET)
    Rounds().look(busy.profile)
    made.refresh_from_db()
    return made


def line(**fields: str) -> dict[str, str]:
    """A form with one condition."""
    return {"rule-how-": "all", "rule-place-0": "row", **{f"rule-{key}-0": value for key, value in fields.items()}}


def test_all_segments_stand_side_by_side_with_what_they_are_worth(ann, quiet, home):
    text = main(ann.get(f"{home}/segments"))
    assert "15 segments of accounts" in text
    assert "Quiet 2" in text and "Multi-User Accounts 1" in text
    assert "$3,000" in text  # what Globex pays
    assert "14 segments" not in text and "All Users 5" in main(ann.get(f"{home}/segments?scope=user"))


def test_without_own_segments_the_page_says_what_they_are_for(ann, home):
    page = ann.get(f"{home}/segments")
    assert "None yet. A segment of your own says who matters to you" in main(page)
    assert f"{home}/segments/new?scope=account" in links(page)


def test_without_a_profile_one_is_made_first(eve, world):
    assert eve.get(f"/p/{world.evil.pk}/segments").headers["Location"].endswith("/start?for=segments")
    assert eve.get(f"/p/{world.evil.pk}/journeys").headers["Location"].endswith("/start?for=journeys")


def test_the_page_of_a_segment_shows_who_is_inside_and_what_it_says(ann, quiet, home):
    text = main(ann.get(f"{home}/segments/{quiet.pk}"))
    assert "2 of 3 accounts; together they pay $3,000 a month." in text
    assert "Score below 25" in text
    assert "Globex" in text and "initech" in text and "Acme Ltd" not in text
    assert "Who was inside is kept from today on." in text


def test_an_automation_is_begun_with_its_name(ann, busy, quiet, home):
    begun = ann.get(link_to(ann.get(f"{home}/segments/{quiet.pk}"), "Tell somebody when one comes"))
    assert chosen(begun, "when", "named") == ["enters the segment", "Quiet"]
    journey = journeys.create(busy.profile, "account", "Way", [Stage("Here", QUIET), Stage("Elsewhere", {"all": []})])
    stage = Segment.objects.get(journey=journey, name="Here")
    begun = ann.get(link_to(ann.get(f"{home}/segments/{stage.pk}"), "Tell somebody when one comes"))
    assert chosen(begun, "when", "named") == ["enters the stage", "Here"]


def chosen(page, *names: str) -> list[str]:
    """What stands in lists to choose from."""
    lists = (re.search(rf'<select[^>]* name="{name}".*?</select>', page.content.decode(), re.S) for name in names)
    return [re.search(r"<option[^>]* selected[^>]*>([^<]+)", found[0])[1] for found in lists]


def test_its_list_is_searched_and_sorted_like_any(ann, quiet, home):
    rows = ann.get(f"{home}/segments/{quiet.pk}?search=glob", **HTMX)
    assert "Globex" in words(rows) and "initech" not in words(rows)
    sorted_by_name = ann.get(f"{home}/segments/{quiet.pk}?sort=name")
    assert f"{home}/segments/{quiet.pk}?sort=-name" in links(sorted_by_name)


def test_it_says_who_came_and_went_and_why(ann, quiet, busy, engine, home):
    receive(engine, busy.web, [did("ivy", "Report_Created", at(31), 9)])
    rounds = Rounds()
    rounds.look(busy.profile)
    text = main(ann.get(f"{home}/segments/{quiet.pk}"))
    assert "Went last initech today something was received" in text
    keeping.change(quiet, "Quiet", {"metric": "score", "below": 100}, 0)
    rounds.look(busy.profile)
    text = main(ann.get(f"{home}/segments/{quiet.pk}"))
    assert "today the segment's rule changed" in text


def test_as_of_an_earlier_day_it_shows_who_was_inside_then(ann, quiet, home):
    text = main(ann.get(f"{home}/segments/{quiet.pk}?as_of=2026-03-23"))
    assert "As of Monday 23 March, by today's rule:" in text
    assert "1 of 3 accounts. Score below 25" in text
    assert "2 of 3 accounts" in main(ann.get(f"{home}/segments/{quiet.pk}?as_of=yesterday"))


def test_the_past_is_filled_in_with_its_progress_in_view(ann, quiet, home):
    answer = ann.post(f"{home}/segments/{quiet.pk}/fill", {"days": "30"}, follow=True)
    assert "The last 30 days of “Quiet” are being worked out." in words(answer)
    work = filling.Fillings()
    work.step()
    assert (
        "The past is being worked out:" in main(ann.get(f"{home}/segments/{quiet.pk}")) or not Filling.objects.exists()
    )
    while Filling.objects.exists():
        work.step()
    assert "Who was inside is worked out from 1 Mar on." in main(ann.get(f"{home}/segments/{quiet.pk}"))


def test_the_editor_says_what_is_typed_and_whom_it_holds_for(ann, home):
    typed = line(what="metric:score", op="below", value="25")
    text = words(ann.post(f"{home}/segments/new", typed, **HTMX))
    assert "It holds for 2 of 3 accounts today. Score below 25" in text
    text = words(ann.post(f"{home}/segments/new", line(what="event:", name="Never_Sent", op="did"), **HTMX))
    assert "Nothing was counted as “Never_Sent” yet." in text
    text = words(ann.post(f"{home}/segments/new", line(what="metric:score", op="below", value="low"), **HTMX))
    assert "below is " in text


def test_without_javascript_a_button_shows_the_fields_that_fit(ann, home):
    page = ann.post(f"{home}/segments/new?scope=user", {**line(what="event:Report_Created"), "do": "check"})
    assert 'name="rule-times-0"' in page.content.decode()
    page = ann.post(f"{home}/segments/new?scope=user", {**line(what="metric:score"), "do": "rule row "})
    assert 'name="rule-what-1"' in page.content.decode()
    page = ann.post(f"{home}/segments/new", {**line(what="metric:score", op="below", value="9"), "do": "rule as_text"})
    assert "{metric: score, below: 9}" in page.content.decode().replace("\n", "") or "below: 9" in page.content.decode()


def test_a_new_segment_is_made_and_its_past_worked_out(ann, busy, home):
    typed = line(what="metric:mrr", op="at_least", value="2000")
    answer = ann.post(f"{home}/segments/new", {**typed, "name": "Rich", "stay_days": "2", "fill": "1", "do": "save"})
    made = Segment.objects.get(name="Rich")
    assert answer.headers["Location"] == f"{home}/segments/{made.pk}"
    assert (made.rule, made.stay_days, made.author) == ({"metric": "mrr", "at_least": 200_000}, 2, busy.ann)
    assert made.fill_from is not None


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(ann, quiet, home):
    answer = ann.post(
        f"{home}/segments/new", {**line(what="metric:score", op="below", value="9"), "name": "quiet", "do": "save"}
    )
    assert answer.status_code == 422
    assert "There is a segment of accounts called “Quiet” already" in main(answer)
    assert 'value="9"' in answer.content.decode()
    answer = ann.post(f"{home}/segments/new", {"name": "Empty", "do": "save"})
    assert "Say who is in it: add a condition." in main(answer)


def test_a_segment_is_changed_and_deleted(ann, quiet, home):
    ann.post(
        f"{home}/segments/{quiet.pk}/edit", {"name": "Calm", "rule-text": "{metric: score, below: 50}", "do": "save"}
    )
    quiet.refresh_from_db()
    assert (quiet.name, quiet.rule) == ("Calm", {"metric": "score", "below": 50})
    answer = ann.post(f"{home}/segments/{quiet.pk}/delete", follow=True)
    assert "“Calm” is deleted." in words(answer)
    assert not Segment.objects.filter(pk=quiet.pk).exists()


def test_built_in_ones_are_shown_not_edited(ann, quiet, home):
    hot = Segment.objects.get(name="Red Hot", scope="account")
    assert "Change of score at least 10" in main(ann.get(f"{home}/segments/{hot.pk}"))
    assert ann.get(f"{home}/segments/{hot.pk}/edit").status_code == 302
    copied = ann.get(f"{home}/segments/new?like={hot.pk}").content.decode()
    assert '<option value="metric:change" selected>' in copied


def test_a_member_looks_but_changes_nothing(bob, quiet, home):
    assert "New segment" not in main(bob.get(f"{home}/segments"))
    for act in (f"segments/{quiet.pk}/delete", f"segments/{quiet.pk}/fill", "journeys/ready"):
        assert bob.post(f"{home}/{act}", {"key": "status"}).status_code == 403
    typed = line(what="metric:score", op="below", value="9")
    assert bob.post(f"{home}/segments/new", {**typed, "name": "Mine", "do": "save"}).status_code == 403
    assert "It holds for" in words(bob.post(f"{home}/segments/new", typed, **HTMX))


def test_a_ready_made_journey_is_begun_with_one_press(ann, busy, home):
    text = main(ann.get(f"{home}/journeys"))
    assert "New → Activated → Engaged → Cooling → Inactive" in text and "Trial → Paid → Cancelled" in text
    text = words(ann.post(f"{home}/journeys/ready", {"key": "engagement", "scope": "account"}, follow=True))
    assert "“Engagement” is made." in text
    assert "Engagement" in text and "Inactive" in text
    assert Journey.objects.get().stages.count() == 5


def test_a_journey_shows_everyone_where_he_stands(ann, busy, home):
    stages = [Stage(name, rule) for name, rule in ready_made("account")[0].stages.items()]
    made = journeys.create(busy.profile, "account", "Engagement", stages)
    Rounds().look(busy.profile)
    text = main(ann.get(f"{home}/journeys/{made.pk}"))
    assert "3 accounts in Engagement" in text
    assert "Nobody. It takes five who went through a stage" in text
    stage = made.stages.get(name="Inactive")
    assert "Stage of Engagement; Everyone, and in no stage above" in main(ann.get(f"{home}/segments/{stage.pk}"))


def test_a_journey_is_made_stage_by_stage(ann, busy, home):
    typed = {"name": "Way"}
    for number, (name, value) in enumerate((("Low", "25"), ("High", "75"))):
        typed |= {f"stage-{number}-name": name, f"stage{number}-place-0": "row"}
        typed |= {
            f"stage{number}-what-0": "metric:score",
            f"stage{number}-op-0": "below",
            f"stage{number}-value-0": value,
        }
    told = words(ann.post(f"{home}/journeys/new", typed, **HTMX))
    assert "Low 2 score below 25 High 0 score below 75 1 of 3 accounts would stand in none." in told
    added = ann.post(f"{home}/journeys/new", {**typed, "do": "stage add"}).content.decode()
    assert 'name="stage-2-name"' in added
    turned = ann.post(f"{home}/journeys/new", {**typed, "do": "stage up 1"}).content.decode()
    assert turned.index('value="High"') < turned.index('value="Low"')
    ann.post(f"{home}/journeys/new", {**typed, "do": "save"})
    assert list(Journey.objects.get().stages.values_list("name", flat=True)) == ["Low", "High"]


def test_a_stage_can_be_written_as_text(ann, home):
    typed = {"name": "Way", "stage-0-name": "Low", "stage0-place-0": "row"}
    typed |= {"stage0-what-0": "metric:score", "stage0-op-0": "below", "stage0-value-0": "25"}
    text = ann.post(f"{home}/journeys/new", {**typed, "do": "stage0 as_text "}, **HTMX).content.decode()
    assert 'name="stage0-text"' in text and "{metric: score, below: 25}" in text
    sent = {"name": "Way", "stage-0-name": "Low", "stage0-text": "{metric: score, below: 9}", "do": "stage0 as_rows"}
    rows = ann.post(f"{home}/journeys/new", sent).content.decode()
    assert 'name="stage0-what-0"' in rows and 'name="stage0-text"' not in rows


def test_the_profile_says_who_counts_and_who_is_activated(ann, busy, home):
    base = {
        "window": "7", "benchmark": "moving", "curve": "exponential", "name": "Everyday", "based_on": "1",
        "event-0": "Report_Created", "weight-0": "9", "scored-0": "1", "filter-shape": "", "filter-place-0": "row",
        "filter-what-0": "user_trait:role", "filter-op-0": "is", "filter-value-0": "Analyst",
        "usersteps-place-0": "row", "usersteps-what-0": "event:Report_Created", "usersteps-op-0": "did",
    }  # fmt: skip
    address = f"{home}/profiles/{busy.profile.pk}"
    assert "Role is Analyst." in words(ann.post(f"{home}/profiles/preview", {**base, "of": busy.profile.pk}, **HTMX))
    pressed = ann.post(address, {**base, "do": "usersteps row "}).content.decode()
    assert 'name="usersteps-what-1"' in pressed
    ann.post(address, {**base, "do": "save"})
    raw = busy.profile.current.definition
    assert raw["filter"] == {"user_trait": "role", "is": "Analyst"}
    assert raw["activation"]["user"] == [{"event": "Report_Created"}]
    assert '<option value="user_trait:role" selected>' in ann.get(address).content.decode()
    ann.post(address, {**base, "based_on": "2", "filter-what-0": "", "do": "save"})
    assert busy.profile.current.parsed.filter is None


def test_the_page_of_an_account_says_which_segments_it_is_in(ann, quiet, busy, engine, home):
    page = ann.get(f"{home}/accounts?search=globex")
    address = next(link for link in links(page) if re.search(r"/accounts/\d", link))
    text = main(ann.get(address))
    assert "Segments" in text and "Quiet since today or earlier" in text  # it was inside when that was first looked at
    assert "All Accounts since" not in text and "came to Quiet" not in text
    receive(engine, busy.web, [did("gus", "Report_Created", at(31), 9)])
    Rounds().look(busy.profile)
    assert "left Quiet today something was received" in main(ann.get(address))


def test_a_ready_made_journey_can_be_saved_as_it_is_shown(ann, busy, home):
    ann.post(f"{home}/journeys/ready", {"key": "engagement", "scope": "account"})
    made = Journey.objects.get()
    before = list(made.stages.order_by("position").values_list("pk", "name", "rule"))
    form = fields(ann.get(f"{home}/journeys/{made.pk}/edit"))
    answer = ann.post(f"{home}/journeys/{made.pk}/edit", {**form, "do": "save"})
    assert answer.status_code == 302
    assert list(made.stages.order_by("position").values_list("pk", "name", "rule")) == before


def fields(page) -> dict[str, str]:
    """What a browser would send of the form as it stands."""
    content = page.content.decode()
    found = {}
    for tag in re.findall(r"<input [^>]*>", content):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="search"' not in tag:
            found[name[1]] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', content, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    return found
