import pytest

from accoil.refused import Refused
from accoil.team.beginning import Wanted, begin
from accoil.team.keys import receiving_keys
from accoil.team.models import ApiToken, IngestKey, Member, Product, Team, User

pytestmark = pytest.mark.django_db
PASSWORD = "a long walk home"


def wanted(**changes: object) -> Wanted:
    values = {"team": "Acme", "product": "Web", "email": "ann@example.com", "password": PASSWORD, **changes}
    return Wanted(**values)  # type: ignore[arg-type]


def test_team_product_owner_and_keys_are_made():
    begun = begin(wanted(time_zone="Australia/Sydney"))
    product = Product.objects.get(pk=begun.product_id)
    assert (product.name, product.time_zone, product.team.pk) == ("Web", "Australia/Sydney", begun.team_id)
    assert {key: row["product"] for key, row in receiving_keys().items()} == {begun.ingest_key: product.pk}
    assert begun.api_token
    assert ApiToken.of(begun.api_token).product == product
    owner = product.team.members.get()
    assert (owner.user.email, owner.role) == ("ann@example.com", "owner")
    assert owner.user.check_password(PASSWORD)
    assert begun.notes == []


def test_again_gives_the_same_ids_and_nothing_new():
    first = begin(wanted())
    again = begin(wanted(team=" Acme ", email="Ann@Example.com"))
    assert again.as_json() == {
        "team_id": first.team_id,
        "product_id": first.product_id,
        "ingest_key": None,
        "api_token": None,
    }
    counts = [model.objects.count() for model in (Team, Product, User, Member, IngestKey, ApiToken)]
    assert counts == [1, 1, 1, 1, 1, 1]


def test_new_keys_come_beside_the_old_ones():
    first = begin(wanted())
    again = begin(wanted(new_keys=True))
    assert set(receiving_keys()) == {first.ingest_key, again.ingest_key}
    assert again.api_token not in (None, first.api_token)
    assert ApiToken.of(first.api_token).product == ApiToken.of(again.api_token).product


def test_another_product_of_the_team_has_its_own_keys():
    first = begin(wanted())
    second = begin(wanted(product="Mobile"))
    assert second.team_id == first.team_id
    assert second.product_id != first.product_id
    assert second.ingest_key not in (None, first.ingest_key)


def test_a_password_set_earlier_stays():
    begin(wanted())
    begun = begin(wanted(password="another long walk"))
    assert User.objects.get().check_password(PASSWORD)
    assert "ann@example.com keeps the password set earlier." in begun.notes


def test_an_owner_without_a_password_gets_one_later():
    begun = begin(wanted(password=None))
    assert not User.objects.get().has_usable_password()
    assert "accoil manage changepassword ann@example.com" in begun.notes[0]
    begin(wanted())
    assert User.objects.get().check_password(PASSWORD)


def test_a_member_becomes_an_owner():
    begin(wanted())
    Member.objects.update(role="member")
    begin(wanted())
    assert Member.objects.get().role == "owner"


def test_a_second_owner():
    begin(wanted())
    begin(wanted(email="bob@example.com"))
    assert sorted(Member.objects.values_list("user__email", "role")) == [
        ("ann@example.com", "owner"),
        ("bob@example.com", "owner"),
    ]


def test_the_time_zone_of_a_product_in_use_is_not_changed_in_passing():
    begin(wanted())
    begun = begin(wanted(time_zone="Asia/Tokyo"))
    assert Product.objects.get().time_zone == "UTC"
    assert "Web keeps its time zone, UTC; change it in Settings." in begun.notes


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"team": " "}, "Give the team a name"),
        ({"product": ""}, "Give the product a name"),
        ({"product": "x" * 101}, "The product's name is longer than 100 characters"),
        ({"email": "ann"}, "“ann” is not an e-mail address"),
        ({"time_zone": "Mars/Olympus"}, "“Mars/Olympus” is not a time zone"),
        ({"password": "short"}, "This password is too short"),
        ({"password": "password"}, "This password is too common"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(wrong, sentence):
    with pytest.raises(Refused, match=sentence):
        begin(wanted(**wrong))
    assert [model.objects.count() for model in (Team, Product, User, IngestKey, ApiToken)] == [0, 0, 0, 0, 0]
