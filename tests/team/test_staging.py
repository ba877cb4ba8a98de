import re

import pytest

from accoil.refused import Refused
from accoil.team.beginning import Wanted, begin
from accoil.team.models import IngestKey, Product
from accoil.team.scope import product_named
from accoil.team.staging import make_staging


def test_a_staging_product_stands_beside_the_real_one_with_a_key_of_its_own(world):
    world.web.time_zone = "Australia/Sydney"
    made = make_staging(world.web)
    assert (made.team, made.name, made.staging_of, made.time_zone) == (
        world.web.team,
        "Web (staging)",
        world.web,
        "Australia/Sydney",
    )
    assert re.fullmatch("stg_[0-9a-f]{32}", made.ingest_keys.get().key)
    assert world.mobile.is_staging is False


def test_it_is_made_once(world):
    assert make_staging(world.web) == make_staging(world.web)
    assert Product.objects.filter(staging_of=world.web).count() == 1


def test_every_key_of_it_begins_with_stg_however_it_is_made(world):
    staging = make_staging(world.web)
    made = [
        staging.ingest_keys.create(),
        IngestKey.objects.create(product=staging, name="Website"),
        IngestKey.objects.create(product=staging, key="stg_mine"),
    ]
    assert [bool(re.fullmatch("stg_([0-9a-f]{32}|mine)", key.key)) for key in made] == [True] * 3
    made[0].name = "Renamed"
    before = made[0].key
    made[0].save()
    assert made[0].key == before


def test_keys_of_real_products_never_do(world):
    make_staging(world.web)
    assert re.fullmatch("[0-9a-f]{32}", world.web.ingest_keys.create().key)


def test_a_staging_product_has_none_itself(world):
    with pytest.raises(Refused, match="is a staging product itself"):
        make_staging(make_staging(world.web))


def test_a_name_that_is_taken_is_said(world):
    world.web.team.products.create(name="Web (staging)")
    with pytest.raises(Refused, match="another product called “Web \\(staging\\)”"):
        make_staging(world.web)
    assert not Product.objects.filter(staging_of=world.web).exists()


def test_a_long_name_still_says_that_it_is_staging(world):
    world.web.name = "x" * 100
    world.web.save()
    assert make_staging(world.web).name == "x" * 90 + " (staging)"


def test_a_command_without_a_product_means_the_real_one(db):
    begun = begin(Wanted(team="Acme", product="Web", email="ann@example.com"))
    staging = make_staging(Product.objects.get(pk=begun.product_id))
    assert product_named(None).pk == begun.product_id
    assert product_named("Web (staging)") == staging


def test_init_finds_the_real_product_again(db):
    wanted = Wanted(team="Acme", product="Web", email="ann@example.com")
    begun = begin(wanted)
    make_staging(Product.objects.get(pk=begun.product_id))
    again = begin(Wanted(team="Acme", product="Web", email="ann@example.com", new_keys=True))
    assert again.product_id == begun.product_id
    assert re.fullmatch("[0-9a-f]{32}", again.ingest_key or "")


def test_it_goes_with_the_real_one(world):
    make_staging(world.web)
    world.web.delete()
    assert not Product.objects.filter(name="Web (staging)").exists()
