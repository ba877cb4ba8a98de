"""Who was deleted is recognised whenever the server's secret key became another one."""

from __future__ import annotations

from typing import Any

import pytest

from accoil import new_key
from accoil.erase import suppression
from accoil.erase.asking import begin
from accoil.erase.models import Erasure, SuppressionKey
from accoil.team.models import Product, Team

pytestmark = pytest.mark.django_db

OLD, NEW, NEWEST = "o" * 40, "n" * 40, "x" * 40


@pytest.fixture
def product() -> Product:
    return Product.objects.create(team=Team.objects.create(name="Acme"), name="Web")


def delete(product: Product, name: str) -> None:
    begin(product, "user", name, [name])


def change(before: str, after: str) -> None:
    assert list(new_key._encrypted_anew(before, after))


def recognised(product: Product, *names: str) -> list[str]:
    """Those who are refused, and of whom the receipt is found and says, until it is done, who they are."""
    known = suppression.of(product.pk)
    assert known and not known.has_user("eve")

    def told(name: str) -> list[str]:
        found = Erasure.objects.filter(digest__in=suppression.digests(product.pk, "user", name))
        return [each.told["id"] for each in found]

    return [name for name in names if known.has_user(name) and told(name) == [name]]


@pytest.mark.parametrize("by_an_older_version", [True, False])
def test_who_was_deleted_between_a_new_key_and_the_command_is_recognised(
    product: Product, settings: Any, by_an_older_version: bool
) -> None:
    settings.SECRET_KEY = OLD
    delete(product, "ann")
    if by_an_older_version:
        SuppressionKey.objects.all().delete()
    settings.SECRET_KEY = NEW
    delete(product, "bob")
    assert recognised(product, "ann", "bob") == ["bob"], "nobody has the key of ann's"
    change(OLD, NEW)
    delete(product, "cem")
    assert recognised(product, "ann", "bob", "cem") == ["ann", "bob", "cem"]
    settings.SECRET_KEY = NEWEST
    delete(product, "dan")
    for _ in "12":
        change(NEW, NEWEST)
        assert recognised(product, "ann", "bob", "cem", "dan") == ["ann", "bob", "cem", "dan"]


def test_who_was_deleted_after_the_command_was_killed_is_recognised(product: Product, settings: Any) -> None:
    settings.SECRET_KEY = OLD
    delete(product, "ann")
    change(OLD, NEW)  # killed before the new key took the old one's place: a server starts with that
    delete(product, "bob")
    change(OLD, NEW)
    settings.SECRET_KEY = NEW
    assert recognised(product, "ann", "bob") == ["ann", "bob"]


def test_who_was_deleted_with_several_keys_is_recognised_as_each_is_told(product: Product, settings: Any) -> None:
    for key, name in ((OLD, "ann"), (NEW, "bob"), (NEWEST, "cem")):
        settings.SECRET_KEY = key
        delete(product, name)
    assert recognised(product, "ann", "bob", "cem") == ["cem"]
    change(NEW, NEWEST)
    assert recognised(product, "ann", "bob", "cem") == ["bob", "cem"]
    delete(product, "dan")
    change(OLD, NEWEST)
    assert recognised(product, "ann", "bob", "cem", "dan") == ["ann", "bob", "cem", "dan"]
