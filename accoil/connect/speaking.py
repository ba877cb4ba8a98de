"""Calls to a tool in the name of one connection, at once or with patience."""

from typing import Any

from accoil.connect.connection import Closed, SignInAgain, TryLater
from accoil.connect.given import may_wait_for_room, remaining
from accoil.connect.http import Client
from accoil.connect.models import Connection
from accoil.connect.now import sleep
from accoil.connect.renewing import Tokens

PATIENCE = 120.0  # seconds that a listing waits for room in the limits, page by page


def check_where(connection: Connection, tool: str, address: str) -> None:
    """Raises SignInAgain where it was let in at another address than calls would go to now: the token of a stand-in is
    nothing for the tool itself. `address`: as it is set, "" for the tool's own."""
    if connection.options.get("at", address) != address:
        raise SignInAgain(f"{tool} was reached at another address when it was connected; connect it again.")


class Speaker:
    """Paths begin with "/"; what is returned is the answer's JSON."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def close(self) -> None:
        """Forgets the token; nothing more is said."""
        self._client.close()

    def say(self, method: str, path: str, *, background: bool = False, **what: Any) -> Any:
        """Once. `background`: nobody waits for it, so it leaves half of the limits to those who do."""
        return self._client.call(method, path, background=background, **what).json

    def patiently(self, method: str, path: str, *, background: bool = True, **what: Any) -> Any:
        """Waiting for room in the limits: a listing that stopped half-way would begin anew."""
        waited = 0.0
        while True:
            try:
                return self.say(method, path, background=background, **what)
            except Closed:
                raise
            except TryLater as later:
                pause = 1.0 if later.after is None else later.after
                if not later.limited or not may_wait_for_room() or pause > min(PATIENCE - waited, remaining()):
                    raise
                waited += pause
                sleep(pause)


class SignedIn(Speaker):
    """With tokens of a sign-in; `ended`: the tool's code for one that is not taken any more."""

    def __init__(self, client: Client, tokens: Tokens, ended: str) -> None:
        super().__init__(client)
        self._tokens, self._ended = tokens, ended

    def close(self) -> None:
        super().close()
        self._tokens.forget()

    def say(self, method: str, path: str, **what: Any) -> Any:
        say = super().say
        return self._tokens.used(lambda headers: say(method, path, headers=headers, **what), self._ended)
