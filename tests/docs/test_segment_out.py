"""What the page about Segment as an output says is what the program does."""

import re
from pathlib import Path

import pytest
import yaml

from accoil.act.actions import check_actions
from accoil.connect.desired import LONGEST_TEXT
from accoil.connect.models import Connection, Mode
from accoil.connect.names import OF_ACCOUNTS, TRAITS, attribute_name
from accoil.connect.segment import messages, properties, speaking
from accoil.connect.segment.session import LONGEST_ID
from accoil.connect.segment.speaking import AT_ONCE, CALLS_A_SECOND, REGIONS
from accoil.connect.segment.tool import TOOL
from accoil.receive.calls import OUR_LIBRARY

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "connections" / "segment.md").read_text()
TEXT = " ".join(PAGE.split())


def table(heading: str, place: int = 0) -> list[list[str]]:
    """The rows of a table after a heading, without its head."""
    under = PAGE.partition(f"# {heading}\n")[2].partition("\n#")[0]
    found = re.findall(r"(?:^\|.*\n?)+", under, re.MULTILINE)[place]
    return [[cell.strip() for cell in row[1:-1].split("|")] for row in found.splitlines()[2:]]


def test_the_names_and_types_of_traits_are_those_that_are_sent() -> None:
    told: dict[str, str] = {}
    for user, account, kind, _ in table("What is written", 1):
        told |= {name.strip("`"): kind for name in (user, account) if name}
    assert told == TRAITS | {f"Account{name}": type for name, type in (TRAITS | OF_ACCOUNTS).items()}
    assert f"`{attribute_name('Trial Users', 'user', 'ActivationRate')}`" in TEXT


def test_the_choices_and_the_regions_are_those_of_the_page() -> None:
    assert [row[0] for row in table("What is written")] == Mode.labels
    told = table("Connect")
    assert [row[1].strip("`") for row in told[:2]] == list(speaking.HOSTS.values())
    assert [row[0].lower() for row in told[:2]] == list(speaking.HOSTS) and len(told) == len(REGIONS)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        (r"after (\d+) characters", LONGEST_TEXT),
        (r"Up to (\d+) messages", AT_ONCE),
        (r", (\d+) calls a second", CALLS_A_SECOND),
        (r"may have ([\d,]+) bytes", speaking.LARGEST),
        (r"a call ([\d,]+), as", speaking.LARGEST_CALL),
        (r"more than (\d+) characters", LONGEST_ID),
        (r"full pass, every (\d+) hours", Connection.FULL_EVERY / 3600),
        (r"value`, up to (\d+),", properties.MOST),
    ],
)
def test_the_numbers_are_those_that_hold(words: str, number: float) -> None:
    found = re.findall(words, TEXT)
    assert found and {int(each.replace(",", "")) for each in found} == {number}


def test_the_action_is_called_as_it_is_and_its_example_is_taken() -> None:
    (action,) = TOOL.actions
    assert f"**{action.label}**" in TEXT
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    ((written,),) = [check_actions(yaml.safe_load(example)["then"], "account")]
    action.check(None, written[action.key])
    assert all(f"`{name}`" in TEXT for name in properties.ABOUT)


def test_what_comes_back_is_known_by_what_the_page_says() -> None:
    assert f"`{OUR_LIBRARY}`" in TEXT and all(f"*{name}*" in TEXT for name in messages.DESTINATIONS)
