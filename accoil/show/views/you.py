"""What a person sees and changes of himself: name, address, password, second factor, devices, teams."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accoil.show import devices, words
from accoil.team.addresses import is_confirmed
from accoil.team.models import NAME_LENGTH, User
from accoil.team.scope import products_of
from accoil.team.second_factor import SecondFactor


def you(request: HttpRequest) -> HttpResponse:
    return shown(request)


def save(request: HttpRequest) -> HttpResponse:
    name = " ".join(request.POST.get("name", "").split())
    if not name or len(name) > NAME_LENGTH:
        return shown(request, f"Write your name, with at most {NAME_LENGTH} characters.", 422)
    user = person(request)
    user.name = name
    user.save(update_fields=["name"])
    messages.success(request, f"Colleagues now see you as {name}.")
    return redirect("you")


def confirm_address(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not settings.MAIL_IS_SENT:
        messages.error(request, "No mail server is set, so no mail can be sent to confirm your address.")
    elif is_confirmed(user):
        messages.error(request, f"{user.email} is confirmed already.")
    elif not ratelimit.consume(request, action="confirm_email", key=user.email):
        messages.error(request, f"Wait three minutes before you ask for another link to {user.email}.")
    elif not send_confirmation(request, user):
        messages.error(request, "The mail could not be sent. Try again later, or tell whoever runs this server.")
    else:
        messages.success(request, f"A link is on its way to {user.email}: open it to confirm the address.")
    return redirect("you")


def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    session = get_object_or_404(UserSession, user=person(request), pk=session_id)
    session.end()
    messages.success(request, f"{devices.named(session.user_agent)} is signed out.")
    return redirect("you")


def end_sessions(request: HttpRequest) -> HttpResponse:
    """All but this one: those in the list, and any that the list does not know."""
    user = person(request)
    ended = 0
    for session in Session.objects.filter(expire_date__gt=timezone.now()).exclude(
        session_key=request.session.session_key
    ):
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
            ended += 1
    UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key).delete()
    messages.success(request, f"{words.count(ended, 'other device')} {'is' if ended == 1 else 'are'} signed out.")
    return redirect("you")


def send_confirmation(request: HttpRequest, user: User) -> bool:
    address, _ = EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True})
    try:
        address.send_confirmation(request)
    except OSError:
        return False
    return True


def person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def shown(request: HttpRequest, wrong: str = "", status: int = 200) -> HttpResponse:
    user = person(request)
    sessions = [
        {"session": each, "name": devices.named(each.user_agent), "here": each.is_current()}
        for each in UserSession.objects.purge_and_list(user)
    ]
    sessions.sort(key=lambda each: (not each["here"], -each["session"].last_seen_at.timestamp()))
    first = {product.team_id: product for product in products_of(user).order_by("-id")}
    values: dict[str, Any] = {
        "wrong": wrong,
        "confirmed": is_confirmed(user),
        "mail": settings.MAIL_IS_SENT,
        "provider": settings.OIDC_ISSUER and settings.OIDC_NAME,
        "passwords": settings.PASSWORDS,
        "has_password": settings.PASSWORDS and user.has_usable_password(),
        "codes": SecondFactor.objects.filter(user=user).first(),
        "sessions": sessions,
        "teams": [(each, first.get(each.team_id)) for each in user.memberships.select_related("team")],
        "name_length": NAME_LENGTH,
    }
    return render(request, "show/you.html", values, status=status)
