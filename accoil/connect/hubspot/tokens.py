"""The access token of a connection: one that was pasted stays, one of a sign-in holds for half an hour and is renewed
before it ends, by one at a time."""

from threading import RLock
from typing import Any

from django.conf import settings
from django.db import transaction

from accoil.connect.connection import Closed, Rejected, SignInAgain, ToolError
from accoil.connect.given import turn
from accoil.connect.http import Answer, Client
from accoil.connect.models import Connection, State
from accoil.connect.now import now
from accoil.connect.rate import Lane
from accoil.refused import Refused

PATH = "/oauth/2026-03/token"
RENEWED_AT = 0.8  # of the time that a token holds
HOLDS = 1800.0  # seconds, where it is not told


class Tokens:
    """Of a saved connection. Threads share it."""

    def __init__(self, connection: Connection, address: str) -> None:
        self._id, self._address, self._lock = connection.pk, address, RLock()
        self._secrets = connection.secrets
        if not self._secrets.get("token"):
            raise SignInAgain("No access token of HubSpot is kept; connect it again.")

    def current(self) -> str:
        """Raises TryLater and SignInAgain when it had to be renewed and could not be."""
        with turn(self._lock):
            if "refresh_token" in self._secrets and now() >= float(self._secrets.get("renew_at") or 0):
                self._renew()
            return self._token()

    def renewed(self, token: str) -> bool:
        """Whether there is another one now than that, which HubSpot did not take any more."""
        with turn(self._lock):
            if "refresh_token" in self._secrets and self._token() == token:
                self._renew()
            return self._token() != token

    def forget(self) -> None:
        self._secrets = {}

    def _token(self) -> str:
        if not self._secrets:
            raise Closed
        return self._secrets["token"]

    def _renew(self) -> None:
        """What another process has renewed is taken from the database; what we renew is written down there."""
        before = self._secrets
        if (kept := self._kept()).get("token") == before.get("token"):
            told = _asked(self._address, {"grant_type": "refresh_token", "refresh_token": before["refresh_token"]})
            kept = self._kept(before["refresh_token"], secrets_of(told))
        self._secrets = kept

    def _kept(self, of: str = "", new: dict[str, str] | None = None) -> dict[str, str]:
        """The secrets in the database, with these; not when somebody has connected it anew since."""
        with transaction.atomic():
            row = Connection.objects.select_for_update().filter(pk=self._id).exclude(state=State.DISCONNECTED).first()
            if row is None:
                raise Closed
            if new and row.secrets.get("refresh_token") == of:
                row.secrets = row.secrets | new
                row.save(update_fields=["secret"])
            return row.secrets


def exchanged(address: str, code: str, back: str) -> dict[str, Any]:
    """What HubSpot tells for the code that it sent a person back with. Raises Refused, TryLater."""
    try:
        return _asked(address, {"grant_type": "authorization_code", "code": code, "redirect_uri": back})
    except (SignInAgain, Rejected) as wrong:
        raise Refused("HubSpot did not take the sign-in, which holds for a few minutes only. Connect again.") from wrong


def secrets_of(told: dict[str, Any]) -> dict[str, str]:
    """The secrets of a connection, of an answer that has tokens."""
    holds = float(told.get("expires_in") or HOLDS)
    found = {"token": str(told["access_token"]), "renew_at": str(now() + holds * RENEWED_AT)}
    return found | ({"refresh_token": str(told["refresh_token"])} if told.get("refresh_token") else {})


def _asked(address: str, form: dict[str, str]) -> dict[str, Any]:
    asked = form | {"client_id": settings.HUBSPOT_CLIENT_ID, "client_secret": settings.HUBSPOT_CLIENT_SECRET}
    told = Client(address, {"Accept": "application/json"}, limits=Lane(), refused=_refused).call(
        "POST", PATH, form=asked
    )
    if not isinstance(told.json, dict) or not told.json.get("access_token"):
        raise Rejected("HubSpot answered without an access token.")
    return told.json


def _refused(answer: Answer) -> ToolError:
    """It was revoked there, or the app's secret is another one now."""
    return SignInAgain("HubSpot no longer accepts the sign-in; connect again.", status=answer.status)
