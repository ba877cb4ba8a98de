"""Taking an invitation: a newcomer chooses a name and a password, whoever has them signs in and joins."""

from typing import Any

from allauth.account.utils import perform_login
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import urlencode

from accoil.refused import Refused
from accoil.score.access import keep_from_newcomer
from accoil.show.views.you import is_confirmed, send_confirmation
from accoil.show.visit import note
from accoil.team.invitations import Invitation, accept, found
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
    invitation = found(secret)
    if invitation is None:
        return render(request, "show/join.html", {"gone": True}, status=404)
    if request.user.is_authenticated:
        return by_signed_in(request, invitation)
    if User.objects.filter(email=invitation.email).exists():  # a link must not open what he has in other teams
        back = urlencode({"next": request.path})
        return shown(request, invitation, {"sign_in": f"{resolve_url(settings.LOGIN_URL)}?{back}"})
    form = Newcomer(request.POST if request.method == "POST" else None, invitation.email)
    if not form.is_valid():
        return shown(request, invitation, {"form": form}, 422 if form.is_bound else 200)
    return newcomer(request, invitation, form)


def by_signed_in(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    if user.email != invitation.email:
        return shown(request, invitation, {"another": True}, 409 if request.method == "POST" else 200)
    if request.method != "POST":
        return shown(request, invitation, {"ready": True})
    try:
        take(invitation, user)
    except Refused:
        return render(request, "show/join.html", {"gone": True}, status=409)
    told(request, invitation, user)
    return welcomed(invitation)


def newcomer(request: HttpRequest, invitation: Invitation, form: Newcomer) -> HttpResponse:
    chosen = form.cleaned_data
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, chosen["password"], chosen["name"])
            take(invitation, user)
    except (Refused, IntegrityError):
        return render(request, "show/join.html", {"gone": True}, status=409)
    told(request, invitation, user)
    perform_login(request, user, email_verification="none")
    if settings.MAIL_IS_SENT:
        send_confirmation(request, user)
    return welcomed(invitation)


def take(invitation: Invitation, user: User) -> None:
    """Raises Refused, as accept does."""
    with transaction.atomic():
        if member := accept(invitation, user):
            # Read anew: since the invitation was found, roles may have changed.
            keep_from_newcomer(member, Member.objects.get(pk=invitation.by_id))


def told(request: HttpRequest, invitation: Invitation, user: User) -> None:
    said = f"{user.email} joined as {invitation.get_role_display()}, invited by {invitation.by.user.email}."
    if settings.MAIL_IS_SENT and not is_confirmed(user):
        said += " The address is not confirmed."
    note(request, said, user, [invitation.team])
    messages.success(request, f"Welcome to {invitation.team}.")


def welcomed(invitation: Invitation) -> HttpResponse:
    product = invitation.team.products.order_by("id").first()
    return redirect("dashboard", product.pk) if product else redirect("home")


def shown(request: HttpRequest, invitation: Invitation, values: dict[str, Any], status: int = 200) -> HttpResponse:
    answer = render(request, "show/join.html", {"invitation": invitation, **values}, status=status)
    answer.headers["Cache-Control"] = "no-store"  # the address is a secret
    return answer
