"""The access token of a connection: one that was pasted stays, one of a sign-in is renewed before it ends, or when the
tool does not take it any more, by one at a time."""

from collections.abc import Callable
from threading import RLock

from django.db import transaction

from accoil.connect.connection import Closed, SignInAgain
from accoil.connect.given import turn
from accoil.connect.models import Connection, State
from accoil.connect.now import now


class Tokens:
    """Of a saved connection to the tool of that name. `renewing` (refresh token): the secrets that the tool gives for
    it, `token` and perhaps `renew_at` and another `refresh_token`; it raises the tool's errors. Threads share it."""

    def __init__(self, connection: Connection, tool: str, renewing: Callable[[str], dict[str, str]]) -> None:
        self._id, self._renewing, self._lock = connection.pk, renewing, RLock()
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
        """Whether there is another one now than that, which the tool did not take any more."""
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
            kept = self._kept(before["refresh_token"], self._renewing(before["refresh_token"]))
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
