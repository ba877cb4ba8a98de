"""Settings > Team: who is in it, invitations, roles, leaving; another team's people are never touched."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accoil.team.audit import AuditLine
from accoil.team.invitations import Invitation
from accoil.team.models import User
from tests.show.reading import main, words

PASSWORD = "a long walk home"


@pytest.fixture(autouse=True)
def forget_earlier_attempts():
    cache.clear()


@pytest.fixture
def home(busy) -> str:
    return f"/p/{busy.web.pk}/settings/team"


def link_in(page) -> str:
    found = re.search(r"<code>(http://testserver/join/[^<]+)</code>", page.content.decode())
    assert found
    return found[1].removeprefix("http://testserver")


def invited(client: Client, home: str, email: str = "kim@example.com", role: str = "manager") -> str:
    return link_in(client.post(f"{home}/invite", {"email": email, "role": role}))


def role_of(world, user: User) -> str | None:
    return world.web.team.members.filter(user=user).values_list("role", flat=True).first()


def test_the_page_says_who_is_there_in_which_role(ann, bob, home):
    assert "2 people are in Acme Inc: 1 owner and 1 team member." in main(ann.get(home))
    page = main(bob.get(home))
    assert "Bob" in page and "Save" not in page and "Who sees which profile" not in page


def test_a_newcomer_joins_by_the_link_with_a_name_and_a_password(ann, busy, home):
    link = invited(ann, home)
    stranger = Client()
    page = stranger.get(link)
    assert "Ann invites kim@example.com as Manager." in main(page)
    # No referrer at all would have browsers send "Origin: null", which looks like a forged form.
    assert page.headers["Referrer-Policy"] == "same-origin" and page.headers["Cache-Control"] == "no-store"
    welcome = stranger.post(link, {"name": "Kim", "password": PASSWORD}, follow=True)
    assert "Welcome to Acme Inc." in words(welcome) and welcome.status_code == 200
    kim = User.objects.get(email="kim@example.com")
    assert (role_of(busy, kim), kim.name, kim.check_password(PASSWORD)) == ("manager", "Kim", True)
    line = AuditLine.objects.first()
    assert (line.what, line.who) == (
        "kim@example.com joined as Manager, invited by ann@example.com. Signed in.", "kim@example.com",
    )  # fmt: skip


def test_a_link_works_once(ann, home):
    link = invited(ann, home)
    Client().post(link, {"name": "Kim", "password": PASSWORD})
    late = Client()
    assert late.get(link).status_code == 404
    assert late.post(link, {"name": "Kim", "password": "another long walk"}).status_code == 404
    assert User.objects.filter(email="kim@example.com").count() == 1


def test_only_the_hash_of_a_link_is_kept(ann, home):
    secret = invited(ann, home).removeprefix("/join/")
    assert secret not in str(Invitation.objects.values())
    assert secret not in ann.get(home).content.decode(), "it is shown once"
    assert secret not in str(AuditLine.objects.values())


def test_a_link_is_too_old_after_a_week(ann, home):
    link = invited(ann, home)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link).status_code == 404
    assert "no longer valid" in main(ann.get(home))


def test_a_withdrawn_invitation_opens_nothing(ann, home):
    link = invited(ann, home)
    ann.post(f"{home}/invitations/{Invitation.objects.get().pk}")
    assert Client().get(link).status_code == 404


def test_a_second_invitation_of_one_address_replaces_the_first(ann, home):
    first, second = invited(ann, home), invited(ann, home)
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("kim", "“kim” is not an e-mail address; write one such as kim@example.com."),
        ("Bob@example.com", "bob@example.com is in Acme Inc already."),
    ],
)
def test_an_address_that_cannot_be_invited_is_told(ann, home, email, sentence):
    page = ann.post(f"{home}/invite", {"email": email, "role": "member"})
    assert page.status_code == 422 and sentence in main(page)
    assert not Invitation.objects.exists()


def test_nobody_gives_more_than_he_has(bob, home):
    assert bob.post(f"{home}/invite", {"email": "kim@example.com", "role": "manager"}).status_code == 422
    assert bob.post(f"{home}/invite", {"email": "kim@example.com", "role": "member"}).status_code == 200


def test_who_is_removed_does_not_come_back_by_his_own_link(ann, bob, busy, home):
    link = invited(bob, home, role="member")
    ann.post(f"{home}/{busy.web.team.members.get(user=busy.bob).pk}/remove")
    assert Client().get(link).status_code == 404


def test_a_link_gives_no_role_that_its_maker_has_lost(ann, busy, home):
    busy.web.team.members.filter(user=busy.bob).update(role="manager")
    bob = Client()
    bob.force_login(busy.bob)
    link = invited(bob, home, role="manager")
    busy.web.team.members.filter(user=busy.bob).update(role="member")
    assert Client().get(link).status_code == 404


def test_somebody_with_a_sign_in_signs_in_and_joins(ann, eve, busy, home):
    link = invited(ann, home, "eve@example.com", "member")
    page = Client().get(link)
    assert f"/sign-in/?next={link.replace('/', '%2F')}" in page.content.decode()
    assert Client().post(link, {"name": "Eve", "password": PASSWORD}).status_code == 200
    assert not busy.web.team.members.filter(user=busy.eve).exists(), "a link alone opens nobody's account"
    assert "Join Acme Inc" in main(eve.get(link))
    eve.post(link)
    assert role_of(busy, busy.eve) == "member"


def test_somebody_who_never_had_a_password_is_not_taken_over_by_a_link(ann, busy, home):
    rita = User.objects.create_user("rita@example.com")
    busy.evil.team.members.create(user=rita, role="owner")
    link = invited(ann, home, "rita@example.com")
    Client().post(link, {"name": "Not Rita", "password": PASSWORD})
    rita.refresh_from_db()
    assert not rita.has_usable_password() and not busy.web.team.members.filter(user=rita).exists()


def test_a_link_for_somebody_else_is_not_taken(ann, eve, busy, home):
    link = invited(ann, home)
    assert "You are signed in as eve@example.com." in main(eve.get(link))
    assert eve.post(link).status_code == 409
    assert role_of(busy, busy.eve) is None


def test_with_a_mail_server_the_link_is_sent(ann, home, settings):
    settings.MAIL_IS_SENT = True
    page = ann.post(f"{home}/invite", {"email": "kim@example.com", "role": "member"})
    [sent] = mail.outbox
    assert sent.to == ["kim@example.com"] and link_in(page) in sent.body
    assert "on its way to kim@example.com by mail" in main(page)


def test_a_mail_server_that_fails_leaves_the_link_to_copy(ann, home, settings):
    settings.MAIL_IS_SENT = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = ann.post(f"{home}/invite", {"email": "kim@example.com", "role": "member"})
    assert "could not be sent" in main(page) and link_in(page)


def test_roles_are_changed_and_the_last_owner_stays(ann, busy, home):
    bob, own = (busy.web.team.members.get(user=user) for user in (busy.bob, busy.ann))
    said = ann.post(f"{home}/{own.pk}/role", {"role": "member"}, follow=True)
    assert "Ann is the only owner of Acme Inc: make somebody else an owner first." in words(said)
    assert "the only owner" in words(ann.post(f"{home}/leave", follow=True))
    assert "Bob is now an Owner." in words(ann.post(f"{home}/{bob.pk}/role", {"role": "owner"}, follow=True))
    assert "You have left Acme Inc." in words(ann.post(f"{home}/leave", follow=True))
    assert (role_of(busy, busy.ann), role_of(busy, busy.bob)) == (None, "owner")


def test_a_manager_leaves_owners_alone(busy, home):
    team = busy.web.team
    mia = User.objects.create(email="mia@example.com")
    team.members.create(user=mia, role="manager")
    client = Client()
    client.force_login(mia)
    own = team.members.get(user=busy.ann)
    member = team.members.get(user=busy.bob)
    team.members.create(user=User.objects.create(email="tom@example.com"), role="owner")
    client.post(f"{home}/{own.pk}/role", {"role": "member"})
    client.post(f"{home}/{own.pk}/remove")
    client.post(f"{home}/{member.pk}/role", {"role": "owner"})
    assert (role_of(busy, busy.ann), role_of(busy, busy.bob)) == ("owner", "member")
    client.post(f"{home}/{member.pk}/role", {"role": "manager"})
    assert role_of(busy, busy.bob) == "manager"


def test_who_is_removed_sees_nothing_any_more(ann, bob, busy, home):
    ann.post(f"{home}/{busy.web.team.members.get(user=busy.bob).pk}/remove")
    assert bob.get(home).status_code == 404
    assert "no team of yours has a product" in main(bob.get("/"))


def test_people_and_invitations_of_another_team_are_not_found(ann, eve, busy, home):
    theirs = busy.evil.team.members.get(user=busy.eve)
    for act in ("role", "remove", "password"):
        assert ann.post(f"{home}/{theirs.pk}/{act}", {"role": "member"}).status_code == 404
    invited(eve, f"/p/{busy.evil.pk}/settings/team", "kim@example.com", "member")
    assert ann.post(f"{home}/invitations/{Invitation.objects.get().pk}").status_code == 404
    assert "kim@example.com" not in main(ann.get(home))
    assert role_of(busy, busy.bob) == "member" and busy.evil.team.members.count() == 1


def test_a_member_withdraws_his_own_invitations_alone(ann, bob, home):
    invited(ann, home)
    assert bob.post(f"{home}/invitations/{Invitation.objects.get().pk}").status_code == 404
    assert "kim@example.com" not in main(bob.get(home))


def test_an_owner_makes_a_link_for_a_new_password(ann, busy, home):
    page = ann.post(f"{home}/{busy.web.team.members.get(user=busy.bob).pk}/password")
    link = re.search(r"http://testserver(/sign-in/password/reset/[^<]+)", page.content.decode())[1]
    chooser = Client()
    address = chooser.get(link, follow=True).redirect_chain[-1][0]
    chooser.post(address, {"password1": "a longer walk", "password2": "a longer walk"})
    busy.bob.refresh_from_db()
    assert busy.bob.check_password("a longer walk")
    assert "Chose a new password by a link." in AuditLine.objects.first().what


def test_nobody_gets_into_another_team_through_his_own(ann, busy, home):
    member = busy.web.team.members.create(user=busy.eve)  # she owns the other team
    page = ann.post(f"{home}/{member.pk}/password", follow=True)
    assert "/sign-in/password/reset/" not in page.content.decode()
    assert "can&#x27;t be given a link" in page.content.decode()


@pytest.mark.parametrize("change", ["another team", "another role"])
def test_a_link_for_a_new_password_ends_with_the_teams_it_was_made_for(ann, busy, home, change):
    own = busy.web.team.members.get(user=busy.bob)
    page = ann.post(f"{home}/{own.pk}/password")
    link = re.search(r"http://testserver(/sign-in/password/reset/[^<]+)", page.content.decode())[1]
    if change == "another team":
        busy.evil.team.members.create(user=busy.bob)
    else:
        busy.web.team.members.filter(user=busy.bob).update(role="manager")
    chooser = Client()
    address = chooser.get(link, follow=True).request["PATH_INFO"]
    chooser.post(address, {"password1": "a longer walk", "password2": "a longer walk"})
    busy.bob.refresh_from_db()
    assert not busy.bob.check_password("a longer walk") and "_auth_user_id" not in chooser.session


def test_where_mail_is_sent_owners_make_no_links(ann, busy, home, settings):
    settings.MAIL_IS_SENT = True
    page = ann.post(f"{home}/{busy.web.team.members.get(user=busy.bob).pk}/password", follow=True)
    assert "/sign-in/password/reset/" not in page.content.decode()


def test_two_who_take_one_link_at_the_same_time_are_one(ann, home):
    from accoil.refused import Refused
    from accoil.team.invitations import accept, found

    secret = invited(ann, home).removeprefix("/join/")
    one, other = found(secret), found(secret)
    kim = User.objects.create(email="kim@example.com")
    accept(one, kim)
    with pytest.raises(Refused, match="used already"):
        accept(other, kim)
