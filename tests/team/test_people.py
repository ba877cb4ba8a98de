import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404

from accoil.refused import Refused
from accoil.team.models import Product, User
from accoil.team.roles import Role, role_in
from accoil.team.scope import product_for, product_named, products_of
from accoil.team.zones import is_zone, zone_names


def test_an_address_is_one_person_however_it_is_typed(world):
    assert User.objects.get_by_natural_key(" ANN@Example.com") == world.ann
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("Ann@EXAMPLE.com")


def test_a_person_is_in_a_team_once(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        world.web.team.members.create(user=world.bob, role=Role.OWNER)


def test_passwords_are_hashed_with_argon2(world):
    assert world.ann.password.startswith("argon2$argon2id$")


def test_people_see_the_products_of_their_teams_only(world):
    assert list(products_of(world.bob)) == [world.web, world.mobile]
    assert list(products_of(world.eve)) == [world.evil_web]
    assert list(products_of(world.stan)) == []
    assert list(products_of(AnonymousUser())) == []


def test_another_teams_product_and_none_at_all_look_the_same(world, rf):
    request = rf.get("/")
    request.user = world.ann
    assert product_for(request, world.web.pk) == world.web
    answers = []
    for product_id in (world.evil_web.pk, 999_999):
        with pytest.raises(Http404) as refusal:
            product_for(request, product_id)
        answers.append(str(refusal.value))
    assert answers[0] == answers[1]


def test_a_role_is_one_of_the_products_team(world):
    found = [role_in(user, world.web) for user in (world.ann, world.bob, world.eve, world.stan, AnonymousUser())]
    assert found == [Role.OWNER, Role.MEMBER, None, None, None]


@pytest.mark.parametrize("spelling", ["Mobile", "Acme/Mobile"])
def test_an_operator_names_a_product(world, spelling):
    assert product_named(spelling) == world.mobile


def test_a_product_can_be_named_by_its_number(world):
    assert product_named(str(world.evil_web.pk)) == world.evil_web


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Web", "Several products are called “Web”; choose one of: “Acme/Web”, “Acme/Mobile”, “Evil/Web”."),
        ("Desk", "There is no product “Desk”; there are: “Acme/Web”, “Acme/Mobile”, “Evil/Web”."),
        (None, "There are several products; choose one with --product: “Acme/Web”, “Acme/Mobile”, “Evil/Web”."),
    ],
)
def test_an_operator_is_told_what_there_is_to_choose(world, name, sentence):
    with pytest.raises(Refused) as refusal:
        product_named(name)
    assert str(refusal.value) == sentence


def test_the_only_product_needs_no_name(world):
    Product.objects.exclude(pk=world.mobile.pk).delete()
    assert product_named(None) == world.mobile


def test_without_any_product_an_operator_is_told_how_to_make_one(db):
    with pytest.raises(Refused, match="accoil init"):
        product_named(None)


def test_today_depends_on_the_products_time_zone(world):
    world.web.time_zone, world.mobile.time_zone = "Pacific/Pago_Pago", "Pacific/Kiritimati"
    # 25 hours apart: it is never the same day in both.
    assert world.web.today() < world.mobile.today()


@pytest.mark.parametrize("name", ["UTC", "Australia/Sydney", "America/Argentina/Ushuaia", "US/Pacific"])
def test_known_zones(name):
    assert is_zone(name)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "America", "localtime", "/UTC", "+02:00"])
def test_unknown_zones(name, world):
    assert not is_zone(name)
    world.web.time_zone = name
    with pytest.raises(ValidationError):
        world.web.full_clean()


def test_utc_is_offered_first():
    assert zone_names()[0] == "UTC"
    assert "Australia/Sydney" in zone_names()
    assert all(is_zone(name) for name in zone_names())
