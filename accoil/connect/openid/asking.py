"""What is asked of the provider that people sign in with (OpenID Connect Core 1.0, Discovery 1.0).

The issuer is the operator's word, so nothing keeps us from its own address. Other addresses that its document names are
asked as those of teams are: on the public internet, encrypted, or in the operator's own networks.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote_plus, urlsplit

import msgspec
from django.conf import settings
from django.core.cache import cache

from accoil.connect.connection import Rejected, ToolError, TryLater
from accoil.connect.given import given
from accoil.connect.http import Answer, Client
from accoil.connect.rate import Lane

Read = TypeVar("Read")

SECONDS = 10.0  # somebody waits for a page
KEPT = 3600  # seconds that the document and the keys are kept
SECRET_IN_HEADER, SECRET_IN_FORM = "client_secret_basic", "client_secret_post"


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says of itself. RFC 8414: without a word on it, the secret is told in the header."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: list[str] = msgspec.field(default_factory=lambda: [SECRET_IN_HEADER])


def document() -> Document:
    """Raises ToolError."""
    return _kept(f"{settings.OIDC_ISSUER.rstrip('/')}/.well-known/openid-configuration", _read)


def keys(anew: bool = False) -> list[dict[str, Any]]:
    """The provider's public keys (JWK). `anew`: it may have made new ones since. Raises ToolError."""
    return _kept(document().jwks_uri, _read_keys, anew)


def exchange(code: str, verifier: str, back: str) -> dict[str, Any]:
    """The tokens for a code. Raises ToolError."""
    told, form = document(), {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
    name, secret, headers = settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET, {}
    if SECRET_IN_HEADER in told.token_endpoint_auth_methods_supported:
        both = f"{quote_plus(name)}:{quote_plus(secret)}".encode()
        headers["authorization"] = f"Basic {base64.b64encode(both).decode()}"
    elif SECRET_IN_FORM in told.token_endpoint_auth_methods_supported:
        form |= {"client_id": name, "client_secret": secret}
    else:
        raise Rejected("It takes the client's secret neither in the header nor in the form.")
    # Once: the code is used up, whether its answer reached us or not.
    return _object(_ask("POST", told.token_endpoint, 1, form=form | {"code_verifier": verifier}, headers=headers))


def user_info(access_token: str) -> dict[str, Any]:
    """What it says of who signed in. Raises ToolError."""
    address = document().userinfo_endpoint
    if not address:
        raise Rejected("Its token names no e-mail address, and it has no userinfo_endpoint to ask for it.")
    return _object(_ask("GET", address, 2, headers={"authorization": f"Bearer {access_token}"}))


def _read(found: dict[str, Any]) -> Document:
    try:
        told = msgspec.convert(found, Document)
    except msgspec.ValidationError as wrong:
        raise Rejected(f"Its document is not one of OpenID Connect: {wrong}.") from wrong
    if told.issuer.rstrip("/") != settings.OIDC_ISSUER.rstrip("/"):
        raise Rejected(f"Its document is of another issuer ({told.issuer}) than ACCOIL_OIDC_ISSUER.")
    for address in (told.authorization_endpoint, told.token_endpoint, told.jwks_uri, told.userinfo_endpoint):
        if address and not _is_own(address) and not address.startswith("https://"):
            raise Rejected(f"Its document names {address}, which is not encrypted.")
    return told


def _read_keys(found: dict[str, Any]) -> list[dict[str, Any]]:
    keys = found.get("keys")
    return [each for each in keys if isinstance(each, dict)] if isinstance(keys, list) else []


def _kept(address: str, read: Callable[[dict[str, Any]], Read], anew: bool = False) -> Read:
    """Only what could be read is kept."""
    name = f"openid-{hashlib.sha256(address.encode()).hexdigest()}"
    found: Read | None = None if anew else cache.get(name)
    if found is None:
        found = read(_object(_ask("GET", address, 2)))
        cache.set(name, found, KEPT)
    return found


def _ask(method: str, address: str, tries: int, **more: Any) -> Answer:
    origin = _origin(address)
    client = Client(origin, {}, limits=Lane(), refused=_refused, guarded=not _is_own(address), tries=tries)
    with given(SECONDS):
        return client.call(method, address.removeprefix(origin), **more)


def _is_own(address: str) -> bool:
    return _origin(address) == _origin(settings.OIDC_ISSUER)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _object(answer: Answer) -> dict[str, Any]:
    if not isinstance(answer.json, dict):
        raise TryLater("It answered something that is not a JSON object.", status=answer.status)
    return answer.json


def _refused(answer: Answer) -> ToolError:
    """OAuth names what is wrong with a word."""
    told: Mapping[str, Any] = answer.json if isinstance(answer.json, dict) else {}
    code = str(told.get("error", ""))[:100]
    return Rejected(f"It refused that: {code or answer.status}.", code=code, status=answer.status)
