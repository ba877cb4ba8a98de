"""What a link to choose a new password is good for."""

from typing import TYPE_CHECKING

from django.contrib.auth.tokens import PasswordResetTokenGenerator

if TYPE_CHECKING:
    from accoil.team.models import User  # allauth loads this file before there are models


class PasswordLinks(PasswordResetTokenGenerator):
    """A link ends when its person comes into another team or role: whoever made it was allowed to for the teams of
    then, and must not get into another by it."""

    def _make_hash_value(self, user: "User", timestamp: int) -> str:
        roles = sorted(user.memberships.values_list("team_id", "role"))
        return f"{super()._make_hash_value(user, timestamp)}{roles}"
