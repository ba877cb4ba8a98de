"""What is written down of signing in: allauth says what happened."""

from typing import Any

from allauth.account.signals import email_confirmed, password_changed, password_reset, user_logged_in
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from accoil import measured
from accoil.show.visit import note
from accoil.team.addresses import forget_codes_and_devices, is_confirmed
from accoil.team.models import User

CODES_END = (
    "Codes of an app are no longer asked for: they were made before anybody had confirmed this address. Confirm it, "
    "then make new ones."
)


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, by: str = "", **_: Any) -> None:
    note(request, f"Signed in with {by}." if by else "Signed in.", user)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user:
        note(request, "Signed out.", user)


@receiver(user_login_failed)
def wrong_password(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Nobody knows who it was; the teams of whose address was typed are told."""
    measured.sign_ins_failed.add("password")
    typed = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    meant = User.objects.filter(email=typed).first()
    if meant:
        note(request, f"A wrong password for {meant.email}.", teams=list(meant.teams.all()))


@receiver(password_reset)
def chosen_anew(request: HttpRequest, user: User, **_: Any) -> None:
    """Where mail is sent, the link shows whose the address is; nobody had, until then, unless it is confirmed."""
    said = "Chose a new password by a link."
    if settings.MAIL_IS_SENT and not is_confirmed(user) and forget_codes_and_devices(user):
        said += " Codes of an app, made before anybody had confirmed the address, are no longer asked for."
        messages.warning(request, CODES_END)
    note(request, said, user)


@receiver(password_changed)
def changed(request: HttpRequest, user: User, **_: Any) -> None:
    note(request, "Changed the password.", user)


@receiver(email_confirmed)
def confirmed(request: HttpRequest, email_address: Any, **_: Any) -> None:
    note(request, f"{email_address.email} is confirmed.", email_address.user)
