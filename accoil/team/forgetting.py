"""What has ended of a team's people is forgotten: who did what, where they were signed in, whom they invited."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accoil.team import audit
from accoil.team.invitations import Invitation

KEPT = timedelta(days=90)  # invitations that were taken, or became too old


def forget_old() -> None:
    audit.forget_old()
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    # A sign-in is written down before its session is.
    signed_in = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(signed_in), last_seen_at__lt=now - timedelta(days=1)).delete()
    Invitation.objects.filter(expires_at__lt=now - KEPT).delete()
