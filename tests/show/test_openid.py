"""Signing in with a provider of OpenID Connect: who comes in, who does not, and what is said then."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accoil.refused import Refused
from accoil.team.audit import AuditLine
from accoil.team.invitations import invite
from accoil.team.lost_password import link_for
from accoil.team.models import User
from accoil.team.second_factor import SecondFactor, new_secret
from tests.openid.going import asked_of, decide, go, who
from tests.show.reading import main, words

PASSWORD = "a long walk home"


def lines(team) -> list[tuple[str, str]]:
    return [(line.who, line.what) for line in AuditLine.objects.filter(team=team).order_by("id")]


def test_the_page_to_sign_in_offers_it_by_its_name_and_where_it_is_not_set_nothing_is_there(client, world, settings):
    assert "Acme" not in client.get("/sign-in/").content.decode()
    assert client.get("/sign-in/with").status_code == client.get("/sign-in/with/done").status_code == 404
    settings.OIDC_ISSUER, settings.OIDC_NAME = "http://127.0.0.1:1", "Acme SSO"
    page = client.get("/sign-in/?next=/you%3Fa%3D1").content.decode()
    assert 'href="/sign-in/with?next=%2Fyou%3Fa%3D1">Sign in with Acme SSO</a>' in page


def test_a_member_comes_in_and_where_he_wanted_to_go(client, world, provider):
    EmailAddress.objects.create(user=world.bob, email=world.bob.email, verified=True)
    answer = go(client, "Bob@Example.com", "/you")
    assert (answer.status_code, answer["Location"]) == (302, "/you")
    assert who(client) == str(world.bob.pk)
    assert lines(world.web.team) == [("bob@example.com", "Signed in with Acme SSO.")]
    assert not AuditLine.objects.exclude(team=world.web.team).exists()
    assert 86_000 < client.session.get_expiry_age() <= 86_400, "after a day the provider is asked again"
    assert "Acme SSO" in main(client.get("/you"))
    assert client.get("/sign-in/with", {"next": "/you"})["Location"] == "/you", "who is in already goes nowhere"


def test_nobody_is_sent_to_another_site(client, world, provider):
    assert go(client, "bob@example.com", "https://evil.example/")["Location"] == "/"


@pytest.mark.parametrize("takes", ["client_secret_basic", "client_secret_post"])
def test_the_secret_is_told_as_the_provider_wants_it(client, world, provider, takes):
    provider.takes = (takes,)
    go(client, "bob@example.com")
    assert who(client) == str(world.bob.pk)


def test_whoever_is_known_to_nobody_here_stays_outside_and_is_told_whom_to_ask(client, world, provider):
    answer = go(client, "stranger@example.com")
    assert answer.status_code == 403 and who(client) is None
    assert "Acme SSO says that you are stranger@example.com, whom nobody has invited here." in words(answer)
    assert "Ask an owner or a manager of your team to invite that address." in words(answer)
    assert not User.objects.filter(email="stranger@example.com").exists() and not AuditLine.objects.exists()


def test_an_address_that_the_provider_does_not_vouch_for_opens_nothing(client, world, provider):
    for said in (False, None, "false", 1 == 2, "yes"):
        provider.email_verified = said
        answer = go(client, "bob@example.com")
        assert answer.status_code == 403 and who(client) is None, said
        assert "Acme SSO does not know that bob@example.com is yours" in words(answer)


def test_an_address_vouched_for_as_text_is_taken(client, world, provider):
    provider.email_verified = "true"
    go(client, "bob@example.com")
    assert who(client) == str(world.bob.pk)


def test_a_provider_that_tells_no_address_is_told_of(client, world, provider):
    provider.claims, provider.info = {"email": None}, {"email": None}
    assert "told no e-mail address of yours" in words(go(client, "bob@example.com"))


def test_an_address_that_only_userinfo_tells_counts_if_it_is_of_the_same_person(client, world, provider):
    provider.claims = {"email": None, "email_verified": None}
    go(client, "bob@example.com")
    assert who(client) == str(world.bob.pk)
    other = Client()
    provider.info = {"sub": "id of somebody else"}
    assert go(other, "bob@example.com").status_code == 403 and who(other) is None


def test_an_invitation_is_taken_by_signing_in_and_by_nobody_else(client, world, provider):
    _, secret = invite(world.web.team.members.get(user=world.ann), "kim@example.com", "manager")
    assert go(Client(), "tom@example.com", f"/join/{secret}").status_code == 403
    assert "Join with Acme SSO" in client.get(f"/join/{secret}").content.decode()
    answer = go(client, "kim@example.com", f"/join/{secret}")
    kim = User.objects.get(email="kim@example.com")
    assert (kim.name, kim.has_usable_password(), who(client)) == ("Kim Lee", False, str(kim.pk))
    assert [(each.team, each.role) for each in kim.memberships.all()] == [(world.web.team, "manager")]
    assert EmailAddress.objects.get(user=kim).verified
    end = client.get(answer["Location"], follow=True)
    assert end.redirect_chain[0][0] == f"/p/{world.web.pk}/" and "Welcome to Acme Inc: by signing in" in words(end)
    assert lines(world.web.team) == [
        ("kim@example.com", "kim@example.com joined as Manager, invited by ann@example.com."),
        ("kim@example.com", "Signed in with Acme SSO."),
    ]


def test_an_invitation_needs_no_link_where_the_address_is_known_to_be_ones_own(client, world, provider):
    for owner, team in ((world.ann, world.web.team), (world.eve, world.evil.team)):
        invite(team.members.get(user=owner), "kim@example.com", "member")
    page = words(client.get(go(client, "kim@example.com")["Location"], follow=True))
    assert f"Welcome to Acme Inc and {world.evil.team}: by signing in you joined, since kim@example.com was" in page
    kim = User.objects.get(email="kim@example.com")
    assert {each.team for each in kim.memberships.all()} == {world.web.team, world.evil.team}
    assert [what for _, what in lines(world.evil.team)] == [
        "kim@example.com joined as Team Member, invited by eve@example.com.", "Signed in with Acme SSO.",
    ]  # fmt: skip


def test_an_invitation_that_is_withdrawn_used_or_too_old_opens_nothing(client, world, provider):
    made, _ = invite(world.web.team.members.get(user=world.ann), "kim@example.com", "member")
    made.expires_at = timezone.now()
    made.save()
    assert go(client, "kim@example.com").status_code == 403
    assert not User.objects.filter(email="kim@example.com").exists()


def test_somebody_of_another_team_comes_into_that_one_alone(client, world, provider):
    """An invitation of a further team is for him to take, by its link."""
    _, secret = invite(world.web.team.members.get(user=world.ann), "eve@example.com", "member")
    go(client, "eve@example.com")
    assert who(client) == str(world.eve.pk)
    assert client.get(f"/p/{world.web.pk}/").status_code == 404
    assert client.get(f"/p/{world.evil.pk}/", follow=True).status_code == 200
    assert "Join Acme Inc" in main(client.get(f"/join/{secret}"))


def test_who_is_switched_off_stays_outside(client, world, provider):
    User.objects.filter(pk=world.bob.pk).update(is_active=False)
    assert go(client, "bob@example.com")["Location"] == "/sign-in/inactive/" and who(client) is None


def test_codes_are_the_providers_business_then(client, world, provider):
    EmailAddress.objects.create(user=world.bob, email=world.bob.email, verified=True)
    SecondFactor.objects.create(user=world.bob, secret=new_secret())
    go(client, "bob@example.com")
    assert who(client) == str(world.bob.pk) and SecondFactor.objects.exists()


def test_what_somebody_else_had_set_up_for_an_address_ends_when_it_is_known_whose_it_is(client, world, provider):
    world.bob.set_password(PASSWORD)
    world.bob.save()
    SecondFactor.objects.create(user=world.bob, secret=new_secret())
    taker = Client()
    taker.force_login(world.bob)
    end = client.get(go(client, "bob@example.com", "/you")["Location"])
    assert "Nobody had shown yet that bob@example.com is theirs." in words(end)
    assert who(client) == str(world.bob.pk) and taker.get("/you").status_code == 302
    world.bob.refresh_from_db()
    assert not world.bob.has_usable_password() and not SecondFactor.objects.exists()
    assert [what[:33] for _, what in lines(world.web.team)] == [
        "bob@example.com is confirmed by A", "Signed in with Acme SSO.",
    ]  # fmt: skip
    world.bob.set_password(PASSWORD)  # by a link, say
    world.bob.save()
    go(Client(), "bob@example.com")
    world.bob.refresh_from_db()
    assert world.bob.check_password(PASSWORD), "the second time nothing ends"


def test_who_has_no_password_is_asked_for_none(client, world, provider):
    go(client, "bob@example.com")
    assert "You have none." in main(client.get("/you"))
    for path in ("/sign-in/password/change/", "/you/code/on"):
        told = client.get(path, follow=True)
        assert "You have no password: you sign in with Acme SSO." in words(told), path


def test_a_no_at_the_provider_signs_nobody_in(client, world, provider):
    answer = go(client, "bob@example.com", said="no")
    assert answer.status_code == 403 and "Acme SSO did not say who you are" in words(answer)


def test_a_way_back_counts_once_and_in_the_browser_where_it_was_begun(client, world, provider):
    back = decide(client.get("/sign-in/with")["Location"], "bob@example.com")
    stolen = Client()
    assert stolen.get(back).status_code == 400 and who(stolen) is None
    assert client.get(back.replace("state=", "state=x")).status_code == 400
    assert client.get(back).status_code == 302
    client.logout()
    answer = client.get(back)
    assert answer.status_code == 400 and "was not begun here" in words(answer)


def test_each_way_has_its_own_state_nonce_and_challenge(client, world, provider):
    asked = [asked_of(client.get("/sign-in/with")["Location"]) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
    assert (asked[0]["scope"], asked[0]["code_challenge_method"]) == ("openid email profile", "S256")


def test_the_way_back_begins_with_the_public_address(client, world, provider, settings):
    settings.PUBLIC_URL = "https://accoil.example.com"
    asked = asked_of(client.get("/sign-in/with")["Location"])
    assert asked["redirect_uri"] == "https://accoil.example.com/sign-in/with/done"


def test_too_many_tries_wait_a_minute(client, world, provider):
    answers = [client.get("/sign-in/with") for _ in range(31)]
    assert [answers[29].status_code, answers[30].status_code] == [302, 429]
    assert answers[30]["Retry-After"] == "60"


@pytest.fixture
def without_passwords(provider, settings, world):
    settings.PASSWORDS = False
    world.bob.set_password(PASSWORD)
    world.bob.save()


def test_without_passwords_nobody_signs_in_with_one(client, world, without_passwords):
    page = client.get("/sign-in/").content.decode()
    assert "Password" not in page and "Sign in with Acme SSO" in page
    answer = client.post("/sign-in/", {"login": "bob@example.com", "password": PASSWORD}, follow=True)
    assert who(client) is None and "Passwords are switched off here: people sign in with Acme SSO." in words(answer)
    for path in ("reset/", "reset/sent/", "reset/1-key/", "reset/done/"):
        assert client.get(f"/sign-in/password/{path}")["Location"] == "/sign-in/"
    assert go(client, "bob@example.com").status_code == 302 and who(client) == str(world.bob.pk)


def test_without_passwords_none_is_changed_made_or_handed_out(client, world, without_passwords, ann):
    for path in ("/sign-in/password/change/", "/you/code/on", "/you/code/off", "/you/code/recovery"):
        answer = ann.get(path, follow=True)
        assert "Passwords are switched off here" in words(answer), path
    assert "Password" not in main(ann.get("/you"))
    home, bob = f"/p/{world.web.pk}/settings/team", world.web.team.members.get(user=world.bob)
    assert "Make a link for a new password" not in main(ann.get(home))
    assert "can't be given a link" in words(ann.post(f"{home}/{bob.pk}/password", follow=True))
    with pytest.raises(Refused, match="Passwords are switched off"):
        link_for("bob@example.com", False)


def test_without_passwords_an_invitation_is_taken_by_signing_in_alone(client, world, without_passwords):
    _, secret = invite(world.web.team.members.get(user=world.ann), "kim@example.com", "member")
    page = client.get(f"/join/{secret}").content.decode()
    assert "Choose a password" not in page and f"/sign-in/with?next=%2Fjoin%2F{secret}" in page
    client.post(f"/join/{secret}", {"name": "Kim", "password": PASSWORD})
    assert not User.objects.filter(email="kim@example.com").exists()
