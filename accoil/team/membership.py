"""Roles that change, and people who go. A team always keeps an owner."""

from django.db import transaction

from accoil.refused import Refused
from accoil.team.models import Member, Team
from accoil.team.roles import GIVES, Role, may_move

LAST_OWNER = "{} is the only owner of {}: make somebody else an owner first."


def change_role(by: Member, member: Member, role: str) -> None:
    """Raises Refused with a sentence when `by` may not, or the team would be without an owner."""
    with transaction.atomic():
        member = _now(member)
        if not may_move(by.role, member.role) or role not in GIVES[by.role]:
            raise Refused("Only owners make owners, and change what an owner is.")
        if role != Role.OWNER:
            _keep_an_owner(member)
        member.role = role
        member.save(update_fields=["role"])


def remove(by: Member, member: Member) -> None:
    """Takes somebody out of the team, or oneself; with him go the invitations that he made. Raises Refused."""
    with transaction.atomic():
        member = _now(member)
        if by != member and not may_move(by.role, member.role):
            raise Refused("Only owners remove an owner.")
        _keep_an_owner(member)
        member.delete()


def _now(member: Member) -> Member:
    """As it stands while nobody else can change it: two owners who leave at once must not both be let go."""
    Team.objects.select_for_update().get(pk=member.team_id)
    found = Member.objects.select_related("team", "user").filter(pk=member.pk).first()
    if found is None:
        raise Refused("Somebody removed this member meanwhile.")
    return found


def _keep_an_owner(member: Member) -> None:
    others = member.team.members.filter(role=Role.OWNER).exclude(pk=member.pk)
    if member.role == Role.OWNER and not others.exists():
        raise Refused(LAST_OWNER.format(member.user, member.team))
