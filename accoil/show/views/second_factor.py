"""Codes of an app: asked for when somebody signs in; switched on and off, and new recovery codes."""

import time

import segno
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe

from accoil import measured
from accoil.show.views.you import person
from accoil.show.visit import note
from accoil.team.addresses import is_confirmed
from accoil.team.code_stage import CodeStage, waiting
from accoil.team.encrypted import decrypted, encrypted
from accoil.team.models import User
from accoil.team.second_factor import SecondFactor, link_for, new_secret, step_of
from accoil.team.sign_in import with_own_password, with_passwords

KEPT = "second_factor_secret"  # in the session, until the app has shown that it knows it
TOO_OFTEN = "That was wrong too often. Wait five minutes, then try again."


class Code(forms.Form):
    code = forms.CharField(
        label="Code",
        max_length=20,
        error_messages={"required": "Type the code."},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )


class Password(forms.Form):
    password = forms.CharField(
        label="Your password",
        error_messages={"required": "Type your password: what you change here matters."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class First(Password):
    code = forms.CharField(
        label="The code that the app shows now",
        max_length=20,
        error_messages={"required": "Type the six digits that the app shows."},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    field_order = ("code", "password")


@with_passwords
def code(request: HttpRequest) -> HttpResponse:
    """After the right password. Whoever has not given it is sent to do so."""
    stage = waiting(request)
    if stage is None or request.user.is_authenticated:
        return redirect("account_login")
    user: User = stage.login.user
    if request.method == "POST" and request.POST.get("do") == "leave":
        left_it: HttpResponse = stage.abort()
        return left_it
    found = SecondFactor.objects.filter(user=user).first()
    if request.method == "POST" and found is None:  # switched off meanwhile
        return passed(stage)
    form = Code(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "show/code.html", {"form": form})
    left = may_try(request, user)
    if left and found and found.takes(form.cleaned_data["code"]):
        left.rollback()
        return passed(stage)
    measured.sign_ins_failed.add("code")
    form.add_error("code", "That is not the code of now. Wait for the next one." if left else TOO_OFTEN)
    if left:
        note(request, f"The right password and a wrong code for {user.email}.", teams=list(user.teams.all()))
    return render(request, "show/code.html", {"form": form}, status=422)


def passed(stage: CodeStage) -> HttpResponse:
    answer: HttpResponse = stage.exit()
    return answer


@with_own_password
def switch_on(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if SecondFactor.objects.filter(user=user).exists():
        return on_already(request)
    if settings.MAIL_IS_SENT and not is_confirmed(user):  # else whoever took another's address locks him out of it
        messages.error(request, f"Confirm first that {user.email} is yours; then codes can be switched on.")
        return redirect("you")
    secret = decrypted(request.session.get(KEPT, "")) or new_secret()
    request.session[KEPT] = encrypted(secret)
    form = First(request.POST if request.method == "POST" else None)
    if form.is_valid() and right_password(request, form) and (step := right_step(form, secret)):
        made = SecondFactor(user=user, secret=secret, last_step=step)
        try:
            with transaction.atomic():
                codes = made.new_recovery_codes()
        except IntegrityError:  # sent twice at the same time
            return on_already(request)
        del request.session[KEPT]
        messages.success(request, "Codes of an app are asked for from now on.")
        return render(request, "show/recovery_codes.html", {"codes": codes})
    link = link_for(user, secret)
    values = {"form": form, "secret": in_fours(secret), "link": link, "picture": drawn(link)}
    return render(request, "show/code_on.html", values, status=422 if form.is_bound else 200)


def on_already(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":  # whoever sends the form twice never saw the page that the first one led to
        messages.error(request, "Codes are on already. Make new recovery codes if you have not seen them.")
    return redirect("you")


@with_own_password
def switch_off(request: HttpRequest) -> HttpResponse:
    found = mine(request)
    form = Password(request.POST if request.method == "POST" else None)
    if form.is_valid() and right_password(request, form):
        found.delete()
        messages.success(request, "Codes are no longer asked for.")
        return redirect("you")
    return render(request, "show/code_off.html", {"form": form}, status=422 if form.is_bound else 200)


@with_own_password
def recovery(request: HttpRequest) -> HttpResponse:
    """New recovery codes in place of those there are."""
    found = mine(request)
    form = Password(request.POST if request.method == "POST" else None)
    if form.is_valid() and right_password(request, form):
        codes = found.new_recovery_codes()
        messages.success(request, "New recovery codes are made; those of before no longer work.")
        return render(request, "show/recovery_codes.html", {"codes": codes})
    values = {"form": form, "left": len(found.recovery)}
    return render(request, "show/recovery.html", values, status=422 if form.is_bound else 200)


def mine(request: HttpRequest) -> SecondFactor:
    found = SecondFactor.objects.filter(user=person(request)).first()
    if found is None:
        raise Http404("No codes are asked for yet.")
    return found


def right_password(request: HttpRequest, form: forms.Form) -> bool:
    user = person(request)
    left = may_try(request, user)
    if left and user.check_password(form.cleaned_data["password"]):
        left.rollback()
        return True
    if left:
        note(request, f"A wrong password for {user.email}, who is signed in.")
    form.add_error("password", "That is not your password." if left else TOO_OFTEN)
    return False


def right_step(form: forms.Form, secret: str) -> int | None:
    step = step_of(secret, "".join(form.cleaned_data["code"].split()), time.time())
    if step is None:
        form.add_error("code", "That is not the code of now. Is the phone's clock right? Then type the next one.")
    return step


def drawn(link: str) -> SafeString:
    """A QR code, as inline SVG without styles. Dark on light whatever the page is: few apps read it the other way."""
    # Safe: nothing but sizes, colours and a path.
    return mark_safe(segno.make_qr(link, error="m").svg_inline(scale=4, dark="#000", light="#fff"))  # noqa: S308


def in_fours(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def may_try(request: HttpRequest, user: User) -> RateLimitUsage | None:
    """As seldom as a wrong password: ACCOUNT_RATE_LIMITS, by person and by address. None: too often. A right one is
    rolled back alone: one's own must not wipe out what somebody at the same address got wrong of others."""
    key = f"second-factor-{user.pk}"
    return ratelimit.consume(request, app="allauth.account", action="login_failed", key=key)
