"""Signing in and out, and a forgotten password. The pages' looks are in show/templates/account."""

from urllib.parse import urljoin, urlsplit

from allauth.account import views
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import path, re_path


class SignIn(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people become members by `accoil init` or by invitation."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail. It starts with the configured address, whatever host the request named."""
        link: str = super().get_reset_password_from_key_url(key)
        return urljoin(settings.PUBLIC_URL, urlsplit(link).path) if settings.PUBLIC_URL else link


# The views we offer, and no others: allauth could also sign people up and change their addresses.
# It looks them up by these names.
urlpatterns = [
    path("", views.login, name="account_login"),
    path("out/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
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
