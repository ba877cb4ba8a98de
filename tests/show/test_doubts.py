"""Wherever a rule is typed, the page says which of its names nobody ever sent, and which name may be meant."""

import pytest

from tests.show.automating import HTMX
from tests.show.filled import filled
from tests.show.reading import words

MISSPELT = "Nothing was counted as “Report_Creatd” yet; did you mean “Report_Created”?"
NO_TRAIT = "No account has a trait “colour” yet"


@pytest.fixture
def home(busy) -> str:
    return f"/p/{busy.web.pk}"


def line(name: str, subject: str = "event:Report_Creatd", number: int = 0) -> dict[str, str]:
    """One condition in the form of the rule of that name."""
    op = "did" if subject.startswith("event") else "is_set"
    return {f"{name}-place-{number}": "row", f"{name}-what-{number}": subject, f"{name}-op-{number}": op}


@pytest.mark.parametrize("page", ["segments/new", "accounts/filter"])
def test_in_a_segment_and_in_the_filter_of_a_list(ann, home, page):
    sent = line("rule") | line("rule", "account_trait:colour", 1)
    text = words(ann.post(f"{home}/{page}", sent, **HTMX))
    assert MISSPELT in text
    assert NO_TRAIT in text


def test_in_each_stage_of_a_journey(ann, home):
    sent = {"name": "Way", "stage-0-name": "Low"} | line("stage0")
    assert MISSPELT in words(ann.post(f"{home}/journeys/new", sent, **HTMX))


def test_in_the_condition_of_an_automation_and_in_the_rule_that_triggers_it(ann, home):
    page = ann.get(f"{home}/automations/new")
    asks = filled(page, "editor") | line("if")
    assert words(ann.post(f"{home}/automations/new", asks, **HTMX)).count(MISSPELT) == 1
    becomes = filled(page, "editor") | {"when": "becomes"} | line("becomes")
    assert words(ann.post(f"{home}/automations/new", becomes, **HTMX)).count(MISSPELT) == 1
    begun = filled(page, "editor") | {"when": "becomes"} | line("becomes", "event:")
    assert "Nothing was counted" not in words(ann.post(f"{home}/automations/new", begun, **HTMX))


def test_in_the_filter_and_the_steps_of_a_profile(ann, busy, home):
    profile = {"event-0": "Report_Created", "weight-0": "9", "scored-0": "1", "filter-shape": "", "window": "7"}
    profile |= {"of": str(busy.profile.pk)}
    address = f"{home}/profiles"
    whom = words(ann.post(f"{address}/preview", profile | line("filter"), **HTMX))
    assert whom.count(MISSPELT) == 1
    steps = words(ann.post(f"{address}/preview", profile | line("usersteps") | line("accountsteps"), **HTMX))
    assert steps.count(MISSPELT) == 2


def test_names_that_are_known_raise_no_doubt(ann, home):
    assert "yet" not in words(ann.post(f"{home}/segments/new", line("rule", "event:Report_Created"), **HTMX))
