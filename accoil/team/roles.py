"""What a member may do: everyone looks, owners and managers also change; owners alone make owners."""

from typing import TYPE_CHECKING

from django.db.models import TextChoices

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accoil.team.models import Product, Team, User


class Role(TextChoices):
    OWNER = "owner", "Owner"
    MANAGER = "manager", "Manager"
    MEMBER = "member", "Team Member"


LEADERS = (Role.OWNER, Role.MANAGER)  # from whom nothing of the team is kept

# The roles that each role may give to others, the usual one first.
GIVES: dict[str, tuple[Role, ...]] = {
    Role.OWNER: (Role.MANAGER, Role.MEMBER, Role.OWNER),
    Role.MANAGER: (Role.MANAGER, Role.MEMBER),
    Role.MEMBER: (Role.MEMBER,),
}


def role_in(user: "User | AnonymousUser", product: "Product") -> Role | None:
    """None for whoever is not in the product's team."""
    if not user.is_authenticated:
        return None
    role = product.team.members.filter(user=user).values_list("role", flat=True).first()
    return Role(role) if role else None


def may_move(mover: str, now: str) -> bool:
    """Whether a member in the role `mover` may give another role to, or remove, one who has the role `now`."""
    return mover == Role.OWNER or (mover == Role.MANAGER and now != Role.OWNER)


def leads(user: "User | AnonymousUser", team: "Team") -> bool:
    """Whether it is an owner or a manager."""
    return user.is_authenticated and team.members.filter(user=user, role__in=LEADERS).exists()
