"""What a tool grants to the app that somebody signed in with there (OAuth 2.0), and how that is given back."""

from collections.abc import Mapping
from typing import Any

import msgspec
import structlog

from accoil.connect.connection import Rejected, SignInAgain, ToolError, TryLater
from accoil.connect.http import Answer, Client
from accoil.connect.rate import Lane
from accoil.refused import Refused

log = structlog.get_logger()


class App(msgspec.Struct, frozen=True, kw_only=True):
    """The server's, at one address of a tool's; `path` and `revokes` are where it asks for tokens, and gives them
    back."""

    tool: str
    address: str
    path: str
    revokes: str
    id: str
    secret: str

    def exchanged(self, code: str, back: str, **more: str) -> dict[str, Any]:
        """What is told for the code that a person came back with, to the same address again. Raises Refused,
        TryLater."""
        try:
            return self._asked({"grant_type": "authorization_code", "code": code, "redirect_uri": back} | more)
        except (SignInAgain, Rejected) as wrong:
            why = f"{self.tool} did not take the sign-in, which holds for a few minutes only. Connect again."
            raise Refused(why) from wrong

    def renewed(self, refresh_token: str) -> dict[str, Any]:
        """What is told for it; some apps give another one each time. Raises SignInAgain, TryLater."""
        return self._asked({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def give_back(self, form: Mapping[str, str]) -> None:
        """The app is let in no more. Whatever comes of this, the token is forgotten here."""
        try:
            Client(self.address, {}, limits=Lane(), reads="anything").call("POST", self.revokes, form=form)
        except ToolError as wrong:
            log.warning("an access could not be given back", tool=self.tool, why=wrong.reason)

    def _asked(self, form: Mapping[str, str]) -> dict[str, Any]:
        client = Client(self.address, {"Accept": "application/json"}, limits=Lane(), refused=self._refused)
        asked = {**form, "client_id": self.id, "client_secret": self.secret}
        told = client.call("POST", self.path, form=asked).json
        if not isinstance(told, dict) or not told.get("access_token"):
            raise Rejected(f"{self.tool} answered without an access token.")
        return told

    def _refused(self, answer: Answer) -> ToolError:
        """It was revoked there, or the app's secret is another one now; what a proxy says does not end a sign-in."""
        if not isinstance(answer.json, dict):
            return TryLater(f"{self.tool} could not be asked (status {answer.status}).", status=answer.status)
        return SignInAgain(f"{self.tool} no longer accepts the sign-in; connect again.", status=answer.status)
