"""Every number says on click what it means, and what it is made of."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.test import override_settings

from accoil.count.ids import ACCOUNT, USER, id_of
from accoil.rule.tree import check
from accoil.score.definition import Activation, Definition
from accoil.show import columns, meanings
from accoil.show.made_of import SAYINGS
from tests.show.conftest import EVERYDAY
from tests.show.reading import words

SHOW = Path(meanings.__file__).parent
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def home(busy) -> str:
    return f"/p/{busy.web.pk}"


@pytest.fixture
def says(ann, busy, home):
    """What a number of Acme, or of ann, is made of."""

    def ask(key: str, kind: str = "account") -> str:
        of = id_of(busy.web.pk, ACCOUNT, "acme") if kind == "account" else id_of(busy.web.pk, USER, "ann")
        return words(ann.get(f"{home}/{kind}s/{of}/says/{key}", **HTMX))

    return ask


def explanations(page) -> list[tuple[str, str]]:
    """Of all numbers on a page that say so at once: what is clicked, and what it says then."""
    found = re.findall(
        r'popovertarget="([^"]+)"[^>]*>(.*?)</button><span class="explanation" id="([^"]+)" popover>(.*?)</\w+></span>',
        page.content.decode(), re.DOTALL,
    )  # fmt: skip
    assert all(opens == id for opens, _, id, _ in found)
    return [(plain(number), plain(told)) for _, number, _, told in found]


def plain(markup: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", markup)).split())


def test_a_score_names_the_scores_it_is_the_mean_of(says):
    assert re.match(r"Its 2 active people score \d+ and \d+; the average is \d+\. What it is made of", says("score"))
    assert says("score", "user").startswith("36 points, against a benchmark of ")


def test_points_and_adoption_name_the_events(says, ann, busy):
    assert says("raw").startswith("Report Created 4 × 9 and Dashboard Viewed 10 × 1 make 46 points.")
    both = "2 of the 2 events of this profile were done in the last 7 days: Report Created and Dashboard Viewed."
    assert says("adoption").startswith(both)
    one = "1 of the 2 events of this profile was done in the last 7 days: Report Created. Not: Dashboard Viewed."
    assert says("adoption", "user").startswith(one)


def test_activation_names_the_steps_that_are_done_and_those_that_are_left(says, busy):
    assert says("activation").startswith("The profile has no steps.")
    steps = [{"event": "Report_Created"}, {"event": "Teammate_Invited", "at_least": 2}]
    busy.profile.save_definition(
        Definition(
            events=EVERYDAY.events, activation=Activation(account=tuple(check(step, "account") for step in steps))
        ),
        busy.ann,
    )
    assert says("activation").startswith("1 of 2 steps done: did Report_Created. Left: did Teammate_Invited")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("change", r"\d+ now against \d+ a week ago, by today’s definition of both days. Why it changed"),
        ("active_users", r"2 users did something that counts in the last 7 days; 2 did anything at all"),
        ("active_percent", r"2 of 2 users."),
        ("frequency", r"Something that counts was done on \d of the last 7 days."),
        ("last_active", r"The last event that counts was on \w+day \d+ March 2026."),
        ("created_on", r"\w+day \d+ \w+ \d{4}, \d+ days ago."),
        (
            "lifetime_adoption",
            r"2 of the 2 events of this profile happened at some time, 2 of them in the last 7 days.",
        ),
    ],
)
def test_the_other_numbers_of_a_row_say_their_figures(says, key, said):
    assert re.match(said, says(key)), says(key)


def test_a_number_leads_to_where_it_is_listed_and_stays_on_the_day_looked_at(ann, busy, home):
    acme = id_of(busy.web.pk, ACCOUNT, "acme")
    past = ann.get(f"{home}/accounts/{acme}/says/score?as_of=2026-03-30", **HTMX).content.decode()
    assert f'href="{home}/accounts/{acme}?as_of=2026-03-30#why"' in past
    for saying in SAYINGS.values():
        place = f'id="{saying.place}"'
        assert place in ann.get(f"{home}/accounts/{acme}").content.decode() or saying.place == "steps", place


def test_what_is_no_number_or_nobodys_is_not_found(ann, eve, busy, home):
    acme = id_of(busy.web.pk, ACCOUNT, "acme")
    assert ann.get(f"{home}/accounts/{acme}/says/luck").status_code == 404
    assert ann.get(f"{home}/accounts/12/says/score").status_code == 404
    assert eve.get(f"{home}/accounts/{acme}/says/score").status_code == 404


def test_heads_and_cells_of_lists_open_the_same_words(ann, home):
    page = ann.get(f"{home}/accounts").content.decode()
    opened = set(re.findall(r'<button class="explains" popovertarget="([^"]+)" tabindex="-1">', page))
    assert opened >= {"says-score", "says-adoption", "says-last_active"}
    assert opened <= set(re.findall(r'id="([^"]+)" popover', page))
    assert "The part of the profile’s events that was done in the last 7 days." in page


@pytest.mark.parametrize(
    ("page", "number", "said"),
    [
        ("", "2", "Active 2 of 3 accounts did something that counts."),
        ("accounts", "", "Lost 10 points or more "),
        ("segments", "3", "Members 3 of 3 accounts."),
        ("views/events", "", "Times 3 events in the last 30 days, added up."),
    ],
)
def test_tiles_and_tables_say_what_they_are_made_of(ann, home, page, number, said):
    told = explanations(ann.get(f"{home}/{page}"))
    assert any(clicked.startswith(number) and says.startswith(said) for clicked, says in told), told


def test_the_page_of_an_account_explains_what_stands_in_its_side_column(ann, busy, home):
    told = explanations(ann.get(f"{home}/accounts/{id_of(busy.web.pk, ACCOUNT, 'acme')}"))
    points = "Points Report Created 4 × 9 and Dashboard Viewed 10 × 1 make 46 points."
    assert any(number == "46" and says.startswith(points) for number, says in told), told
    assert any(number == "2 of 2 events" and says.startswith("Adoption 2 of the 2 events") for number, says in told)


def test_every_column_of_figures_has_a_meaning_and_a_sentence():
    words_only = {"account_name", "email", "role", "plan", "status"}
    for column in (*columns.ACCOUNTS, *columns.USERS):
        if column.key not in words_only:
            assert column.says in meanings.PEOPLE, column.key
            assert column.key in SAYINGS or column.part == "line", column.key


def test_every_meaning_is_said_somewhere():
    everything = "".join(
        path.read_text() for path in (*SHOW.rglob("*.html"), *SHOW.rglob("*.py")) if path.stem != "meanings"
    )
    unsaid = [key for key in meanings.MEANINGS if f'"{key}"' not in everything and f"says-{key}" not in everything]
    assert not unsaid


def test_the_reference_is_what_the_pages_say():
    kept = Path(__file__).parents[2] / "docs" / "reference" / "metrics-in-words.md"
    assert kept.read_text() == meanings.page(), "python -m accoil.show.meanings > docs/reference/metrics-in-words.md"


@override_settings(DEBUG=True)
def test_every_part_stands_on_the_style_page(ann, world):
    page = ann.get("/style").content.decode()
    for part in (
        "explanation",
        "doubt",
        "movers",
        "waterfall",
        "versions",
        "since-list",
        "weigh",
        "light",
        "odds",
        "tiles",
    ):
        assert re.search(rf'class="[^"]*\b{part}\b', page), part
