"""Taking an invitation: a newcomer chooses a name and a password, whoever has them signs in and joins."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import urlencode

from accoil.refused import Refused
from accoil.score.access import keep_from_newcomer
from accoil.show.views.you import send_confirmation
from accoil.show.visit import note
from accoil.team.addresses import hand_over, is_confirmed
from accoil.team.invitations import Invitation, accept, found, taken
from accoil.team.models import NAME_LENGTH, Member, User


class Newcomer(forms.Form):
    name = forms.CharField(
        label="Your name",
        max_length=NAME_LENGTH,
        error_messages={"required": "Write your name: colleagues see it beside what you did."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label="Choose a password",
        help_text="At least 8 characters; a few words are better than one.",
        error_messages={"required": "Choose a password: you sign in with it."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: Any, email: str) -> None:
        super().__init__(data)
        self.email = email

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())  # it stands in subjects of mails, on one line

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email))
        return password


def join(request: HttpRequest, secret: str) -> HttpResponse:
    too_many: HttpResponse | None = ratelimit.consume_or_429(request, action="login")
    if too_many:
        return too_many
    invitation = found(secret)
    if invitation is None:
        return inside_already(request, secret) or gone(request, 404)
    if request.user.is_authenticated:
        return by_signed_in(request, invitation, secret)
    known = User.objects.filter(email=invitation.email).first()
    if known and known.teams.exists():  # a link must not open what he has in other teams
        back = urlencode({"next": request.path})
        inside = inside_already(request, secret)
        return inside or shown(request, invitation, {"sign_in": f"{resolve_url(settings.LOGIN_URL)}?{back}"})
    if not settings.PASSWORDS:
        return shown(request, invitation, {"only_provider": True})
    form = Newcomer(request.POST if request.method == "POST" else None, invitation.email)
    if not form.is_valid():
        return shown(request, invitation, {"form": form}, 422 if form.is_bound else 200)
    return newcomer(request, invitation, form, known) or inside_already(request, secret) or gone(request, 409)


def by_signed_in(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    if user.email != invitation.email:
        return shown(request, invitation, {"another": True}, 409 if request.method == "POST" else 200)
    if request.method != "POST":
        return shown(request, invitation, {"ready": True})
    try:
        take(invitation, user)
    except Refused:
        return inside_already(request, secret) or gone(request, 409)
    told(request, invitation, user)
    return redirect(inside(invitation))


def newcomer(request: HttpRequest, invitation: Invitation, form: Newcomer, known: User | None) -> HttpResponse | None:
    """None where somebody was faster. `known`: had a sign-in here and is in no team any more; whoever has the address
    now need not be who had it then."""
    chosen = form.cleaned_data
    try:
        with transaction.atomic():
            user = known or User(email=invitation.email)
            user.name = chosen["name"]
            user.save()
            hand_over(user, chosen["password"])
            take(invitation, user)
    except (Refused, IntegrityError):
        return None
    told(request, invitation, user)
    perform_login(request, user, email_verification="none")
    if settings.MAIL_IS_SENT:
        send_confirmation(request, user)
    return redirect(inside(invitation))


def inside_already(request: HttpRequest, secret: str) -> HttpResponse | None:
    """Whoever presses Join twice, or opens the link later, has joined: he ends inside. None for anybody else."""
    invitation = taken(secret)
    if invitation is None or not invitation.team.members.filter(user__email=invitation.email).exists():
        return None
    if isinstance(request.user, User):
        return redirect(inside(invitation)) if request.user.email == invitation.email else None
    if request.method != "POST" or not settings.PASSWORDS:
        return None
    given = {"email": invitation.email, "password": request.POST.get("password", "")}
    try:
        user = get_adapter().authenticate(request, **given)  # within the limits of signing in
    except ValidationError:
        return None
    if user is None:
        return None
    messages.success(request, f"Welcome to {invitation.team}.")
    answer: HttpResponse = perform_login(request, user, email_verification="none", redirect_url=inside(invitation))
    return answer


def take(invitation: Invitation, user: User) -> None:
    """Raises Refused, as accept does."""
    with transaction.atomic():
        if member := accept(invitation, user):
            # Read anew: since the invitation was found, roles may have changed.
            keep_from_newcomer(member, Member.objects.get(pk=invitation.by_id))


def told(request: HttpRequest, invitation: Invitation, user: User) -> None:
    note(request, joined_words(invitation, user), user, [invitation.team])
    messages.success(request, f"Welcome to {invitation.team}.")


def joined_words(invitation: Invitation, user: User) -> str:
    said = f"{user.email} joined as {invitation.get_role_display()}, invited by {invitation.by.user.email}."
    return f"{said} The address is not confirmed." if settings.MAIL_IS_SENT and not is_confirmed(user) else said


def inside(invitation: Invitation) -> str:
    product = invitation.team.products.order_by("id").first()
    return reverse("dashboard", args=[product.pk]) if product else reverse("home")


def gone(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, "show/join.html", {"gone": True}, status=status)


def shown(request: HttpRequest, invitation: Invitation, values: dict[str, Any], status: int = 200) -> HttpResponse:
    offered = {"provider": settings.OIDC_ISSUER and settings.OIDC_NAME, "invitation": invitation}
    answer = render(request, "show/join.html", offered | values, status=status)
    answer.headers["Cache-Control"] = "no-store"  # the address is a secret
    return answer
