"""Calls to Salesforce: with a token that is renewed when it has ended, and only until four fifths of a day's calls are
used: the rest is left to others."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings

from accoil.connect import speaking
from accoil.connect.connection import Gone, Rejected, SignInAgain, ToolError, TryLater
from accoil.connect.http import Answer, Client
from accoil.connect.now import now
from accoil.connect.rate import Lane
from accoil.connect.renewing import Tokens
from accoil.count.ids import Kind

OBJECTS: dict[Kind, str] = {"user": "Contact", "account": "Account"}
STOPS_AT = 0.8  # of the calls that the whole company may make in a day
LOOKS_AGAIN = 1800.0  # seconds: then one call tells how many are left
LOCKED_FOR = 5.0  # seconds until a locked record is tried again
_USAGE = re.compile(r"api-usage=(\d+)/(\d+)")
_EXPIRED = "INVALID_SESSION_ID"


class Limits(Lane):
    """What Salesforce says in every answer about the calls of a day, of everybody in the company together."""

    used, of = 0, 0
    _again_at = 0.0

    def take(self, *, background: bool = False) -> None:
        if now() < self._again_at:
            raise TryLater(
                f"{self.used:,} of {self.of:,} calls to Salesforce of a day are used; the rest is left to others.",
                after=self._again_at - now(),
                limited=True,
            )
        super().take(background=background)

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        if told := _USAGE.search(headers.get("sforce-limit-info", "")):
            self.used, self.of = int(told[1]), int(told[2])
            self._again_at = now() + LOOKS_AGAIN if self.used >= STOPS_AT * self.of else 0.0
        super().heard(status, headers)


class Speaker(speaking.SignedIn):
    """Paths begin after the version."""

    def __init__(self, address: str, tokens: Tokens, limits: Limits) -> None:
        client = Client(address, {"Accept": "application/json"}, limits=limits, refused=refused)
        super().__init__(client, tokens, _EXPIRED)
        self.limits = limits

    def say(self, method: str, path: str, **what: Any) -> Any:
        whole = path if path.startswith("/services/") else f"/services/data/{settings.SALESFORCE_VERSION}{path}"
        return super().say(method, whole, **what)

    def query(self, soql: str) -> Iterator[dict[str, Any]]:
        """Its rows, page by page. Raises TryLater, SignInAgain, Rejected."""
        told = self.patiently("GET", "/query", params={"q": soql})
        while True:
            yield from told["records"]
            if told.get("done", True):
                return
            told = self.patiently("GET", str(told["nextRecordsUrl"]))


def quoted(text: str) -> str:
    """As it stands in a query: nobody's e-mail address can end it, or say anything else."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return "'" + escaped.replace("\n", "\\n").replace("\r", "\\r") + "'"


def refused(answer: Answer) -> ToolError:
    """The error that says who must act, of an answer that is not 2xx."""
    listed = answer.json if isinstance(answer.json, list) else [answer.json]
    first: dict[str, Any] = listed[0] if listed and isinstance(listed[0], dict) else {}
    code, said = str(first.get("errorCode") or ""), str(first.get("message") or "nothing")[:300]
    more: dict[str, Any] = {"code": code, "status": answer.status, "request_id": answer.request_id}
    if answer.status == 401:
        return SignInAgain("Salesforce no longer accepts the sign-in; connect again.", **more)
    if code == "REQUEST_LIMIT_EXCEEDED":
        return TryLater(f"The calls of a day are used up. Salesforce said: {said}", after=3600.0, limited=True, **more)
    if answer.status == 403 and not code.startswith("INSUFFICIENT_ACCESS"):  # that is of one record
        return SignInAgain(
            "Whoever connected lacks a permission in Salesforce (API Enabled, and to read and edit contacts and "
            f"accounts). It said: {said}",
            **more,
        )
    return refusal(said, **more)


def refusal(said: str, *, code: str, **more: Any) -> ToolError:
    """Of one record."""
    more |= {"code": code}
    if code in ("UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE"):
        return TryLater(f"Somebody else was changing it. Salesforce said: {said}", after=LOCKED_FOR, **more)
    if code in ("NOT_FOUND", "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"):
        return Gone(f"Salesforce does not have it any more. It said: {said}", **more)
    return Rejected(f"Salesforce refused it. It said: {said}", **more)
