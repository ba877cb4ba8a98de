"""Pressing Join twice, opening the link again, and who comes by the address of somebody who has gone."""

import pytest
from django.core.cache import cache
from django.test import Client

from accoil.team.audit import AuditLine
from accoil.team.invitations import found, invite
from accoil.team.models import User
from accoil.team.second_factor import SecondFactor, new_secret
from tests.show.reading import main, words

PASSWORD = "a long walk home"
KIM = {"name": "Kim", "password": PASSWORD}


@pytest.fixture(autouse=True)
def forget_earlier_attempts():
    cache.clear()


@pytest.fixture
def link(world) -> str:
    _, secret = invite(world.web.team.members.get(user=world.ann), "kim@example.com", "member")
    return f"/join/{secret}"


def who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_who_presses_join_twice_ends_inside(world, link):
    """The browser shows the answer to the second, which was sent before the first was answered."""
    Client().post(link, KIM)
    second = Client()
    answer = second.post(link, KIM)
    assert answer["Location"] == f"/p/{world.web.pk}/"
    assert who(second) == str(User.objects.get(email="kim@example.com").pk)
    assert "Welcome to Acme Inc." in words(second.get(answer["Location"], follow=True))


def test_who_presses_join_twice_at_the_same_moment_ends_inside(world, link, monkeypatch):
    """The first is done when the second has found the invitation open."""
    was = found(link.removeprefix("/join/"))
    Client().post(link, KIM)
    monkeypatch.setattr("accoil.show.views.join.found", lambda secret: was)
    second = Client()
    assert second.post(link, KIM)["Location"] == f"/p/{world.web.pk}/" and who(second)
    assert User.objects.filter(email="kim@example.com").count() == 1


def test_who_has_a_sign_in_and_presses_join_twice_ends_inside(world, eve):
    _, secret = invite(world.web.team.members.get(user=world.ann), "eve@example.com", "member")
    answers = [eve.post(f"/join/{secret}") for _ in range(2)]
    assert [each["Location"] for each in answers] == [f"/p/{world.web.pk}/"] * 2
    assert eve.get(f"/join/{secret}")["Location"] == f"/p/{world.web.pk}/", "the link leads in later too"


def test_a_link_that_was_used_opens_nothing_for_others(world, link, eve):
    Client().post(link, KIM)
    for client, sent in ((Client(), KIM | {"password": "another walk"}), (Client(), {}), (eve, KIM)):
        before = who(client)
        answer = client.post(link, sent)
        assert answer.status_code == 404 and "no longer valid" in main(answer) and who(client) == before
    assert Client().get(link).status_code == 404


def test_a_password_is_not_guessed_by_a_used_link(world, link):
    Client().post(link, KIM)
    guesser = Client()
    for _ in range(5):
        guesser.post(link, {"password": "a guess"})
    assert guesser.post(link, KIM).status_code == 404 and who(guesser) is None
    assert AuditLine.objects.filter(what="A wrong password for kim@example.com.").count() == 5


def test_who_was_removed_does_not_come_back_by_the_used_link(world, link):
    Client().post(link, KIM)
    world.web.team.members.filter(user__email="kim@example.com").delete()
    late = Client()
    assert late.post(link, KIM).status_code == 404 and who(late) is None


def test_codes_are_asked_for_after_the_second_press_too(world, link):
    Client().post(link, KIM)
    SecondFactor.objects.create(user=User.objects.get(email="kim@example.com"), secret=new_secret())
    second = Client()
    assert second.post(link, KIM)["Location"] == "/sign-in/code" and who(second) is None


def test_who_gets_the_address_of_somebody_who_has_gone_shares_nothing_with_him(world, link):
    """kim@example.com was somebody else's; he has left the team, the invitation is for who has the address now."""
    gone = User.objects.create_user("kim@example.com", "an old walk", "Old Kim")
    SecondFactor.objects.create(user=gone, secret=new_secret())
    still_signed_in = Client()
    still_signed_in.force_login(gone)
    client = Client()
    assert "Choose a password" in main(client.get(link))
    client.post(link, KIM)
    kim = User.objects.get(email="kim@example.com")
    assert (kim.pk, kim.name, who(client)) == (gone.pk, "Kim", str(gone.pk))
    assert kim.check_password(PASSWORD) and not SecondFactor.objects.exists()
    assert still_signed_in.get("/you").status_code == 302
