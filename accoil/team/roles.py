"""What a member may do: everyone looks, owners and managers also change."""

from typing import TYPE_CHECKING

from django.db.models import TextChoices

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accoil.team.models import Product, User


class Role(TextChoices):
    OWNER = "owner", "Owner"
    MANAGER = "manager", "Manager"
    MEMBER = "member", "Team Member"


def may_change(user: "User | AnonymousUser", product: "Product") -> bool:
    """Whether the person may change profiles and settings of the product."""
    if not user.is_authenticated:
        return False
    return product.team.members.filter(user=user, role__in=[Role.OWNER, Role.MANAGER]).exists()
