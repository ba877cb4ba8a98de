"""Numbers in addresses and forms that no page of ours writes."""

import pytest

from accoil.show import drafts
from accoil.show.whole import whole

ENDLESS = "9" * 5000


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("0", 0), ("007", 7), ("", -1), (None, -1), ("-3", -1), ("--5", -1), ("1.5", -1), ("²", -1),
     (" 1", -1), ("9007199254740992", 2**53), ("9007199254740993", -1), (ENDLESS, -1)],
)  # fmt: skip
def test_only_whole_numbers_count(text, number):
    assert whole(text, -1) == number


def test_no_number_in_an_address_breaks_a_page(ann, busy):
    lists = "/users?page=", "/users?account=", "/settings/audit?page=", "/settings/audit?product="
    days = "/?days=", "/habits?days=", "/views/events?days=", f"/profiles/{busy.profile.pk}/backtest?days="
    others = "/segments/new?like=", "/settings/debugger?key=", "/settings/debugger?shown="
    for path in (*lists, *days, *others):
        for number in (ENDLESS, "--5"):
            assert ann.get(f"/p/{busy.web.pk}{path}{number}").status_code < 500, path


@pytest.mark.parametrize("number", [ENDLESS, "--5"])
def test_no_number_in_a_form_breaks_a_page(ann, busy, number):
    for path, sent in (
        (f"/users/act?segment={number}", {}),
        ("/profiles/differences", {"event-0": "Report_Created", "scored-0": "on", "page": number}),
        ("/profiles/preview", {"event-0": "A", "scored-0": "on", "weight-0": number, "of": number}),
        ("/profiles/new", {"do": "feature", "feature_weight": number}),
        ("/segments/new", {"name": "A", "stay_days": number, "do": f"away {number}", f"rule-place-{number}": "row"}),
        ("/journeys/new", {"do": f"stage up {number}", "stage-0-name": "A", "stage-0-id": number}),
        ("/automations/new", {"do": f"then away {number}", f"then-key-{number}": "slack"}),
        ("/feeds/new", {"do": "save", f"card-{number}": "new", "hour": number}),
    ):
        assert ann.post(f"/p/{busy.web.pk}{path}", sent).status_code < 500, path


def test_what_is_no_number_is_left_to_the_check():
    assert [drafts._weight(text) for text in (None, "", "7", "-3", ENDLESS, "--5")] == [5, 5, 7, -3, 5, -5]
    assert [drafts._typed(text) for text in ("", "7", "x", ENDLESS)] == ["", 7, "x", ENDLESS]
