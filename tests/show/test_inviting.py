"""What somebody cannot reach by inviting others, or himself under another address."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accoil.score.access import May, profiles_for
from accoil.score.models import Profile
from accoil.team.audit import AuditLine
from accoil.team.models import User
from tests.show.conftest import EVERYDAY
from tests.show.reading import main
from tests.show.test_team import PASSWORD, invited


@pytest.fixture(autouse=True)
def forget_earlier_attempts():
    cache.clear()


@pytest.fixture
def home(busy) -> str:
    return f"/p/{busy.web.pk}/settings/team"


@pytest.fixture
def hidden(busy) -> Profile:
    """Kept from Bob."""
    made = Profile.create(busy.web, "Zebra", EVERYDAY, busy.ann)
    busy.web.team.members.get(user=busy.bob).access.create(profile=made, may=May.NONE)
    return made


def joined(link: str, email: str = "kim@example.com") -> User:
    Client().post(link, {"name": "Kim", "password": PASSWORD})
    return User.objects.get(email=email)


def test_nobody_sees_more_by_inviting_himself_under_another_address(bob, busy, home, hidden):
    kim = joined(invited(bob, home, role="member"))
    assert profiles_for(kim, busy.web) == [busy.profile]


def test_what_is_kept_from_him_is_kept_from_a_person_with_a_sign_in_too(bob, eve, busy, home, hidden):
    eve.post(invited(bob, home, "eve@example.com", "member"))
    assert profiles_for(busy.eve, busy.web) == [busy.profile]


def test_a_member_by_a_managers_invitation_sees_what_members_see(ann, busy, home, hidden):
    kim = joined(invited(ann, home, role="member"))
    assert profiles_for(kim, busy.web) == [busy.profile, hidden]


def test_what_was_kept_from_a_member_counts_no_more_once_he_is_a_manager(bob, busy, home, hidden):
    link = invited(bob, home, role="member")
    busy.web.team.members.filter(user=busy.bob).update(role="manager")
    assert profiles_for(joined(link), busy.web) == [busy.profile, hidden]


def test_a_member_replaces_no_invitation_of_somebody_else(ann, bob, home):
    link = invited(ann, home)
    page = bob.post(f"{home}/invite", {"email": "kim@example.com", "role": "member"})
    assert page.status_code == 422 and "kim@example.com is invited already." in main(page)
    assert Client().get(link).status_code == 200
    assert Client().get(invited(bob, home, "tom@example.com", "member")).status_code == 200


def test_a_manager_replaces_no_invitation_of_an_owner(ann, bob, busy, home):
    busy.web.team.members.filter(user=busy.bob).update(role="manager")
    link, usual = invited(ann, home, role="owner"), invited(ann, home, "tom@example.com", "member")
    page = bob.post(f"{home}/invite", {"email": "kim@example.com", "role": "manager"})
    assert page.status_code == 422 and "kim@example.com is invited already." in main(page)
    assert Client().get(link).status_code == 200
    assert invited(bob, home, "tom@example.com", "manager")
    assert Client().get(usual).status_code == 404


def test_an_invitation_that_opens_nothing_any_more_stands_in_nobodys_way(ann, bob, busy, home):
    boss = User.objects.create(email="mia@example.com")
    mia = Client()
    member = busy.web.team.members.create(user=boss, role="manager")
    mia.force_login(boss)
    invited(mia, home, role="manager")
    busy.web.team.members.filter(pk=member.pk).update(role="member")
    assert invited(bob, home, role="member")


def test_a_name_is_on_one_line(ann, home):
    link = invited(ann, home)
    Client().post(link, {"name": "Kim\r\nBcc: all@example.com\u2028 Lee", "password": PASSWORD})
    assert User.objects.get(email="kim@example.com").name == "Kim Bcc: all@example.com Lee"


def test_a_name_with_a_line_break_invites_all_the_same(ann, busy, home, settings):
    settings.MAIL_IS_SENT = True
    User.objects.filter(pk=busy.ann.pk).update(name="Ann\nA. Lee")
    type(busy.web.team).objects.filter(pk=busy.web.team.pk).update(name="Acme\r\nInc")
    assert ann.post(f"{home}/invite", {"email": "kim@example.com", "role": "member"}).status_code == 200
    [sent] = mail.outbox
    assert sent.subject == "Ann A. Lee invites you to Acme Inc on Accoil"
    assert sent.body.startswith("Ann A. Lee invites you to Acme Inc on Accoil, as Team Member.")


def test_where_mail_is_sent_a_member_sees_no_link_to_take_himself(bob, ann, home, settings):
    settings.MAIL_IS_SENT = True
    page = bob.post(f"{home}/invite", {"email": "kim@example.com", "role": "member"})
    assert "on its way to kim@example.com by mail" in main(page)
    assert "/join/" not in page.content.decode() and "Copy this link" not in main(page)
    [sent] = mail.outbox
    assert "/join/" in sent.body
    assert invited(ann, home, "tom@example.com", "member"), "owners and managers may send it themselves"


def test_a_member_whose_mail_could_not_be_sent_is_told_without_the_link(bob, home, settings):
    settings.MAIL_IS_SENT = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = bob.post(f"{home}/invite", {"email": "kim@example.com", "role": "member"})
    assert "could not be sent: invite once more in a while." in main(page)
    assert "/join/" not in page.content.decode()


def test_who_came_by_a_link_is_marked_until_the_address_is_confirmed(ann, busy, home, settings):
    settings.MAIL_IS_SENT = True
    for user in (busy.ann, busy.bob):
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    assert "address not confirmed" not in main(ann.get(home))
    kim = joined(invited(ann, home))
    assert main(ann.get(home)).count("address not confirmed") == 1
    assert "invited by ann@example.com. The address is not confirmed." in AuditLine.objects.first().what
    EmailAddress.objects.filter(user=kim).update(verified=True)
    assert "address not confirmed" not in main(ann.get(home))


def test_where_no_mail_is_sent_nothing_is_said_of_addresses(ann, home):
    joined(invited(ann, home))
    assert "not confirmed" not in main(ann.get(home)) and "not confirmed" not in AuditLine.objects.first().what
