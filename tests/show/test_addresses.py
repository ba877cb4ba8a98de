"""Whose an address is: what somebody set up under another's ends once that is known."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accoil.team.audit import AuditLine
from accoil.team.second_factor import SecondFactor, new_secret
from tests.show.reading import main, words

NEW = {"password1": "a longer walk", "password2": "a longer walk"}


@pytest.fixture(autouse=True)
def mail_is_sent(settings, world):
    settings.MAIL_IS_SENT = True
    cache.clear()


def link_in_mail() -> str:
    found = re.search(r"http://testserver(\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def choose_new_password(client: Client, email: str):
    client.post("/sign-in/password/reset/", {"email": email})
    address = client.get(link_in_mail(), follow=True).redirect_chain[-1][0]
    return client.post(address, NEW, follow=True)


def who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_codes_made_under_an_address_that_nobody_confirmed_end_with_a_new_password_by_mail(world):
    SecondFactor.objects.create(user=world.bob, secret=new_secret())
    taker, owner = Client(), Client()
    taker.force_login(world.bob)
    told = choose_new_password(owner, "bob@example.com")
    assert who(owner) == str(world.bob.pk) and not SecondFactor.objects.exists()
    assert "Codes of an app are no longer asked for" in words(told)
    assert taker.get("/you").status_code == 302
    assert AuditLine.objects.filter(team=world.web.team, what__contains="are no longer asked for").exists()


def test_codes_of_a_confirmed_address_are_asked_for_after_a_new_password_too(world):
    EmailAddress.objects.create(user=world.bob, email=world.bob.email, verified=True)
    SecondFactor.objects.create(user=world.bob, secret=new_secret())
    client = Client()
    assert "And the code" in main(choose_new_password(client, "bob@example.com"))
    assert who(client) is None and SecondFactor.objects.exists()


def test_codes_are_switched_on_once_the_address_is_confirmed(bob, world):
    assert "Confirm your address first." in main(bob.get("/you"))
    told = bob.get("/you/code/on", follow=True)
    assert "Confirm first that bob@example.com is yours; then codes can be switched on." in words(told)
    EmailAddress.objects.create(user=world.bob, email=world.bob.email, verified=True)
    assert bob.get("/you/code/on").status_code == 200


def test_nobody_confirms_an_address_for_whoever_took_it(world, bob, eve):
    """The mail goes to the owner of the address, who is somebody else than the person signed in under it."""
    bob.post("/you/confirm")
    link = link_in_mail()
    owner = Client()
    assert owner.get(link)["Location"] == f"/sign-in/?next={link.replace('/', '%2F').replace(':', '%3A')}"
    owner.post(link)
    eve.post(link)
    assert who(eve) is None and not EmailAddress.objects.filter(verified=True).exists()
    bob.post(link)
    assert EmailAddress.objects.get(verified=True).user == world.bob
