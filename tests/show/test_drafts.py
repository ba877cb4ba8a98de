import pytest
from django.http import QueryDict

from accoil.refused import Refused
from accoil.score.definition import Definition
from accoil.show import drafts
from accoil.show.proposal import judge, propose


def known(event: str, count: int, users: int, accounts: int = 1) -> dict[str, object]:
    return {"event": event, "count_30d": count, "users_30d": users, "accounts_30d": accounts}


KNOWN = [known("Report_Created", 40, 10), known("Dashboard_Viewed", 400, 80), known("Account_Cancelled", 3, 3)]


def form(**fields: str) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update({key.replace("_", "-", 1): value for key, value in fields.items()})
    return query


def test_what_is_written_in_the_form_reads_back_as_the_same_definition():
    definition = Definition(window=30, events={"Report_Created": 9, "New": 2}, benchmark=12.5, curve="linear")
    draft = drafts.written(definition, KNOWN, "Trial")
    assert draft.definition() == definition
    assert [event.event for event in draft.others] == ["Dashboard_Viewed", "Account_Cancelled"]


def test_shares_are_of_all_points_of_the_last_30_days():
    draft = drafts.written(Definition(events={"Report_Created": 5, "Dashboard_Viewed": 1}), KNOWN)
    assert [(event.event, event.share) for event in draft.scored] == [("Dashboard_Viewed", 67), ("Report_Created", 33)]


def test_only_ticked_events_count_and_one_typed_by_name_joins_them():
    typed = form(event_0="Report_Created", scored_0="1", weight_0="7", event_1="Dashboard_Viewed", weight_1="2",
                 another=" Report_Shared ")  # fmt: skip
    draft = drafts.read(typed, KNOWN)
    assert draft.definition().events == {"Report_Created": 7, "Report_Shared": 5}
    assert (draft.others[0].event, draft.others[0].weight) == ("Dashboard_Viewed", 2)


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({}, "tick or type at least one"),
        ({"benchmark": "fixed", "fixed": ""}, "Write the fixed benchmark"),
        ({"benchmark": "fixed", "fixed": "many"}, "many"),
        ({"benchmark": "fixed", "fixed": "-1"}, "above 0"),
        ({"window": "8"}, "window"),
        ({"window": "soon"}, "window"),
        ({"curve": "wavy"}, "curve"),
    ],
)
def test_what_is_wrong_is_named(fields, part):
    events = {} if not fields else {"event_0": "Report_Created", "scored_0": "1", "weight_0": "7"}
    with pytest.raises(Refused, match=part):
        drafts.read(form(**events, **fields), KNOWN).definition()


def test_a_weight_no_slider_could_send_is_refused_by_name():
    typed = form(event_0="Report_Created", scored_0="1", weight_0="11")
    with pytest.raises(Refused, match="Report_Created"):
        drafts.read(typed, KNOWN).definition()


def test_a_fixed_benchmark_may_be_typed_with_a_comma():
    typed = form(event_0="Report_Created", scored_0="1", weight_0="7", benchmark="fixed", fixed="1,200.5")
    assert drafts.read(typed, KNOWN).definition().benchmark == 1200.5


def test_unscored_events_are_offered_up_to_a_limit_the_most_used_first():
    many = [known(f"Event {n}", n, n) for n in range(400)]
    draft = drafts.written(Definition(events={"Event 0": 1}), many)
    assert len(draft.others) == drafts.MOST_OTHERS
    assert draft.others[0].event == "Event 399"


def test_the_proposal_weighs_rare_and_making_above_common_and_looking():
    weights = {each.event: each.weight for each in propose(judge(KNOWN, 100))}
    assert weights["Report_Created"] > weights["Dashboard_Viewed"]


def test_the_proposal_says_why():
    reasons = {each.event: each.reason for each in judge(KNOWN, 100)}
    assert reasons["Report_Created"] == "10 % of users · makes something"
    assert reasons["Dashboard_Viewed"] == "80 % of users · only looks"
    assert reasons["Account_Cancelled"] == "3 % of users · sounds like leaving or failing"


def test_signs_of_leaving_are_never_proposed():
    assert "Account_Cancelled" not in {each.event for each in propose(judge(KNOWN, 100))}


def test_the_proposal_takes_the_ten_most_telling():
    many = [known(f"Thing{n} Created", 10 + n, 5) for n in range(30)]
    proposed = propose(judge(many, 100))
    assert len(proposed) == 10
    assert proposed[0].event == "Thing29 Created"


def test_events_nobody_did_lately_are_not_proposed():
    assert propose(judge([known("Report_Created", 0, 0)], 100)) == []


def test_every_proposed_weight_is_one_a_profile_takes():
    many = [
        known(f"{verb}_{share}", 50, share)
        for verb in ("Created", "Viewed", "Cancelled", "Xyz")
        for share in range(1, 101)
    ]
    draft = drafts.proposed(judge(many, 100), many, "Engagement")
    assert draft.definition()
    assert all(1 <= each.weight <= 10 for each in judge(many, 100))


def test_what_the_form_does_not_show_is_carried_over():
    definition = Definition.check(
        {
            "events": {"Report_Created": 9}, "daily_cap": 5,
            "filter": {"user_trait": "plan", "is": "Trial"}, "exclude": {"users": ["u1"]},
            "activation": {"user": [{"event": "Report_Created"}]}, "internal_domains": ["example.com"],
        }
    )  # fmt: skip
    assert drafts.written(definition, KNOWN).definition() == definition
    fields = {"event_0": "Report_Created", "scored_0": "1", "weight_0": "9"}
    typed = form(**fields)
    typed["daily_cap"] = " 5 "
    assert drafts.read(typed, KNOWN, definition).definition() == definition
    assert drafts.read(form(**fields), KNOWN, definition).definition().daily_cap is None
    typed["daily_cap"] = "many"
    with pytest.raises(Refused, match="daily_cap is"):
        drafts.read(typed, KNOWN, definition).definition()
