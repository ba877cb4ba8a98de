from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accoil.refused import Refused
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.team.models import Product, Team

pytestmark = pytest.mark.django_db

LIGHT = Definition(events={"Login": 1})
HEAVY = Definition(events={"Login": 10})


@pytest.fixture
def product() -> Product:
    return Product.objects.create(team=Team.objects.create(name="Acme"), name="Web", time_zone="Pacific/Kiritimati")


@pytest.fixture
def profile(product) -> Profile:
    return Profile.create(product, "Everyone", LIGHT)


def test_a_new_profile_has_its_first_version_in_force_today(profile, product):
    version = profile.current
    assert (version.number, version.parsed, version.in_force_from) == (1, LIGHT, product.today())


def test_saving_a_change_makes_the_next_version(profile):
    version = profile.save_definition(HEAVY, author=None, note="  Login matters ")
    assert (version.number, version.parsed, version.note) == (2, HEAVY, "Login matters")
    assert profile.current == version
    assert profile.versions.get(number=1).parsed == LIGHT


def test_saving_the_same_makes_no_new_version(profile):
    assert profile.save_definition(Definition(events={"Login": 1}), author=None, note="again") == profile.current
    assert profile.versions.count() == 1


def test_going_back_is_a_version_too(profile):
    profile.save_definition(HEAVY, author=None)
    assert profile.save_definition(LIGHT, author=None).number == 3


def test_only_a_definition_that_follows_the_rules_is_saved(profile):
    with pytest.raises(Refused, match="the weight of “Login” is 11"):
        profile.save_definition(Definition(events={"Login": 11}), author=None)
    assert profile.versions.count() == 1


def test_a_saved_version_never_changes(profile):
    version = profile.current
    version.note = "another"
    with pytest.raises(TypeError, match="A saved version never changes"):
        version.save()


def test_two_versions_cannot_share_a_number(profile):
    first = profile.current
    with pytest.raises(IntegrityError), transaction.atomic():
        profile.versions.create(number=1, definition=first.definition, in_force_from=first.in_force_from)


def test_the_version_of_a_past_day(profile):
    def begin(number: int, day: date) -> None:
        profile.versions.filter(number=number).update(in_force_from=day)

    profile.save_definition(HEAVY, author=None)
    profile.save_definition(LIGHT, author=None)
    begin(1, date(2026, 1, 10))
    begin(2, date(2026, 1, 20))
    begin(3, date(2026, 1, 20))
    days = {5: 1, 10: 1, 19: 1, 20: 3, 25: 3}
    assert {day: profile.version_on(date(2026, 1, day)).number for day in days} == days


def test_a_name_is_kept_tidy(product):
    assert Profile.create(product, "  Trial   Users ", LIGHT).name == "Trial Users"


@pytest.mark.parametrize(("name", "sentence"), [("  ", "Give the profile a name"), ("x" * 101, "longer than 100")])
def test_a_name_that_cannot_be_used_is_refused(product, name, sentence):
    with pytest.raises(Refused, match=sentence):
        Profile.create(product, name, LIGHT)


def test_a_name_is_taken_once_in_a_product(profile, product):
    with pytest.raises(Refused, match="Web already has a profile called “Everyone”"):
        Profile.create(product, "Everyone", LIGHT)
    other = Product.objects.create(team=product.team, name="Mobile")
    assert Profile.create(other, "Everyone", LIGHT).name == "Everyone"


def test_renaming(profile, product):
    Profile.create(product, "Trial", LIGHT)
    with pytest.raises(Refused, match="already has a profile called “Trial”"):
        profile.rename("Trial")
    profile.rename("Everyone")
    profile.rename("All")
    assert Profile.objects.get(pk=profile.pk).name == "All"
