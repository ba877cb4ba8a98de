"""What a segment may be called and say, and what becomes of those that name it."""

import msgspec
import pytest

from accoil.refused import Refused
from accoil.rule.tree import inlined
from accoil.score.carried import change_features
from accoil.score.features import read_all
from accoil.segment import journeys, keeping
from accoil.segment.built_in import BUILT_IN, built_ins
from accoil.segment.built_ins import with_built_ins
from accoil.segment.journeys import Stage
from accoil.segment.models import Segment
from accoil.segment.ready_made import ready_made
from accoil.segment.watched import names, rule_of, watched
from tests.segment.worlds import Looked
from tests.small_worlds import at, did

LOW, HIGH = {"metric": "score", "below": 25}, {"metric": "score", "at_least": 75}


def test_every_profile_has_the_built_in_segments(looked: Looked) -> None:
    found = with_built_ins(looked.profile)
    assert [each.name for each in found if each.scope == "account"] == list(built_ins("account").values())
    assert [each.name for each in found if each.scope == "user"] == list(built_ins("user").values())
    assert "Multi-User Accounts" not in built_ins("user").values()
    assert with_built_ins(looked.profile) == found
    assert len(watched(looked.profile, "account", looked.profile.current.parsed, found)) == len(BUILT_IN)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("  ", "Give the segment a name."),
        ("x" * 101, "longer than 100 characters"),
        ("Big, rich", "holds a comma"),
        ("red hot", "is the name of a built-in segment"),
        ("AT  RISK", "There is a segment of accounts called “At risk” already"),
    ],
)
def test_a_name_that_others_could_not_read_is_refused(looked: Looked, name: str, says: str) -> None:
    keeping.create(looked.profile, "account", "At risk", LOW)
    with pytest.raises(Refused, match=says):
        keeping.create(looked.profile, "account", name, HIGH)
    assert Segment.objects.filter(kind="custom").count() == 1


def test_users_and_accounts_may_have_segments_of_one_name(looked: Looked) -> None:
    keeping.create(looked.profile, "account", "At risk", LOW)
    assert keeping.create(looked.profile, "user", "At risk", LOW).scope == "user"
    assert keeping.create(looked.profile, "user", "Multi-User Accounts", LOW).name == "Multi-User Accounts"


def test_what_a_rule_may_not_say_is_refused_with_its_place(looked: Looked) -> None:
    with pytest.raises(Refused, match="all 2: “scor” is not a metric"):
        keeping.create(looked.profile, "account", "X", {"all": [LOW, {"metric": "scor", "below": 1}]})
    with pytest.raises(Refused, match="There is no segment “Nobody"):
        keeping.create(looked.profile, "account", "X", {"segment": "Nobody here"})
    with pytest.raises(Refused, match="stay_days is 400"):
        keeping.create(looked.profile, "account", "X", LOW, stay_days=400)


def test_a_segment_can_ask_for_built_in_ones_and_stages(looked: Looked) -> None:
    journeys.create(looked.profile, "account", "Way", [Stage("Low", LOW), Stage("Rest", {"all": []})])
    both = {"all": [{"segment": "Red Hot"}, {"stage": "Rest"}]}
    made = keeping.create(looked.profile, "account", "Both", both)
    own, definition = with_built_ins(looked.profile), looked.profile.current.parsed
    rule = inlined(rule_of(made, definition), names(looked.profile, "account", definition, own))
    assert "'below', 25" in str(rule).replace("value=", "").replace("op=", "")


def test_segments_can_not_ask_for_each_other_in_a_circle(looked: Looked) -> None:
    one = keeping.create(looked.profile, "account", "One", LOW)
    keeping.create(looked.profile, "account", "Two", {"segment": "One"})
    with pytest.raises(Refused, match="asks for itself"):
        keeping.change(one, "One", {"none": [{"segment": "Two"}]}, 0)
    one.refresh_from_db()
    assert one.rule == LOW


def test_a_circle_through_a_stage_is_found_too(looked: Looked) -> None:
    one = keeping.create(looked.profile, "account", "One", LOW)
    journeys.create(looked.profile, "account", "Way", [Stage("Low", {"segment": "One"}), Stage("Rest", {"all": []})])
    with pytest.raises(Refused, match="asks for itself"):
        keeping.change(one, "One", {"stage": "Rest"}, 0)


def test_a_new_name_is_written_into_the_rules_that_name_it(looked: Looked) -> None:
    one = keeping.create(looked.profile, "account", "One", LOW)
    asks = {"any": [HIGH, {"none": [{"segment": "One"}]}, {"account_trait": "segment", "is": "One"}]}
    two = keeping.create(looked.profile, "account", "Two", asks)
    keeping.change(one, "First", LOW, 0)
    two.refresh_from_db()
    assert two.rule == {
        "any": [HIGH, {"none": [{"segment": "First", "in": True}]}, {"account_trait": "segment", "is": "One"}]
    }


def test_a_segment_that_is_named_can_not_be_deleted(looked: Looked) -> None:
    one = keeping.create(looked.profile, "account", "One", LOW)
    two = keeping.create(looked.profile, "account", "Two", {"segment": "One"})
    with pytest.raises(Refused, match="“One” can't be deleted: “Two” asks for it"):
        keeping.delete(one)
    keeping.delete(two)
    keeping.delete(one)
    assert not Segment.objects.filter(kind="custom").exists()


def test_built_in_segments_stay_as_they_are(looked: Looked) -> None:
    with_built_ins(looked.profile)
    hot = looked.segment("Red Hot", "account")
    with pytest.raises(Refused, match="built in"):
        keeping.change(hot, "Hot", HIGH, 0)
    with pytest.raises(Refused, match="built in"):
        keeping.delete(hot)


def test_a_journey_has_its_stages_in_order_and_keeps_those_that_stay(looked: Looked) -> None:
    journey = journeys.create(looked.profile, "account", "Way", [Stage("Low", LOW), Stage("High", HIGH)])
    low, high = journey.stages.order_by("position")
    journeys.change(
        journey, "Path", [Stage("Top", HIGH, high.pk), Stage("New", {"all": []}), Stage("Low", LOW, low.pk)]
    )
    assert list(journey.stages.order_by("position").values_list("name", flat=True)) == ["Top", "New", "Low"]
    assert journey.stages.get(name="Top").pk == high.pk
    with pytest.raises(Refused, match="two to 12 stages"):
        journeys.change(journey, "Path", [Stage("Low", LOW, low.pk)])


def test_a_stage_that_a_segment_names_can_not_be_taken_out(looked: Looked) -> None:
    journey = journeys.create(looked.profile, "account", "Way", [Stage("Low", LOW), Stage("High", HIGH)])
    low = journey.stages.get(name="Low")
    keeping.create(looked.profile, "account", "Lows", {"stage": "Low"})
    with pytest.raises(Refused, match="“Low” can't be deleted: “Lows” asks for it"):
        journeys.change(journey, "Way", [Stage("High", HIGH), Stage("Other", LOW)])
    with pytest.raises(Refused, match="“Low” can't be deleted"):
        journeys.delete(journey)
    journeys.change(journey, "Way", [Stage("Bottom", LOW, low.pk), Stage("High", HIGH)])
    assert looked.segment("Lows", "account").rule == {"stage": "Bottom", "in": True}


@pytest.mark.parametrize("scope", ["account", "user"])
def test_ready_made_journeys_can_be_made_as_they_are(looked: Looked, scope: str) -> None:
    for each in ready_made(scope):  # type: ignore[arg-type]
        stages = [Stage(name, rule) for name, rule in each.stages.items()]
        journeys.create(looked.profile, scope, each.name, stages)  # type: ignore[arg-type]
    stages = Segment.objects.filter(kind="stage", scope=scope).order_by("journey", "position")
    assert [each.name for each in stages] == [
        "New", "Activated", "Engaged", "Cooling", "Inactive", "Trial", "Paid", "Cancelled",
    ]  # fmt: skip


def test_a_feature_that_a_segment_names_can_not_be_taken_away(looked: Looked) -> None:
    change_features(looked.product, lambda _: read_all([{"name": "Reports", "events": ["Report_Created"]}]), None)
    keeping.create(looked.profile, "user", "Reporters", {"feature": "Reports"})
    looked.receive(did("ann", "Report_Created", at(30)))
    looked.look()
    assert looked.inside(looked.segment("Reporters", "user")) == {"ann"}
    with pytest.raises(Refused, match="“Reports” is named by the segment “Reporters”"):
        change_features(looked.product, lambda _: [], None)


def test_a_new_name_of_a_feature_is_carried_into_segments_and_moves_nobody(looked: Looked) -> None:
    change_features(looked.product, lambda _: read_all([{"name": "Reports", "events": ["Report_Created"]}]), None)
    asks = {"all": [{"feature": "Reports"}, {"none": [{"user_trait": "feature", "is": "Reports"}]}]}
    reporters = keeping.create(looked.profile, "user", "Reporters", asks)
    within = keeping.create(looked.profile, "user", "Within", {"segment": "Reporters"})
    looked.receive(did("ann", "Report_Created", at(30)))
    looked.look()
    looked.receive(did("bob", "Report_Created", at(30)))  # not looked at yet
    carried = change_features(
        looked.product, lambda before: [msgspec.structs.replace(before[0], name="Reporting")], None
    )
    assert carried.renamed == ["the segment “Reporters”"]
    reporters.refresh_from_db()
    assert reporters.rule["all"][0] == {"feature": "Reporting"}
    assert reporters.rule["all"][1] == {"none": [{"user_trait": "feature", "is": "Reports"}]}
    looked.look()
    for segment in (reporters, within):
        assert looked.inside(segment) == {"ann", "bob"}
        assert [stay.entered_in.reason for stay in segment.stays.order_by("id")] == ["filled_in", "facts"]
