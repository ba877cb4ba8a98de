"""Signing in and out, a forgotten password, a confirmed address. The pages' looks are in show/templates/account."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar
from urllib.parse import urlencode, urljoin, urlsplit

from allauth.account import views
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.models import get_emailconfirmation_model
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import path, re_path, reverse

from accoil.team.models import User


class SignIn(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "That e-mail address and that password do not belong together. Type both again.",
        "too_many_login_attempts": "That was wrong too often. Wait five minutes, then try again.",
        "enter_current_password": "That is not your password.",
        "incorrect_password": "That is not your password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people become members by `accoil init` or by invitation."""
        return False

    def get_login_stages(self) -> list[str]:
        return [*super().get_login_stages(), "accoil.team.code_stage.CodeStage"]

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail."""
        return publicly(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: object) -> str:
        return publicly(super().get_email_confirmation_url(request, emailconfirmation))


def publicly(link: str) -> str:
    """It starts with the configured address, whatever host the request named."""
    return urljoin(settings.PUBLIC_URL, urlsplit(link).path) if settings.PUBLIC_URL else link


def new_password_link(user: User, host: str) -> str:
    """Lets one person choose a new password, once, within three days; `host` where no public address is set."""
    key = PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])
    return (settings.PUBLIC_URL or host) + path


View = Callable[..., HttpResponse]


def with_passwords(view: View) -> View:
    """Not where the operator switched passwords off."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.PASSWORDS:
            return view(request, *args, **kwargs)
        messages.error(request, f"Passwords are switched off here: people sign in with {settings.OIDC_NAME}.")
        return redirect("account_login")

    return guarded


def with_own_password(view: View) -> View:
    """Not for somebody who is signed in and has none."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert isinstance(request.user, User)
        if request.user.has_usable_password():
            return view(request, *args, **kwargs)
        messages.error(request, f"You have no password: you sign in with {settings.OIDC_NAME}.")
        return redirect("you")

    return with_passwords(guarded)


class Page(views.LoginView):  # type: ignore[misc]
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return with_passwords(super().post)(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offered = {"passwords": settings.PASSWORDS, "provider": settings.OIDC_ISSUER and settings.OIDC_NAME}
        return {**super().get_context_data(**kwargs), **offered}


def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """Only as the person whose address it is: somebody else may have taken it, and whoever reads its mail would make
    it look like his."""
    found = get_emailconfirmation_model().from_key(key)
    if found and found.email_address.user_id != request.user.pk:
        if request.user.is_authenticated:
            logout(request)
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.path})}")
    answer: HttpResponse = views.confirm_email(request, key=key)
    return answer


# The views we offer, and no others: allauth could also sign people up and change their addresses.
# It looks them up by these names.
urlpatterns = [
    path("", Page.as_view(), name="account_login"),
    path("out/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    re_path(r"^confirm/(?P<key>[-:\w]+)/$", confirm, name="account_confirm_email"),
    path("password/change/", with_own_password(views.password_change), name="account_change_password"),
    path("password/reset/", with_passwords(views.password_reset), name="account_reset_password"),
    path("password/reset/sent/", with_passwords(views.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        with_passwords(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        with_passwords(views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]
