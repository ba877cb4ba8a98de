"""What is remembered of one connection to Salesforce in this process, for as long as its sign-in is the same."""

from django.conf import settings

from accoil.connect.models import Connection
from accoil.connect.open import Open
from accoil.connect.renewing import Tokens
from accoil.connect.salesforce.fields import Fields
from accoil.connect.salesforce.signing_in import app
from accoil.connect.salesforce.speaking import Limits, Speaker
from accoil.connect.speaking import check_where


class Org:
    def __init__(self, connection: Connection) -> None:
        """Raises SignInAgain."""
        check_where(connection, "Salesforce", settings.SALESFORCE_URL)
        self.tokens = Tokens(connection, "Salesforce", lambda token: app(self.place).renewed(token), None)
        self.place: str = connection.options["place"]
        self.speaker = Speaker(settings.SALESFORCE_URL or connection.options["instance"], self.tokens, Limits())
        self.fields = Fields(self.speaker)

    def revoke(self) -> None:
        """The access is given back; it is of no more use to anybody then, whatever comes of this."""
        if token := self.tokens.refresh_token:  # as it is now: it may have been renewed while values were emptied
            app(self.place).give_back({"token": token})

    def close(self) -> None:
        self.speaker.close()


def org_of(connection: Connection) -> Org:
    """Raises SignInAgain."""
    of = (connection.secrets.get("refresh_token"), dict(connection.options), settings.SALESFORCE_URL)
    return orgs.of(connection.pk, of, lambda: Org(connection))


orgs: Open[Org] = Open()
