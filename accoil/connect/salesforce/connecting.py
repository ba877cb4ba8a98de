"""A team and an organisation of Salesforce, joined by signing in there."""

from urllib.parse import urlsplit

from django.conf import settings

from accoil.connect.connection import SignInAgain, ToolError, TryLater
from accoil.connect.http import Client
from accoil.connect.joining import Workspace, asking
from accoil.connect.models import Connection
from accoil.connect.rate import Lane
from accoil.connect.renewing import bearer, secrets_of
from accoil.connect.salesforce import signing_in
from accoil.connect.salesforce.org import orgs
from accoil.connect.salesforce.speaking import OBJECTS, refused
from accoil.refused import Refused
from accoil.team.models import Team, User

SALESFORCE = "salesforce"


def offers_sign_in() -> bool:
    return bool(settings.SALESFORCE_CLIENT_ID and settings.SALESFORCE_CLIENT_SECRET)


def by_code(team: Team, author: User, code: str, place: str, back: str, verifier: str) -> Connection:
    """Connects with the code that Salesforce sent a person back with, to the same address again. Raises Refused."""
    with asking(team, "Salesforce"):
        told = signing_in.exchanged(place, code, back, verifier)
        instance, secrets = signing_in.instance_of(told), secrets_of(told, None)
        _check_may(settings.SALESFORCE_URL or instance, secrets["token"])
    org = urlsplit(str(told.get("id") or "")).path.split("/")  # …/id/00D…/005…: the organisation, and who signed in
    if len(org) < 3 or not org[-2]:
        raise Refused("Salesforce does not say which organisation this is. Connect again.")
    name = (urlsplit(instance).hostname or "").removesuffix(".my.salesforce.com")
    workspace = Workspace(SALESFORCE, "Salesforce", org[-2], name, "organisation")

    def fill(connection: Connection) -> None:
        connection.secrets = secrets
        connection.options |= {"place": place, "instance": instance, "at": settings.SALESFORCE_URL}

    joined = workspace.join(team, author, fill)
    orgs.close(joined.pk)  # the tokens before are good for nothing more
    return joined


def _check_may(instance: str, token: str) -> None:
    """What one lacks would else be noticed much later. Raises Refused, TryLater."""
    client = Client(instance, {"Accept": "application/json", **bearer(token)}, limits=Lane(), refused=refused)
    for object in OBJECTS.values():
        try:
            client.call("GET", f"/services/data/{settings.SALESFORCE_VERSION}/sobjects/{object}/describe")
        except TryLater:
            raise
        except SignInAgain as no:
            raise Refused(no.reason) from no
        except ToolError as no:
            raise Refused(
                f"Whoever signed in may not see {object} in Salesforce, or ACCOIL_SALESFORCE_VERSION is none of it. "
                f"{no.reason}"
            ) from no
