"""A team and an account of HubSpot: joined by the token of a private app, or by signing in there."""

from typing import Any

from django.conf import settings

from accoil.connect import oauth
from accoil.connect.connection import SignInAgain, ToolError, TryLater
from accoil.connect.http import Client
from accoil.connect.hubspot.portal import portals
from accoil.connect.hubspot.speaking import (
    HOLDS,
    HUBSPOT,
    SCOPES,
    VERSION,
    api_address,
    app,
    objects,
    pages_address,
    refused,
)
from accoil.connect.joining import Workspace, asking
from accoil.connect.models import Connection
from accoil.connect.rate import Lane
from accoil.connect.renewing import bearer, secrets_of
from accoil.refused import Refused
from accoil.team.models import Team, User

NEEDED = (  # what one may do, and a call that shows whether one may
    ("read contacts", objects("user", "?limit=1")),
    ("read companies", objects("account", "?limit=1")),
    ("read properties of contacts", f"/crm/properties/{VERSION}/contacts"),
    ("read properties of companies", f"/crm/properties/{VERSION}/companies"),
)


def offers_sign_in() -> bool:
    """Whether people can connect by signing in at HubSpot; else only by pasting a token."""
    return bool(settings.HUBSPOT_CLIENT_ID and settings.HUBSPOT_CLIENT_SECRET)


def sign_in_address(state: str, back: str) -> str:
    """Where a person lets the server's app into his account."""
    page, scope = f"{pages_address()}/oauth/authorize", " ".join(("oauth", *SCOPES))
    return oauth.sign_in_address(page, client_id=settings.HUBSPOT_CLIENT_ID, state=state, back=back, scope=scope)


def by_token(team: Team, author: User, token: str) -> Connection:
    """Connects with the access token of a private app. Raises Refused."""
    token = token.strip()
    if not token:
        raise Refused("Paste the access token of your private app.")
    with asking(team, "HubSpot"):
        portal = _portal(token)
    return _join(team, author, portal, {"token": token}, "token")


def by_code(team: Team, author: User, code: str, back: str) -> Connection:
    """Connects with the code that HubSpot sent a person back with, to the same address again. Raises Refused."""
    with asking(team, "HubSpot"):
        secrets = secrets_of(app().exchanged(code, back), HOLDS)
        if "refresh_token" not in secrets:
            raise Refused("HubSpot answered without a token to renew the access with. Connect again.")
        portal = _portal(secrets["token"])
    return _join(team, author, portal, secrets, "code")


def _portal(token: str) -> dict[str, Any]:
    """The account that a token is of. Raises Refused, TryLater."""
    client = Client(api_address(), {"Accept": "application/json", **bearer(token)}, limits=Lane(), refused=refused)
    try:
        told = client.call("GET", f"/account-info/{VERSION}/details").json or {}
    except TryLater:
        raise
    except SignInAgain as wrong:
        raise Refused("HubSpot does not know this access token. Copy it again from the private app.") from wrong
    except ToolError as wrong:
        raise Refused(f"HubSpot could not tell whose access token this is. {wrong.reason}") from wrong
    if not told.get("portalId"):
        raise Refused("HubSpot does not say which account the access token is of.")
    for may, path in NEEDED:
        _check_may(client, may, path)
    return told


def _check_may(client: Client, may: str, path: str) -> None:
    """A scope that is missing would else be noticed much later. Those to write cannot be tried without writing."""
    try:
        client.call("GET", path)
    except SignInAgain as refusal:
        raise Refused(
            f"The HubSpot app may not {may}. Allow it all the scopes that are listed, to read and to write, and connect"
            " again."
        ) from refusal
    except TryLater:
        raise
    except ToolError:  # whatever this is, it says nothing about permissions
        return


def _join(team: Team, author: User, portal: dict[str, Any], secrets: dict[str, str], by: str) -> Connection:
    id = str(portal["portalId"])
    workspace = Workspace(HUBSPOT, "HubSpot", id, str(portal.get("portalName") or f"Account {id}"), "account")

    def fill(connection: Connection) -> None:
        connection.secrets = secrets
        connection.options |= {"by": by, "at": settings.HUBSPOT_URL, "pages": str(portal.get("uiDomain") or "")}

    joined = workspace.join(team, author, fill)
    portals.close(joined.pk)  # the tokens before are good for nothing more
    return joined
