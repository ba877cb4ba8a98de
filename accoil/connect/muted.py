"""Whoever does not want mails of a team's any more: told by the link in each of them."""

from typing import ClassVar

from django.conf import settings
from django.core import signing
from django.db import models

from accoil.team.models import Team

SALT = "mails"
ALERTS = "alerts"  # all that automations send


class Muted(models.Model):
    """`about`: alerts, or which feed."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="muted", db_index=False)
    email = models.EmailField(max_length=254)
    about = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["team", "email", "about"], name="muted_once")]

    def __str__(self) -> str:
        return f"{self.email}: no {self.about}"


class Link:
    """What the link in a mail says: it needs no sign-in, and works for this person and these mails alone."""

    def __init__(self, team: Team, email: str, about: str) -> None:
        self.team, self.email, self.about = team, email, about

    @classmethod
    def read(cls, secret: str) -> "Link | None":
        """None for one that nobody was sent, or whose team is gone."""
        try:
            team, email, about = signing.loads(secret, salt=SALT)
        except (signing.BadSignature, ValueError):
            return None
        found = Team.objects.filter(pk=team).first()
        return cls(found, email, about) if found else None

    @property
    def secret(self) -> str:
        return signing.dumps([self.team.pk, self.email, self.about], salt=SALT)

    @property
    def address(self) -> str:
        """Without a public address of this server nobody could follow it: "" then."""
        return f"{settings.PUBLIC_URL}/mails/{self.secret}" if settings.PUBLIC_URL else ""

    @property
    def is_muted(self) -> bool:
        return Muted.objects.filter(team=self.team, email=self.email, about=self.about).exists()

    def mute(self) -> None:
        Muted.objects.get_or_create(team=self.team, email=self.email, about=self.about)

    def want(self) -> None:
        Muted.objects.filter(team=self.team, email=self.email, about=self.about).delete()
