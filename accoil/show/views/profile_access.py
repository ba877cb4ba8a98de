"""Who sees a profile: the members of the team, and teammates of the support inbox who are none."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from accoil.score.access import May, ProfileAccess, summary_of
from accoil.score.configuration import configuration_of
from accoil.score.models import Profile
from accoil.show import words
from accoil.show.frame import Frame, frame_of
from accoil.team.models import Member
from accoil.team.roles import Role

Values = dict[str, Any]


def save(request: HttpRequest, product_id: int, profile_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "profiles")
    profile = frame.own(profile_id)
    with transaction.atomic():
        wanted = "inbox" in request.POST
        profile.open_to_inbox = None if wanted == _is_summary(frame, profile) else wanted
        profile.save(update_fields=["open_to_inbox"])
        for member in _bound(frame):
            may = request.POST.get(f"may-{member.pk}")
            if may in May.values:
                ProfileAccess.objects.update_or_create(member=member, profile=profile, defaults={"may": may})
    messages.success(request, f"Saved who sees {profile}.")
    return redirect(resolve_url("profile", product_id, profile_id) + "#access")


def told(frame: Frame, profile: Profile) -> Values | None:
    """For owners and managers; None for everybody else."""
    if not frame.may_change:
        return None
    is_summary = _is_summary(frame, profile)
    opened = is_summary if profile.open_to_inbox is None else profile.open_to_inbox
    kept = dict(profile.access.values_list("member", "may"))
    members = [{"member": member, "may": kept.get(member.pk, May.VIEW)} for member in _bound(frame)]
    return {
        "members": members,
        "choices": May.choices,
        "open": opened,
        "is_summary": is_summary,
        "sentence": sentence(members, opened),
    }


def sentence(members: list[Values], opened: bool) -> str:
    """Owners and managers see and change it; 3 of 4 team members see it. It is open to the inbox."""
    seeing = sum(each["may"] != May.NONE for each in members)
    theirs = f"; {_who(seeing, len(members))} it" if members else ""
    inbox = "It is open to the inbox." if opened else "It is not open to the inbox."
    return f"Owners and managers see and change it{theirs}. {inbox}"


def _who(seeing: int, members: int) -> str:
    if not seeing:
        return "no team member sees"
    if seeing < members:
        return f"{words.number(seeing)} of {words.count(members, 'team member')} see"
    return "the only team member sees" if members == 1 else f"all {words.count(members, 'team member')} see"


def _is_summary(frame: Frame, profile: Profile) -> bool:
    return summary_of(list(frame.product.profiles.all()), configuration_of(frame.product)) == profile


def _bound(frame: Frame) -> list[Member]:
    """Those whose role lets them see, and no more."""
    members = frame.product.team.members.filter(role=Role.MEMBER).select_related("user")
    return sorted(members, key=lambda member: str(member.user).lower())
