"""A product's mappings as they are kept: presets until something changes, ids that last."""

import pytest

from accoil import mappings
from accoil.receive.mapping import MOST, PRESETS, Mapping, check
from accoil.refused import Refused
from accoil.team.models import Mapping as Row
from accoil.team.models import Product, Team

pytestmark = pytest.mark.django_db

REPORTS = check({"name": "Reports", "trigger": 'event = "report.created"', "action": "track"})


@pytest.fixture
def product() -> Product:
    return Product.objects.create(team=Team.objects.create(name="Acme"), name="Web")


def add(product: Product, mapping: Mapping) -> Mapping:
    return mappings.edit(product, lambda before: [*before, mapping])[-1]


def names(product: Product) -> list[str]:
    return [mapping.name for mapping in mappings.kept(product)]


def test_a_product_without_rows_has_the_presets(product):
    assert mappings.kept(product) == list(PRESETS)


def test_the_first_change_writes_the_presets_down(product):
    added = add(product, REPORTS)
    assert names(product) == [*(preset.name for preset in PRESETS), "Reports"]
    assert Row.objects.count() == 6
    assert added.id == max(mapping.id for mapping in mappings.kept(product))


def test_a_change_that_changes_nothing_writes_nothing(product):
    mappings.edit(product, lambda before: before)
    assert not Row.objects.exists()


def test_a_mapping_keeps_its_id_through_every_change(product):
    added = add(product, REPORTS)
    changed = check({"name": "Login Calls", "trigger": 'event = "login"', "action": "page", "enabled": False})
    mappings.edit(product, lambda before: mappings.replaced(before, added, changed))
    mappings.edit(product, lambda before: mappings.moved(before, before[-1], -5))
    kept = mappings.kept(product)[0]
    assert (kept.id, kept.name, kept.action, kept.enabled) == (added.id, "Login Calls", "page", False)


def test_an_id_is_never_used_again(product):
    first = add(product, REPORTS)
    mappings.edit(product, lambda before: before[:-1])
    second = add(product, REPORTS)
    mappings.reset(product)
    third = add(product, REPORTS)
    assert first.id < second.id < third.id
    assert min(mapping.id for mapping in mappings.kept(product)) > second.id


def test_presets_are_older_than_what_is_new_beside_them(product):
    mappings.edit(product, lambda before: [REPORTS, *before])
    added, *presets = mappings.kept(product)
    assert added.name == "Reports"
    assert all(preset.id < added.id for preset in presets)


def test_two_can_swap_their_names(product):
    def swap(before: list[Mapping]) -> list[Mapping]:
        raws = [mapping.to_yaml_dict() for mapping in before]
        raws[0]["name"], raws[1]["name"] = raws[1]["name"], raws[0]["name"]
        return [check(raw, id=mapping.id) for raw, mapping in zip(raws, before, strict=True)]

    add(product, REPORTS)
    ids = {mapping.name: mapping.id for mapping in mappings.kept(product)}
    mappings.edit(product, swap)
    assert names(product)[:2] == ["Page Calls", "Identify Calls"]
    assert mappings.kept(product)[0].id == ids["Identify Calls"]


def test_reset_brings_the_presets_back(product):
    add(product, REPORTS)
    mappings.reset(product)
    assert mappings.kept(product) == list(PRESETS)


def test_the_last_one_stays(product):
    with pytest.raises(Refused, match="One mapping must stay"):
        mappings.edit(product, lambda before: [])
    assert mappings.kept(product) == list(PRESETS)


def test_fifty_are_the_most_and_a_name_is_borne_once(product):
    many = [check({**REPORTS.to_yaml_dict(), "name": f"M{n}"}) for n in range(MOST - len(PRESETS))]
    mappings.edit(product, lambda before: [*before, *many])
    with pytest.raises(Refused, match="These are 51 mappings; a product has at most 50"):
        add(product, REPORTS)
    with pytest.raises(Refused, match="Two mappings are called “M3”"):
        mappings.edit(product, lambda before: [*before[:-1], many[3]])
    assert len(names(product)) == MOST


@pytest.mark.parametrize(("by", "place"), [(-1, 1), (1, 3), (-9, 0), (9, 4), (0, 2)])
def test_a_mapping_moves_as_far_as_there_is_room(by: int, place: int):
    moved = mappings.moved(PRESETS, PRESETS[2], by)
    assert moved.index(PRESETS[2]) == place
    assert [each for each in moved if each != PRESETS[2]] == [each for each in PRESETS if each != PRESETS[2]]


def test_a_copy_has_a_name_of_its_own():
    assert mappings.name_for_copy("Reports", PRESETS) == "Reports (copy)"
    copy = check({**REPORTS.to_yaml_dict(), "name": "Reports (copy)"})
    assert mappings.name_for_copy("Reports", [copy]) == "Reports (copy 2)"
    assert len(mappings.name_for_copy("x" * 100, PRESETS)) <= 100


def test_products_have_their_own(product):
    other = Product.objects.create(team=product.team, name="Mobile")
    add(product, REPORTS)
    add(other, REPORTS)
    mappings.reset(product)
    assert names(other)[-1] == "Reports"
