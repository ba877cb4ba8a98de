"""Every definition file that the docs show can be put into force, and comes back as it was."""

import re
from functools import partial
from pathlib import Path

import pytest
import yaml

from accoil.connect.guard import Guarded, check_address
from accoil.connect.models import Connection
from accoil.definition_files import apply, definitions
from accoil.team.models import Product, Team

ROOT = Path(__file__).parents[2]
PAGES = ("docs/reference/definitions.md", "docs/guide/automations.md")
EXAMPLES = [
    pytest.param(found, id=f"{Path(page).stem} {place}")
    for page in PAGES
    for place, found in enumerate(
        re.findall(r"^```yaml\n(.*?)^```", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)
    )
]


@pytest.fixture
def product(db: None, monkeypatch: pytest.MonkeyPatch) -> Product:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("there is no network in tests")

    monkeypatch.setattr("accoil.act.actions.check_address", partial(check_address, backend=Guarded(unknown)))
    team = Team.objects.create(name="Acme Inc")
    for tool in ("intercom", "slack"):
        Connection.objects.create(team=team, tool=tool, workspace="acme1")
    return Product.objects.create(team=team, name="Web")


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == len(PAGES)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_put_into_force_and_comes_back(product: Product, example: str) -> None:
    plan = apply(example, product)
    assert plan.warnings == []
    assert apply(example, product).is_empty
    back, said = yaml.safe_load(definitions(product)), yaml.safe_load(example)
    assert said.keys() <= back.keys() | {"summary_profile"}
    assert [each["name"] for each in back["automations"]] == [each["name"] for each in said["automations"]]
    assert [each.get("sync") for each in back["profiles"]] == [each.get("sync") for each in said["profiles"]]
    assert back.get("feeds") == said.get("feeds")
