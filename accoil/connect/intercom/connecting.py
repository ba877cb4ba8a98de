"""A team and a workspace of Intercom: joined by a pasted token or by signing in there."""

from typing import Any

import structlog
from django.conf import settings

from accoil.connect import oauth
from accoil.connect.connection import SignInAgain, ToolError, TryLater
from accoil.connect.http import Client
from accoil.connect.intercom.signed import INTERCOM, OLD_HOLDS
from accoil.connect.intercom.speaking import REGIONS, Speaker, api_address, pages_address, refused
from accoil.connect.joining import Workspace, asking
from accoil.connect.models import Connection
from accoil.connect.now import now
from accoil.connect.rate import Lane
from accoil.refused import Refused
from accoil.team.models import Team, User

log = structlog.get_logger()

NEEDED = (  # what one may do, and a call that shows whether one may
    ("read people", "GET", "/contacts?per_page=1"),
    ("read companies", "GET", "/companies?per_page=1"),
    ("read data attributes", "GET", "/data_attributes?model=contact"),
    ("read tags", "GET", "/tags"),
)


def offers_sign_in() -> bool:
    """Whether people can connect by signing in at Intercom; else only by pasting a token."""
    return bool(settings.INTERCOM_CLIENT_ID and settings.INTERCOM_CLIENT_SECRET)


def sign_in_address(region: str, state: str, back_to: str = "") -> str:
    """Where a person lets the server's app into his workspace. `back_to`: one of the redirect addresses that the app
    has in the Developer Hub; without it, Intercom takes the first of those."""
    page = f"{pages_address(_region(region))}/oauth"
    return oauth.sign_in_address(page, client_id=settings.INTERCOM_CLIENT_ID, state=state, back=back_to)


def by_token(team: Team, author: User, token: str, client_secret: str = "") -> Connection:
    """Connects with an access token out of the Developer Hub; whichever region it is of is found out. `client_secret`:
    of the same app, "" keeps the one there is. Raises Refused."""
    token, client_secret = token.strip(), client_secret.strip()
    if not token:
        raise Refused("Paste the access token of your Intercom app.")
    with asking(team, "Intercom"):
        me = _whose(token, [next(iter(REGIONS))] if settings.INTERCOM_URL else list(REGIONS))
    return _join(team, author, me, {"token": token, "client_secret": client_secret}, "token")


def by_code(team: Team, author: User, code: str, region: str) -> Connection:
    """Connects with the code that Intercom sent a person back with. Raises Refused."""
    region = _region(region)
    with asking(team, "Intercom"):
        token = _exchanged(code, region)
        me = _whose(token, [region])
    secrets = {"token": token, "client_secret": settings.INTERCOM_CLIENT_SECRET}
    return _join(team, author, me, secrets, "code")


def _exchanged(code: str, region: str) -> str:
    """The access token for a code. Raises Refused, TryLater."""
    asked = {
        "code": code, "client_id": settings.INTERCOM_CLIENT_ID, "client_secret": settings.INTERCOM_CLIENT_SECRET
    }  # fmt: skip
    exchange = Client(api_address(region), {"Accept": "application/json"}, limits=Lane(), refused=refused)
    try:
        told = exchange.call("POST", "/auth/eagle/token", json=asked).json or {}
    except TryLater:
        raise
    except ToolError as wrong:
        raise Refused(
            "Intercom did not take the sign-in, which holds for a few minutes only. Connect again."
        ) from wrong
    token = told.get("token") or told.get("access_token")
    if not token:
        raise Refused("Intercom answered without an access token. Connect again.")
    return str(token)


def _whose(token: str, regions: list[str]) -> dict[str, Any]:
    """The person and the workspace behind a token, from the first region that knows it. Raises Refused, TryLater."""
    for region in regions:
        try:
            me = Speaker(token, region, Lane()).say("GET", "/me") or {}
        except SignInAgain:
            continue
        except TryLater:
            raise
        except ToolError as wrong:
            raise Refused(f"Intercom could not tell whose access token this is. {wrong.reason}") from wrong
        app = me.get("app") or {}
        if not app.get("id_code"):
            raise Refused(
                "Intercom does not say which workspace the access token is of. Make one in a workspace's app."
            )
        told = str(app.get("region") or "").lower()
        _check_may_read(token, region)
        return {**me, "region": told if told in REGIONS else region}
    raise Refused("Intercom does not know this access token. Copy it again from the Developer Hub.")


def _check_may_read(token: str, region: str) -> None:
    """Permissions are ticked in the Developer Hub, and one that is missing would else be noticed much later. Those to
    write cannot be tried without writing. Raises Refused."""
    speaker = Speaker(token, region, Lane())
    for may, method, path in NEEDED:
        try:
            speaker.say(method, path)
        except SignInAgain as refusal:
            raise Refused(
                f"The Intercom app may not {may}. Tick that permission in the Developer Hub, to read and to write, and"
                " connect again."
            ) from refusal
        except ToolError as wrong:  # whatever this is, it says nothing about permissions
            log.warning("a permission could not be tried", may=may, why=wrong.reason)


def _join(team: Team, author: User, me: dict[str, Any], given: dict[str, str], by: str) -> Connection:
    workspace = Workspace(INTERCOM, "Intercom", str(me["app"]["id_code"]), str(me["app"].get("name") or ""))

    def fill(connection: Connection) -> None:
        had, secrets = connection.secrets, {name: secret for name, secret in given.items() if secret}
        if "client_secret" in secrets and had.get("client_secret") not in (None, secrets["client_secret"]):
            secrets |= {"old_client_secret": had["client_secret"], "old_until": str(now() + OLD_HOLDS)}
        connection.secrets = had | secrets
        where = {"region": me["region"], "at": settings.INTERCOM_URL}
        connection.options |= where | {"by": by, "app_id": connection.workspace}

    return workspace.join(team, author, fill)


def _region(given: str) -> str:
    if given not in REGIONS:
        raise Refused(f"Choose the region of your Intercom workspace: {', '.join(REGIONS.values())}.")
    return given
