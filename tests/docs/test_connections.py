"""What the pages about connections say is what the program does, and every promise has a test that is there."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.urls import resolve

from accoil.connect import passes, sync
from accoil.connect.desired import LONGEST_TEXT
from accoil.connect.intercom import attributes, contacts, signed
from accoil.connect.intercom.attributes import MOST
from accoil.connect.intercom.speaking import REGIONS, api_address, pages_address
from accoil.connect.intercom.tags import LONGEST_TAG
from accoil.connect.intercom.tool import TOOL
from accoil.connect.models import Connection, Mode
from accoil.connect.names import OF_ACCOUNTS, TRAITS, attribute_name
from accoil.show.inbox import door

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "connections" / "intercom.md").read_text()
TEXT = " ".join(PAGE.split())  # wherever its lines end
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)(?:\[([\w-]+)\])?`")
PROMISES = 51  # statements of the published page


def _table(heading: str, place: int = 0) -> list[list[str]]:
    """The rows of a table after a heading, without its head."""
    under = PAGE.partition(f"# {heading}\n")[2].partition("\n#")[0]
    table = re.findall(r"(?:^\|.*\n?)+", under, re.MULTILINE)[place]
    return [[cell.strip() for cell in row[1:-1].split("|")] for row in table.splitlines()[2:]]


@cache
def _tests_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_promise_names_its_test() -> None:
    rows = _table("Every promise, and the test that keeps it")
    assert [row[0] for row in rows] == [str(number) for number in range(1, PROMISES + 1)]
    without = [row[:2] for row in rows if not NAMED.search(row[2])]
    assert without == []


@pytest.mark.parametrize("named", sorted(set(NAMED.findall(PAGE))), ids=lambda named: f"{named[0]}::{named[1]}")
def test_every_test_that_is_named_is_there(named: tuple[str, str, str]) -> None:
    file, test, of = named
    assert (ROOT / file).is_file()
    assert test in _tests_in(file)
    if of:  # which of its parameters: a function of the same file
        assert of in _tests_in(file)


def test_the_names_of_attributes_are_those_that_are_written() -> None:
    told: dict[str, tuple[str, str]] = {}
    for user, account, kind, _ in _table("What is written", 1):
        for name, scope in ((user, "user"), (account, "account")):
            if name:
                told[name.strip("`")] = (scope, kind)
    there = {**{name: ("user", type) for name, type in TRAITS.items()}, **{
        f"Account{name}": ("account", type) for name, type in (TRAITS | OF_ACCOUNTS).items()
    }}  # fmt: skip
    assert told == {name: (scope, attributes.TYPES[type]) for name, (scope, type) in there.items()}
    assert f"`{attribute_name('Trial Users', 'user', 'ActivationRate')}`" in TEXT


def test_the_choices_are_those_of_the_page() -> None:
    assert [row[0] for row in _table("What is written")] == Mode.labels


@pytest.mark.parametrize(
    ("words", "number"),
    [
        (r"allows (\d+) custom attributes", MOST),
        (r"places left, of (\d+)", MOST),
        (r"after (\d+) characters “…”|after (\d+) characters \"…\"", LONGEST_TEXT),
        (r"up to (\d+) characters", LONGEST_TAG),
        (r"full pass, every (\d+) hours", Connection.FULL_EVERY / 3600),
        (r"anew every (\d+) hours", passes.MATCH_EVERY.total_seconds() / 3600),
        (r"from every (\d+) minutes to once", sync.SOONEST / 60),
        (r"to once in (\d+) hours", sync.LATEST / 3600),
    ],
)
def test_the_numbers_are_those_that_hold(words: str, number: float) -> None:
    found = [each for match in re.finditer(words, TEXT) for each in match.groups() if each]
    assert found and {int(each) for each in found} == {number}


def test_a_client_secret_holds_for_a_day_after_the_next() -> None:
    assert signed.OLD_HOLDS == 24 * 3600
    assert "for a day, the one before counts too" in TEXT


def test_the_regions_are_those_that_are_called(settings: Any) -> None:
    settings.INTERCOM_URL = ""
    there = [[name, f"`{api_address(key)}`", f"`{pages_address(key)}`"] for key, name in REGIONS.items()]
    assert _table("Regions") == there


def test_the_addresses_answer() -> None:
    told = [row[1].strip("`").removeprefix("https://HOST") for row in _table("Addresses for the app")]
    assert tuple(told[:2]) == door.PATHS
    assert [resolve(path).url_name for path in told[2:]] == ["intercom-webhooks", "intercom-uninstalled"]


def test_the_order_of_companies_is_the_one_that_is_kept() -> None:
    assert contacts.AT_ONCE <= 15  # Intercom takes no more filters in a group
    steps = re.findall(r"^(\d)\. the (.*?)[,\n]", PAGE, re.MULTILINE)
    assert [number for number, _ in steps] == ["1", "2", "3"]
    assert "company id" in steps[0][1] and "only company" in steps[1][1] and "name" in steps[2][1]


def test_actions_are_called_as_they_are() -> None:
    for action in TOOL.actions:
        assert f"**{action.label}**" in TEXT and f"Actions > {action.by_hand}" in TEXT and f"{{{action.key}:" in TEXT


def test_people_are_told_to_add_the_attributes_to_their_view() -> None:
    hint = PAGE.partition("**See them in Intercom.**")[2].partition("\n\n")[0]
    assert "not in your view" in " ".join(hint.split())


@pytest.mark.parametrize(
    ("trouble", "advice"),
    [
        ("no widget", "Open the sidebar"),
        ("a widget without numbers", "Choose another profile"),
        ("traits are missing", "*All traits*"),
        ("a company has none", "belong to a company in Intercom"),
    ],
)
def test_each_trouble_has_its_advice(trouble: str, advice: str) -> None:
    told = {row[0]: row[1] for row in _table("When something is missing")}
    assert advice in told[trouble]


def test_whoever_is_still_stuck_is_told_whom_to_ask() -> None:
    assert "Ask whoever runs your Accoil." in TEXT
