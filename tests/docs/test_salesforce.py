"""What the page about Salesforce says is what the program does."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from accoil.connect.desired import LONGEST_TEXT
from accoil.connect.models import Connection
from accoil.connect.names import OF_ACCOUNTS, TRAITS, attribute_name
from accoil.connect.salesforce import fields, rows, speaking
from accoil.connect.salesforce.checks import CALLS
from accoil.connect.salesforce.matching import EXTERNAL_ID
from accoil.connect.salesforce.rows import AT_ONCE
from accoil.connect.salesforce.signing_in import SCOPES
from accoil.connect.salesforce.tool import TOOL

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "connections" / "salesforce.md").read_text()
TEXT = " ".join(PAGE.split())


def table(heading: str) -> list[list[str]]:
    """The rows of the table after a heading, without its head."""
    under = PAGE.partition(f"# {heading}\n")[2].partition("\n#")[0]
    (found,) = re.findall(r"(?:^\|.*\n?)+", under, re.MULTILINE)
    return [[cell.strip() for cell in row[1:-1].split("|")] for row in found.splitlines()[2:]]


def test_the_fields_are_those_that_are_written() -> None:
    told = {(kind, row[place].strip("`")): row[2] for row in table("The fields")
            for place, kind in enumerate(("user", "account")) if row[place]}  # fmt: skip
    there = [("user", TRAITS), ("account", TRAITS | OF_ACCOUNTS)]
    assert told == {(kind, name): fields.MADE_AS[type] for kind, traits in there for name, type in traits.items()}
    for (kind, trait), _ in told.items():
        assert fields.name_of(attribute_name("Trial Users", kind, trait)).endswith(f"_{trait}__c")  # type: ignore[arg-type]
    assert f"`{fields.name_of(attribute_name('Trial Users', 'account', 'ActivationRate'))}`" in TEXT
    assert f"`{EXTERNAL_ID}`" in TEXT and all(f"`{scope}`" in TEXT for scope in SCOPES)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        (r"after (\d+) characters", LONGEST_TEXT),
        (r"takes (\d+) letters before", fields.LONGEST),
        (r"written (\d+) in a call", AT_ONCE),
        (r"again at once, (\d+) in a call", rows.AGAIN),
        (r"at (\d+) % Accoil stops", speaking.STOPS_AT * 100),
        (r"looks again every (\d+) minutes", speaking.LOOKS_AGAIN / 60),
        (r"full pass, every (\d+) hours", Connection.FULL_EVERY / 3600),
    ],
)
def test_the_numbers_are_those_that_hold(words: str, number: float) -> None:
    found = re.findall(words, TEXT)
    assert found and {int(each) for each in found} == {number}


def test_actions_are_called_as_they_are() -> None:
    for action in TOOL.actions:
        assert f"**{action.label}**" in TEXT and f"Actions > {action.by_hand}" in TEXT and f"{{{action.key}:" in TEXT
    assert f"*{CALLS}*" in TEXT


def test_the_way_back_is_the_one_that_answers() -> None:
    assert f"https://HOST{reverse('tool-done', args=['salesforce'])}" in TEXT
