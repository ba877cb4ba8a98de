import pytest

from accoil.show.naming import advice


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Invite_Sent_ann@acme.example", "an e-mail address"),
        ("Opened 3f2b8c1e-77aa-4a1b-9c1d-000000000000", "an id"),
        ("Opened_5f3a9c1b2d4e", "an id"),
        ("Opened_4711", "a number"),
        ("$autocapture", "A library sends it"),
        ("Report_" + "x" * 60, "longer than 60 letters"),
        ("The user has clicked on the blue button again", "reads like a sentence"),
        ("Payment failed!", "reads like a sentence"),
    ],
)
def test_an_odd_name_is_told_what_is_odd(name, said):
    ((told, sentence),) = advice([name])
    assert told == name
    assert said in sentence


@pytest.mark.parametrize(
    "name",
    ["Report_Created", "Report Created", "report.created", "Viewed Pricing for teams, startups and all of the others",
     "Q3_Report_Created", "Facebook_Connected", "Deadbeef_Added", "Ärger_gemeldet", "…", "2FA_Enabled"],
)  # fmt: skip
def test_a_good_name_is_left_alone(name):
    assert advice([name]) == []


def test_names_that_differ_only_in_spelling_are_told_of_each_other():
    told = dict(advice(["Report_Created", "Help_Opened", "report created", "ReportCreated"]))
    assert set(told) == {"Report_Created", "report created", "ReportCreated"}
    assert "“report created”, “ReportCreated”" in told["Report_Created"]


def test_one_advice_a_name_is_enough():
    assert len(advice(["Opened_4711 by ann@acme.example and then many many more words."])) == 1


def test_names_of_signs_alone_are_not_taken_for_one():
    assert advice(["…", "!"]) == []
