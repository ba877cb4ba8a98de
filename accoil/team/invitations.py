"""Invitations: a link that makes one person a member, once, within a week. Only its hash is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.utils import timezone

from accoil.refused import Refused
from accoil.team.roles import GIVES, Role

if TYPE_CHECKING:
    from accoil.team.models import Member, User

LASTS = timedelta(days=7)
MOST_OPEN = 200  # of one team


def _a_while_from_now() -> datetime:
    return timezone.now() + LASTS


class Invitation(models.Model):
    """For one e-mail address. It goes with whoever made it, so that nobody who was removed comes back through it."""

    team = models.ForeignKey("team.Team", on_delete=models.CASCADE, related_name="invitations")
    by = models.ForeignKey("team.Member", on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(default=_a_while_from_now)
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.email} ({self.get_role_display()})"

    @property
    def is_open(self) -> bool:
        """Still to be taken: neither used nor too old, and whoever made it may still give that role."""
        waits = self.accepted_at is None and self.expires_at > timezone.now()
        return waits and self.role in GIVES[self.by.role]


def invite(by: "Member", email: str, role: str) -> tuple[Invitation, str]:
    """A new invitation and its secret, the only time that it can be read. An open one for the same address is
    replaced, if its maker may do that. Raises Refused with a sentence for the person who invites."""
    address = tidy_address(email)
    if role not in GIVES[by.role]:
        raise Refused("You can't give that role: choose one of the list.")
    team = by.team
    if team.members.filter(user__email=address).exists():
        raise Refused(f"{address} is in {team} already.")
    with transaction.atomic():
        waiting = team.invitations.filter(accepted_at=None, expires_at__gt=timezone.now())
        earlier = waiting.filter(email=address).select_related("by")
        if not all(_may_replace(by, each) for each in earlier):
            raise Refused(f"{address} is invited already.")
        earlier.delete()
        if waiting.count() >= MOST_OPEN:
            raise Refused(f"{MOST_OPEN} invitations wait for an answer; withdraw some first.")
        secret = secrets.token_urlsafe(32)
        made = Invitation.objects.create(team=team, by=by, email=address, role=role, digest=_digest(secret))
    return made, secret


def _may_replace(by: "Member", earlier: Invitation) -> bool:
    """One's own, and what opens nothing any more; owners and managers also those of others, in the roles they give."""
    if earlier.by_id == by.pk or not earlier.is_open:
        return True
    return by.role != Role.MEMBER and earlier.role in GIVES[by.role]


def found(secret: str) -> Invitation | None:
    """The invitation with that secret, while it can be taken."""
    asked = Invitation.objects.select_related("team", "by__user")
    invitation = asked.filter(digest=_digest(secret)).first()
    return invitation if invitation and invitation.is_open else None


def taken(secret: str) -> Invitation | None:
    """The invitation with that secret, once it was taken."""
    return Invitation.objects.select_related("team").filter(digest=_digest(secret), accepted_at__isnull=False).first()


def waiting_for(email: str) -> list[Invitation]:
    """Those of all teams that can be taken with that address, the oldest first."""
    asked = Invitation.objects.select_related("team", "by__user").filter(email=email, accepted_at=None)
    return [each for each in asked.order_by("id") if each.is_open]


def accept(invitation: Invitation, user: "User") -> "Member | None":
    """Makes the person a member; None for who is one already. Raises Refused where somebody was faster, or
    the link is for another person."""
    if user.email != invitation.email:
        raise Refused(f"This invitation is for {invitation.email}.")
    with transaction.atomic():
        # Whoever changes the row has it: a link that is opened twice at once is used once.
        free = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, expires_at__gt=timezone.now())
        if not free.update(accepted_at=timezone.now()):
            raise Refused("This invitation was used already, or is too old.")
        member, is_new = invitation.team.members.get_or_create(user=user, defaults={"role": invitation.role})
    return member if is_new else None


def tidy_address(email: str) -> str:
    """Raises Refused."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as problem:
        raise Refused(f"“{email}” is not an e-mail address; write one such as kim@example.com.") from problem
    return address


def _digest(secret: str) -> str:
    # A plain hash is enough: the secret itself is 256 random bits, nothing a dictionary could find.
    return hashlib.sha256(secret.encode()).hexdigest()
