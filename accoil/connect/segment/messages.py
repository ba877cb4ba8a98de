"""Messages as Segment takes them. All say that they are ours: our front door leaves them out when they come back."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from accoil import __version__
from accoil.connect.connection import Value
from accoil.receive.calls import OUR_LIBRARY

Message = dict[str, Any]

DESTINATIONS = ("Accoil Analytics",)  # Segment's ready-made one, which leads here
LIBRARY = {"name": OUR_LIBRARY, "version": __version__}


class Making:
    """`connection`: its id. `left_out`: names of destinations that don't get them."""

    def __init__(self, connection: int, left_out: Iterable[str]) -> None:
        self._connection = connection
        self._integrations = {"All": True} | dict.fromkeys([*DESTINATIONS, *left_out], False)

    def identify(self, user: str, traits: Mapping[str, Value], at: datetime, since: object) -> Message:
        """`since`: what sets it apart from an equal one of another time, which must not be taken for a repetition."""
        id = self._id("identify", user, traits, since)
        return self._message("identify", id, at, {"userId": user, "traits": dict(traits)})

    def group(self, account: str, user: str, traits: Mapping[str, Value], at: datetime, since: object) -> Message:
        """Segment takes it only as said by somebody: a user who belongs to the account, "" for nobody in particular."""
        by = {"userId": user} if user else {"anonymousId": OUR_LIBRARY}
        id = self._id("group", account, traits, since)
        return self._message("group", id, at, {**by, "groupId": account, "traits": dict(traits)})

    def track(
        self, key: str, user: str, account: str, event: str, properties: Mapping[str, Any], at: datetime
    ) -> Message:
        """`key` is the same whenever the same is sent again. `account`: "" for none."""
        told = {"userId": user, "event": event, "properties": dict(properties)}
        return self._message("track", self._id("track", key), at, told, {"groupId": account} if account else {})

    def _message(
        self, type: str, id: str, at: datetime, told: Message, context: Mapping[str, str] | None = None
    ) -> Message:
        around = {"context": {"library": LIBRARY, **(context or {})}, "integrations": self._integrations}
        return {"type": type, "messageId": id, "timestamp": at.isoformat(), **told, **around}

    def _id(self, *of: object) -> str:
        whole = json.dumps([self._connection, *of], sort_keys=True, default=str)
        return f"accoil-{hashlib.sha256(whole.encode()).hexdigest()}"
