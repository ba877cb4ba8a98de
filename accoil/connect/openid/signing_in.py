"""Sending somebody to the provider to be told who it is, by code with PKCE, and what is made of the answer."""

import secrets
from typing import Any

import msgspec
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from accoil.connect import oauth
from accoil.connect.connection import Rejected
from accoil.connect.openid import asking, tokens

TOOL = "openid"
SCOPE = "openid email profile"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the provider named. `email` is in lower case; "" where it named none. `is_verified`: it knows that the
    address is the person's."""

    email: str
    is_verified: bool
    name: str


def begin(session: SessionBase, back: str, then: str) -> str:
    """Where to send somebody. `back`: our address to return to; `then`: where the person wanted to go. Raises
    ToolError."""
    page = asking.document().authorization_endpoint
    nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    state = oauth.begin(session, tool=TOOL, nonce=nonce, verifier=verifier, then=then)
    asked = oauth.sign_in_address(
        page, client_id=settings.OIDC_CLIENT_ID, state=state, back=back, response_type="code", scope=SCOPE, nonce=nonce
    )
    return oauth.with_challenge(asked, verifier)


def finish(begun: dict[str, Any], code: str, back: str) -> Person:
    """`begun`: what oauth.finish gave back. Raises ToolError."""
    told = asking.exchange(code, begun["verifier"], back)
    claims = tokens.checked(
        str(told.get("id_token", "")),
        issuer=asking.document().issuer,
        client_id=settings.OIDC_CLIENT_ID,
        nonce=begun["nonce"],
    )
    if "email" not in claims or "email_verified" not in claims:
        more = asking.user_info(str(told.get("access_token", "")))
        if more.get("sub") != claims["sub"]:
            raise Rejected("Its userinfo is of somebody else than its ID token.")
        claims = more
    return Person(
        email=str(claims.get("email") or "").strip().lower(),
        is_verified=claims.get("email_verified") in (True, "true"),  # some write it as text
        name=" ".join(str(claims.get("name") or "").split()),
    )
