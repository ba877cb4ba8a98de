"""Signing in and out, a forgotten password, a confirmed address. The pages' looks are in show/templates/account."""

from urllib.parse import urljoin, urlsplit

from allauth.account import views
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.http import HttpRequest
from django.urls import path, re_path, reverse

from accoil.team.models import User


class SignIn(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
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


# The views we offer, and no others: allauth could also sign people up and change their addresses.
# It looks them up by these names.
urlpatterns = [
    path("", views.login, name="account_login"),
    path("out/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    re_path(r"^confirm/(?P<key>[-:\w]+)/$", views.confirm_email, name="account_confirm_email"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/sent/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]
