"""Names of features, segments and stages become what they mean."""

import re

import pytest

from accoil.rule.tree import Event, Group, Metric, Names, Refused, Rule, Segment, Stage, check, inlined

LOW = Metric("score", "below", 25)
HIGH = Metric("score", "at_least", 75)


def test_features_become_their_events() -> None:
    names = Names(features={"Reports": ("Report_Created", "Report_Shared")})
    rule = check({"any": [{"feature": "Reports", "at_least": 3}, {"event": "A"}]}, "user")
    reports = Event("feature", "Reports", at_least=3, events=("Report_Created", "Report_Shared"))
    assert inlined(rule, names) == Group("any", (reports, Event("event", "A")))


def test_segments_become_their_rules_at_any_depth() -> None:
    names = Names(segments={"Low": LOW, "Not low": Segment("Low", inside=False)})
    not_low = Group("none", (LOW,))
    assert inlined(Segment("Low"), names) == Group("all", (LOW,))
    assert inlined(Segment("Not low"), names) == Group("all", (not_low,))
    assert inlined(Segment("Not low", inside=False), names) == Group("none", (not_low,))


def test_one_is_in_a_stage_only_where_no_earlier_stage_holds() -> None:
    names = Names(stages={"Low": LOW, "High": HIGH, "Rest": Group("all", ())})
    assert inlined(Stage("Low"), names) == Group("all", (LOW,))
    assert inlined(Stage("Rest"), names) == Group(
        "all", (Group("all", (Group("all", ()), Group("none", (LOW, HIGH)))),)
    )


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (Segment("Loww"), "There is no segment “Loww”; did you mean “Low”?"),
        (Stage("Trial"), "There is no stage “Trial”."),
        (Event("feature", "reports"), "There is no feature “reports”; did you mean “Reports”?"),
    ],
)
def test_unknown_names_are_refused_with_the_nearest(rule: Rule, sentence: str) -> None:
    with pytest.raises(Refused, match=f"^{re.escape(sentence)}$"):
        inlined(rule, Names(features={"Reports": ()}, segments={"Low": LOW}))


def test_circles_are_refused_and_shown() -> None:
    segments: dict[str, Rule] = {"A": Segment("B"), "B": Group("any", (LOW, Segment("C", False))), "C": Segment("A")}
    with pytest.raises(Refused, match="The segment “B” asks for itself \\(“B” → “C” → “A” → “B”\\)"):
        inlined(Segment("B"), Names(segments=segments))
    earlier_asks_for_later: dict[str, Rule] = {"First": Stage("Last", False), "Last": LOW}
    with pytest.raises(Refused, match="The stage “Last” asks for itself"):
        inlined(Stage("Last"), Names(stages=earlier_asks_for_later))


def test_segments_that_double_each_other_end_with_a_sentence() -> None:
    doubling: dict[str, Rule] = {"0": LOW}
    doubling |= {str(n): Group("any", (Segment(str(n - 1)), Segment(str(n - 1)))) for n in range(1, 15)}
    with pytest.raises(Refused, match="holds more than 300 conditions"):
        inlined(Segment("14"), Names(segments=doubling))
    chain: dict[str, Rule] = {"0": LOW} | {str(n): Segment(str(n - 1)) for n in range(1, 50)}
    with pytest.raises(Refused, match="20 deep"):
        inlined(Segment("49"), Names(segments=chain))


def test_a_stage_is_told_from_those_above_it_in_its_own_journey():
    rules = {name: check({"metric": "score", "below": below}, "account") for name, below in STAGES.items()}
    names = Names(stages=rules, journeys=(("Trial", "Paid"), ("Low", "High")))

    assert inlined(Stage("High"), names) == Group(
        "all", (Group("all", (rules["High"], Group("none", (rules["Low"],)))),)
    )
    assert inlined(Stage("Low"), names) == Group("all", (rules["Low"],))


STAGES = {"Trial": 1, "Paid": 2, "Low": 3, "High": 4}
