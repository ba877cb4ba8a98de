"""The examples of docs/reference/mappings.md are read as they stand there."""

import re
from pathlib import Path

import pytest
import yaml

from accoil.receive.mapping import check_all
from accoil.receive.mapping.actions import ACTIONS
from accoil.receive.mapping.filter import Filter
from accoil.receive.mapping.filter.functions import FUNCTIONS

TEXT = (Path(__file__).parents[3] / "docs" / "reference" / "mappings.md").read_text()
TRIGGERS, FILE = re.findall(r"```(?:yaml)?\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("trigger", TRIGGERS.splitlines())
def test_a_trigger_can_be_read(trigger: str):
    assert Filter(trigger).to_words()


def test_the_definition_file_can_be_read():
    mappings = check_all(yaml.safe_load(FILE)["mappings"])
    assert [mapping.enabled for mapping in mappings] == [True, True, False]


@pytest.mark.parametrize(
    "name", [*FUNCTIONS, *ACTIONS, *(field.key for each in ACTIONS.values() for field in each.fields)]
)
def test_every_name_is_explained(name: str):
    assert re.search(rf"`{name}\b", TEXT)
