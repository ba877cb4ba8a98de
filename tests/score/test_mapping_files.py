"""The `mappings` of a definitions file."""

import pytest
import yaml

from accoil import mappings
from accoil.receive.mapping import PRESETS
from accoil.refused import Refused
from accoil.score.files import apply, definitions
from accoil.team.models import Mapping, Product, Team

pytestmark = pytest.mark.django_db

FILE = """
mappings:
  - name: Track Calls
    trigger: type = "track" and event != "report.created"
    action: track
  - name: Reports
    trigger: event = "report.created"
    action: track
    fields: {event: Report_Created, userId: "{{ userId ?? properties.user }}"}
  - {name: Page Calls, action: page, enabled: false}
"""


@pytest.fixture
def product() -> Product:
    return Product.objects.create(team=Team.objects.create(name="Acme"), name="Web")


def names(product: Product) -> list[str]:
    return [mapping.name for mapping in mappings.kept(product)]


def test_a_file_adds_and_changes_and_says_so(product):
    assert apply(FILE, product).lines == [
        "  mapping Identify Calls: unchanged",
        "~ mapping Track Calls",
        '    trigger: type = "track" → type = "track" and event != "report.created"',
        '+ mapping Reports (track: event = "report.created")',
        "~ mapping Page Calls",
        "    switched off",
        "  mapping Screen Calls: unchanged",
        "  mapping Group Calls: unchanged",
        "~ order of mappings: Identify Calls, Track Calls, Reports, Page Calls, Screen Calls, Group Calls",
    ]
    assert names(product) == ["Identify Calls", "Track Calls", "Reports", "Page Calls", "Screen Calls", "Group Calls"]
    assert [mapping.enabled for mapping in mappings.kept(product)] == [True, True, True, False, True, True]


def test_the_same_file_again_changes_nothing(product):
    apply(FILE, product)
    before = list(Mapping.objects.values())
    plan = apply(FILE, product)
    assert plan.is_empty
    assert {line[:2] for line in plan.lines} == {"  "}
    assert list(Mapping.objects.values()) == before


def test_a_changed_field_is_shown_with_where_it_came_from(product):
    apply(FILE, product)
    ids = {mapping.name: mapping.id for mapping in mappings.kept(product)}
    plan = apply(
        'mappings: [{name: Reports, trigger: event = "report.created", action: group, fields: {groupId: acme}}]',
        product,
    )
    assert plan.lines[2:7] == [
        "~ mapping Reports",
        "    action: track → group",
        "    event: Report_Created → no field",
        "    userId: {{ userId ?? properties.user }} → $.userId",
        "    groupId: no field → acme",
    ]
    assert {mapping.name: mapping.id for mapping in mappings.kept(product)} == ids


def test_prune_deletes_what_the_file_leaves_out(product):
    plan = apply(FILE, product, prune=True)
    gone = ["Identify Calls", "Screen Calls", "Group Calls"]
    assert [line for line in plan.lines if line.startswith("-")] == [f"- mapping {name}" for name in gone]
    assert names(product) == ["Track Calls", "Reports", "Page Calls"]
    assert apply("time_zone: UTC", product, prune=True).is_empty  # a section that is not there is left alone


def test_an_empty_list_prunes_back_to_the_presets(product):
    apply(FILE, product)
    assert apply("mappings: []", product).is_empty
    plan = apply("mappings: []", product, prune=True)
    assert "- mapping Reports" in plan.lines
    assert mappings.kept(product) == list(PRESETS)
    assert apply("mappings: []", product, prune=True).is_empty


@pytest.mark.parametrize(
    ("listed", "then"),
    [
        (["D", "B"], ["A", "D", "C", "B"]),
        (["X", "A"], ["X", "A", "B", "C", "D"]),
        (["A", "X", "Y", "B"], ["A", "X", "Y", "B", "C", "D"]),
        (["D", "X"], ["A", "B", "C", "D", "X"]),
        (["X"], ["X", "A", "B", "C", "D"]),
    ],
)
def test_the_order_is_that_of_the_file_and_the_others_stay(product, listed: list[str], then: list[str]):
    apply(file_of("ABCD"), product, prune=True)
    apply(file_of(listed), product)
    assert names(product) == then
    assert apply(file_of(listed), product).is_empty


def file_of(names: list[str] | str) -> str:
    return yaml.safe_dump({"mappings": [{"name": name, "action": "track"} for name in names]})


def test_what_is_printed_can_be_applied(product):
    apply(FILE, product)
    assert apply(definitions(product), product, prune=True).is_empty
    copy = Product.objects.create(team=product.team, name="Copy")
    apply(definitions(product), copy, prune=True)
    assert definitions(copy) == definitions(product)


def test_presets_are_not_printed(product):
    assert "mappings" not in definitions(product)
    apply(FILE, product)
    assert "mappings" in definitions(product)
    mappings.reset(product)
    assert "mappings" not in definitions(product)


def test_a_dry_run_shows_and_changes_nothing(product):
    assert len(apply(FILE, product, dry_run=True).lines) == 9
    assert not Mapping.objects.exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("mappings: {}", "mappings must be a list"),
        ("mappings: [words]", "A mapping is an object"),
        ("mappings: [{action: track}]", "A mapping needs a name"),
        ("mappings: [{name: A, action: track}, {name: A, action: page}]", "Two mappings are called “A”"),
        ("mappings: [{name: A, action: send}]", "Mapping “A”: action must be one of"),
        ("mappings: [{name: A, action: track, trigger: event}]", "Mapping “A”: trigger: Expected a comparison after"),
        ("mappings: [{name: A, action: track, fields: {event: null}}]", "Mapping “A”: Event Name is required"),
    ],
)
def test_a_mistake_leaves_everything_as_it_was(product, text: str, sentence: str):
    with pytest.raises(Refused, match=sentence):
        apply(f"time_zone: Asia/Tokyo\n{text}", product)
    assert Product.objects.get().time_zone == "UTC"
    assert not Mapping.objects.exists()


def test_a_file_may_not_bring_a_product_over_fifty(product):
    with pytest.raises(Refused, match="These are 51 mappings"):
        apply(file_of([f"M{n}" for n in range(46)]), product)
    assert not Mapping.objects.exists()
