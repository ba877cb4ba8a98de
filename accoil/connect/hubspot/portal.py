"""What is remembered of one connection to HubSpot in this process, for as long as its sign-in is the same."""

from typing import Any

from django.conf import settings

from accoil.connect.hubspot.group_ids import GroupIds
from accoil.connect.hubspot.lists import KEPT, Lists
from accoil.connect.hubspot.properties import Properties
from accoil.connect.hubspot.speaking import HOLDS, Limits, Speaker, app
from accoil.connect.models import Connection
from accoil.connect.open import Open
from accoil.connect.renewing import Tokens
from accoil.connect.speaking import check_where


class Portal:
    def __init__(self, connection: Connection) -> None:
        """Raises SignInAgain."""
        check_where(connection, "HubSpot", settings.HUBSPOT_URL)
        self.tokens = Tokens(connection, "HubSpot", lambda token: app().renewed(token), HOLDS)
        self.speaker = Speaker(self.tokens, Limits())
        self.properties = Properties(self.speaker)
        self.ids = GroupIds(self.properties, connection.pk)
        self.lists = Lists(self.speaker)

    def close(self) -> None:
        self.speaker.close()

    def revoke(self) -> None:
        """The sign-in, if there was one, is good for nothing more."""
        if token := self.tokens.refresh_token:
            own = {"client_id": settings.HUBSPOT_CLIENT_ID, "client_secret": settings.HUBSPOT_CLIENT_SECRET}
            app().give_back({"token": token, "token_type_hint": "refresh_token"} | own)


def portal_of(connection: Connection) -> Portal:
    """Raises SignInAgain."""
    secrets = connection.secrets  # of a sign-in the access token changes every half an hour
    of = (secrets.get("refresh_token") or secrets.get("token"), _known_by(connection.options), settings.HUBSPOT_URL)
    return portals.of(connection.pk, of, lambda: Portal(connection))


def _known_by(options: dict[str, Any]) -> dict[str, Any]:
    """Without what changes while one works with it."""
    return {name: each for name, each in options.items() if name != KEPT}


portals: Open[Portal] = Open()
