"""What has ended is forgotten, what is in force is not."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from accoil.team.forgetting import KEPT, forget_old
from accoil.team.invitations import Invitation, invite


def test_sign_ins_that_ended_are_forgotten(world):
    now = timezone.now()
    for key, days in (("ended", -1), ("lasts", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(days=days))
        seen = now - timedelta(days=20)
        UserSession.objects.create(user=world.ann, session_key=key, ip="127.0.0.1", last_seen_at=seen)
    UserSession.objects.create(user=world.ann, session_key="begins", ip="127.0.0.1")
    forget_old()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["lasts"]
    assert set(UserSession.objects.values_list("session_key", flat=True)) == {"lasts", "begins"}


def test_invitations_that_ended_long_ago_are_forgotten(world):
    owner = world.web.team.members.filter(role="owner").first()
    for email, age in (("old@example.com", KEPT), ("new@example.com", timedelta())):
        made, _ = invite(owner, email, "member")
        Invitation.objects.filter(pk=made.pk).update(expires_at=timezone.now() - age - timedelta(hours=1))
    forget_old()
    assert [each.email for each in Invitation.objects.all()] == ["new@example.com"]
