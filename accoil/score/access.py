"""Who may see and change which profile: owners and managers all, a member what he is given, a teammate of another tool
what is open to its inbox."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from accoil.score.configuration import Configuration, configuration_of
from accoil.team.models import Member, Product, User
from accoil.team.roles import LEADERS, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accoil.score.models import Profile


class May(models.TextChoices):
    NONE = "none", "Not see it"
    VIEW = "view", "See it"
    EDIT = "edit", "Change it"


class ProfileAccess(models.Model):
    """What one member may do with one profile. Without a row he may see it."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="access")
    profile = models.ForeignKey("score.Profile", on_delete=models.CASCADE, related_name="access")
    may = models.CharField(max_length=4, choices=May.choices, default=May.VIEW)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "profile"], name="access_once")]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_may_display()}"


def may_of(member: Member, profile: "Profile") -> May:
    if member.role in LEADERS:
        return May.EDIT
    kept = ProfileAccess.objects.filter(member=member, profile=profile).first()
    return May(kept.may) if kept else May.VIEW


def profiles_for(user: "User | AnonymousUser", product: Product) -> list["Profile"]:
    """The profiles of a product that somebody may see, in their order; none for who is not of its team."""
    if not user.is_authenticated:
        return []
    members = product.team.members.filter(user=user)
    profiles = list(product.profiles.all())
    return [each for member in members for each in seen_by(members)[member.pk].of(profiles)]


def may_edit(user: "User | AnonymousUser", profile: "Profile") -> bool:
    """Owners, managers, and members who were given it."""
    if not user.is_authenticated:
        return False
    members = Member.objects.filter(user=user, team=profile.product.team_id)
    return any(may_of(member, profile) == May.EDIT for member in members)


def keep_from_newcomer(newcomer: Member, inviter: Member) -> None:
    """What is kept from the team member who invites is kept from who comes: nobody invites himself to see it."""
    if inviter.role == Role.MEMBER:
        hidden = ProfileAccess.objects.filter(member=inviter, may=May.NONE).values_list("profile_id", flat=True)
        ProfileAccess.objects.bulk_create(
            ProfileAccess(member=newcomer, profile_id=profile, may=May.NONE) for profile in hidden
        )


class Seen:
    """What one member may see."""

    def __init__(self, hidden: Iterable[int]) -> None:
        self._hidden = frozenset(hidden)

    def of(self, profiles: Sequence["Profile"]) -> list["Profile"]:
        return [profile for profile in profiles if profile.pk not in self._hidden]


def seen_by(members: Iterable[Member]) -> dict[int, Seen]:
    """By the member's key; one question for all of them."""
    hidden: dict[int, list[int]] = defaultdict(list)
    everyone = list(members)
    bound = [member.pk for member in everyone if member.role == Role.MEMBER]
    if bound:
        kept = ProfileAccess.objects.filter(member__in=bound, may=May.NONE)
        for member, profile in kept.values_list("member_id", "profile_id"):
            hidden[member].append(profile)
    return {member.pk: Seen(hidden[member.pk]) for member in everyone}


def inbox_profiles(product: Product) -> list["Profile"]:
    """Those that a teammate sees in the other tool's inbox who is no member here."""
    configured = Configuration.objects.filter(product=product).first()
    return open_profiles(list(product.profiles.all()), configured)


def open_profiles(profiles: Sequence["Profile"], configured: Configuration | None) -> list["Profile"]:
    """Of all profiles of a product those that are open to the inbox; where nobody said, the summary profile is."""
    summary = summary_of(profiles, configured)
    return [each for each in profiles if (each == summary if each.open_to_inbox is None else each.open_to_inbox)]


def summary_of(profiles: Sequence["Profile"], configured: Configuration | None) -> "Profile | None":
    """Of all profiles of a product the one that speaks for it: the one chosen, else the first."""
    chosen = configured.summary_profile_id if configured else None
    return next((each for each in profiles if each.pk == chosen), profiles[0] if profiles else None)


def summary_profile(product: Product) -> Any:
    return summary_of(list(product.profiles.all()), configuration_of(product))
