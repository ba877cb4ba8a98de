"""Settings > Team: who is in it, in which role; who is invited; who goes."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from accoil.refused import Refused
from accoil.show.frame import Frame, frame_of, page
from accoil.show.team_words import invited_mail, overview
from accoil.show.views import profile_access
from accoil.show.views.product_settings import address_of
from accoil.show.visit import note
from accoil.team import membership
from accoil.team.invitations import Invitation
from accoil.team.invitations import invite as make_invitation
from accoil.team.models import Member, Team
from accoil.team.roles import GIVES, Role, may_move
from accoil.team.sign_in import new_password_link

Values = dict[str, Any]
TOO_MANY = "You have invited 20 times within an hour, and each sends a mail: go on in an hour at the latest."


def team(request: HttpRequest, product_id: int) -> HttpResponse:
    return shown(frame_of(request, product_id, "settings"))


def invite(request: HttpRequest, product_id: int) -> HttpResponse:
    """Makes an invitation, and shows its link: now, and never again."""
    frame = frame_of(request, product_id, "settings")
    email, role = request.POST.get("email", ""), request.POST.get("role", "")
    if settings.MAIL_IS_SENT and not ratelimit.consume(request, action="invite", user=request.user):
        answer = shown(frame, {"wrong": TOO_MANY, "email": email, "role": role}, 429)
        answer.headers["Retry-After"] = "3600"
        return answer
    try:
        made, secret = make_invitation(me(frame), email, role or GIVES[me(frame).role][0])
    except Refused as refused:
        return shown(frame, {"wrong": str(refused), "email": email, "role": role}, 422)
    link = address_of(request) + reverse("join", args=[secret])
    is_shown = frame.may_change or not settings.MAIL_IS_SENT  # a team member takes nobody's address by his own link
    said = f"{made.email} is invited as {made.get_role_display()}."
    note(request, said)
    mailed = invited_mail(made, link, is_shown)
    return shown(frame, {"link": link if is_shown else "", "of_link": said, "mailed": mailed})


def withdraw(request: HttpRequest, product_id: int, invitation_id: int) -> HttpResponse:
    """One's own; owners and managers those of others too."""
    frame = frame_of(request, product_id, "settings")
    found = get_object_or_404(open_invitations(frame), pk=invitation_id)
    found.delete()
    messages.success(request, f"The invitation of {found.email} is withdrawn: its link opens nothing any more.")
    return redirect("team", product_id)


def change_role(request: HttpRequest, product_id: int, member_id: int) -> HttpResponse:
    frame, member = of_team(request, product_id, member_id)
    role = request.POST.get("role", "")
    if role not in Role.values:
        raise Http404("There is no such role.")
    said = f"{member.user} is now {'an' if role == Role.OWNER else 'a'} {Role(role).label}."
    return tried(frame, lambda: membership.change_role(me(frame), member, role), said)


def remove(request: HttpRequest, product_id: int, member_id: int) -> HttpResponse:
    frame, member = of_team(request, product_id, member_id)
    said = f"{member.user.email} is no longer in {frame.product.team}."
    return tried(frame, lambda: membership.remove(me(frame), member), said)


def leave(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "settings")
    member = me(frame)
    said = f"You have left {frame.product.team}."
    return tried(frame, lambda: membership.remove(member, member), said, "home")


def new_password(request: HttpRequest, product_id: int, member_id: int) -> HttpResponse:
    """A link by which a member chooses a new password, for where no mail can be sent. Only for somebody who is in teams
    of this owner's alone: nobody gets into another team through his own."""
    frame, member = of_team(request, product_id, member_id)
    if not takes_link(frame, member):
        messages.error(request, f"{member.user} can't be given a link from here; see the note below the list.")
        return redirect("team", product_id)
    note(request, f"A link to choose a new password is made for {member.user.email}.")
    link = new_password_link(member.user, address_of(request))
    return shown(frame, {"link": link, "of_link": f"{member.user.email} chooses a new password by it."})


def takes_link(frame: Frame, member: Member) -> bool:
    mine = frame.request.user
    owned = Member.objects.filter(user=mine.pk, role=Role.OWNER).values("team")
    foreign = member.user.memberships.exclude(team__in=owned)
    return by_links() and member.user_id != mine.pk and not foreign.exists()


def by_links() -> bool:
    """Whether people get a link for a new password from an owner: where no mail can be sent."""
    return settings.PASSWORDS and not settings.MAIL_IS_SENT


def tried(frame: Frame, act: Callable[[], None], said: str, then: str = "team") -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(frame.request, str(refused))
        return redirect("team", frame.product.pk)
    messages.success(frame.request, said)
    return redirect("home") if then == "home" else redirect("team", frame.product.pk)


def me(frame: Frame) -> Member:
    return frame.product.team.members.select_related("team", "user").get(user=frame.request.user.pk)


def of_team(request: HttpRequest, product_id: int, member_id: int) -> tuple[Frame, Member]:
    """Raises Http404 for a member of another team."""
    frame = frame_of(request, product_id, "settings")
    members = frame.product.team.members.select_related("team", "user")
    return frame, get_object_or_404(members, pk=member_id)


def open_invitations(frame: Frame) -> Any:
    """Those that the person may see."""
    waiting = Invitation.objects.filter(team=frame.product.team, accepted_at=None).select_related("by__user")
    return waiting if frame.may_change else waiting.filter(by=me(frame))


def shown(frame: Frame, more: Values | None = None, status: int = 200) -> HttpResponse:
    own, everyone = me(frame), list(frame.product.team.members.select_related("user"))
    everyone.sort(key=lambda each: (list(Role.values).index(each.role), str(each.user).lower()))
    owners = sum(each.role == Role.OWNER for each in everyone)
    waiting = list(open_invitations(frame))
    unconfirmed = without_confirmed_address(frame.product.team) if settings.MAIL_IS_SENT else set()
    values: Values = {
        "sentence": overview(frame.product.team, everyone, sum(each.is_open for each in waiting)),
        "members": [{**row(frame, own, each, owners), "is_unconfirmed": each.pk in unconfirmed} for each in everyone],
        "me": own,
        "invitations": waiting,
        "gives": choices(own.role),
        "takes_links": any(each.user_id != own.user_id for each in everyone) and by_links(),
        "usual": GIVES[own.role][0],
        "mail": settings.MAIL_IS_SENT,
        "profiles": [(each, profile_access.told(frame, each)) for each in frame.profiles] if frame.may_change else [],
    }
    return page(frame, "show/team.html", values | (more or {}), status)


def without_confirmed_address(team: Team) -> set[int]:
    """Keys of members: whoever took the link of their invitation need not be whom the address belongs to."""
    known = EmailAddress.objects.filter(user=OuterRef("user"), email=OuterRef("user__email"), verified=True)
    return set(team.members.filter(~Exists(known)).values_list("pk", flat=True))


def row(frame: Frame, own: Member, member: Member, owners: int) -> Values:
    """A member, and what the person who looks may do with him."""
    is_last = member.role == Role.OWNER and owners == 1
    moves = may_move(own.role, member.role) and not is_last
    return {
        "member": member,
        "is_me": member == own,
        "is_last": is_last,
        "roles": choices(own.role) if moves else [],
        "removable": moves and member != own,
        "takes_link": own.role == Role.OWNER and takes_link(frame, member),
    }


def choices(role: str) -> list[tuple[str, str]]:
    """The roles that somebody in that role may give, the mightiest first."""
    return [(each.value, each.label) for each in Role if each in GIVES[role]]
