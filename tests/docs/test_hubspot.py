"""What the page about HubSpot says is what the program does."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from accoil.connect import renewing
from accoil.connect.desired import LONGEST_TEXT
from accoil.connect.hubspot import companies, group_ids, properties, speaking
from accoil.connect.hubspot.lists import LONGEST_LIST
from accoil.connect.hubspot.speaking import AT_ONCE, SCOPES
from accoil.connect.hubspot.tool import TOOL
from accoil.connect.models import Connection, Mode
from accoil.connect.names import OF_ACCOUNTS, TRAITS, attribute_name
from accoil.connect.soon import SECONDS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "connections" / "hubspot.md").read_text()
TEXT = " ".join(PAGE.split())


def table(heading: str, place: int = 0) -> list[list[str]]:
    """The rows of a table after a heading, without its head."""
    under = PAGE.partition(f"# {heading}\n")[2].partition("\n#")[0]
    found = re.findall(r"(?:^\|.*\n?)+", under, re.MULTILINE)[place]
    return [[cell.strip() for cell in row[1:-1].split("|")] for row in found.splitlines()[2:]]


def test_the_names_and_types_of_properties_are_those_that_are_made() -> None:
    told: dict[str, str] = {}
    for user, account, kind, _ in table("What is written", 1):
        told |= {name.strip("`"): kind for name in (user, account) if name}
    there = TRAITS | {f"Account{name}": type for name, type in (TRAITS | OF_ACCOUNTS).items()}
    assert told == {name.lower(): properties.TYPES[type] for name, type in there.items()}
    assert f"`{properties.name_of(attribute_name('Trial Users', 'user', 'ActivationRate'))}`" in TEXT
    assert f"`{group_ids.PREFIX}[product]`" in TEXT and f"**{properties.GROUP_LABEL}**" in TEXT


def test_the_choices_and_the_scopes_are_those_of_the_page() -> None:
    assert [row[0] for row in table("What is written")] == Mode.labels
    assert [row[0].strip("`") for row in table("With the token of a private app")] == list(SCOPES)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        (r"asked for (\d+) seconds at most", SECONDS),
        (r"after (\d+) characters", LONGEST_TEXT),
        (r"written (\d+) in a call", AT_ONCE),
        (r"when (\d+) % of that time", renewing.RENEWED_AT * 100),
        (r"made (\d+) a second at most", speaking.SEARCHES),
        (r"up to (\d+) characters", LONGEST_LIST),
        (r"pass, every (\d+) hours", Connection.FULL_EVERY / 3600),
    ],
)
def test_the_numbers_are_those_that_hold(words: str, number: float) -> None:
    found = re.findall(words, TEXT)
    assert found and {int(each) for each in found} == {number}


def test_actions_are_called_as_they_are() -> None:
    for action in TOOL.actions:
        assert f"**{action.label}**" in TEXT and f"Actions > {action.by_hand}" in TEXT and f"{{{action.key}:" in TEXT


def test_the_way_back_is_the_one_that_answers() -> None:
    assert f"https://HOST{reverse('tool-done', args=['hubspot'])}" in TEXT


def test_a_mailbox_is_named_and_is_one() -> None:
    assert "gmail.com" in TEXT and "gmail.com" in companies.MAILBOXES
