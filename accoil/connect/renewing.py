"""The access token of a connection: one that was pasted stays, one of a sign-in holds for a while and is renewed before
it ends, or when the tool does not take it any more, by one at a time."""

from collections.abc import Callable
from threading import RLock
from typing import Any, TypeVar

from django.db import transaction

from accoil.connect.connection import Closed, SignInAgain
from accoil.connect.given import turn
from accoil.connect.models import Connection, State
from accoil.connect.now import now

RENEWED_AT = 0.8  # of the time that a token holds

Told = TypeVar("Told")

_locks: dict[int, Any] = {}  # of each connection; a few bytes each


class Tokens:
    """Of a saved connection; threads share it. Two of one connection renew one after the other, so that the second
    takes over what the first was told: a refresh token may be good for one time only."""

    def __init__(
        self, connection: Connection, tool: str, asked: Callable[[str], dict[str, Any]], holds: float | None
    ) -> None:
        """`asked`: what the tool tells for a refresh token. `holds`: seconds, where the tool does not tell; None where
        nobody knows before it is refused."""
        self._id, self._asked, self._holds = connection.pk, asked, holds
        self._lock = _locks.setdefault(connection.pk, RLock())
        self._secrets = connection.secrets
        if not self._secrets.get("token"):
            raise SignInAgain(f"No access token of {tool} is kept; connect it again.")

    def current(self) -> str:
        """Raises TryLater and SignInAgain when it had to be renewed and could not be."""
        with turn(self._lock):
            if "refresh_token" in self._secrets and now() >= float(self._secrets.get("renew_at") or "inf"):
                self._renew()
            return self._token()

    def renewed(self, token: str) -> bool:
        """Whether there is another one now than that, which was not taken any more."""
        with turn(self._lock):
            if "refresh_token" in self._secrets and self._token() == token:
                self._renew()
            return self._token() != token

    def used(self, ask: Callable[[dict[str, str]], Told], ended: str) -> Told:
        """What `ask` is told with the headers that let it in; once more when the tool says with the code `ended` that
        the token has ended before our clock said so."""
        token = self.current()
        try:
            return ask(bearer(token))
        except SignInAgain as why:
            if why.code != ended or not self.renewed(token):
                raise
            return ask(bearer(self.current()))

    @property
    def refresh_token(self) -> str:
        """ "" of one that was pasted, and after the end."""
        return self._secrets.get("refresh_token", "")

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
            told = self._asked(before["refresh_token"])
            kept = self._kept(before["refresh_token"], secrets_of(told, self._holds))
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


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def secrets_of(told: dict[str, Any], holds: float | None) -> dict[str, str]:
    """The secrets of a connection, of an answer that has tokens."""
    found = {"token": str(told["access_token"])}
    if lasts := told.get("expires_in") or holds:
        found["renew_at"] = str(now() + float(lasts) * RENEWED_AT)
    return found | ({"refresh_token": str(told["refresh_token"])} if told.get("refresh_token") else {})
