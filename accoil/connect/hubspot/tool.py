"""What HubSpot is made of, as the list of tools and the pages read it."""

from accoil.connect.connection import Action, Attribute, Field, Joining, Session, Tool
from accoil.connect.models import Connection
from accoil.team.models import Team, User

HUBSPOT = "hubspot"
PROPERTY, LIST = "hubspot_property", "hubspot_list"
LONGEST_LIST = 200  # characters of a list's name
AT_ONCE = 100  # records in one call

SCOPES = (  # what the app must be allowed
    "crm.objects.contacts.read", "crm.objects.contacts.write", "crm.objects.companies.read",
    "crm.objects.companies.write", "crm.schemas.contacts.read", "crm.schemas.contacts.write",
    "crm.schemas.companies.read", "crm.schemas.companies.write", "crm.lists.read", "crm.lists.write",
)  # fmt: skip

_ON = Field(
    name="on",
    label="Of",
    type="choice",
    choices=(("user", "The contact of the user"), ("company", "The company of the account")),
)


def opened(connection: Connection) -> Session:
    """Raises SignInAgain when no token is left, as after the server's secret key was lost."""
    from accoil.connect.hubspot.session import HubspotSession  # which needs this file

    return HubspotSession(connection)


def segment_list(connection: Connection, attribute: Attribute, segment: str) -> str:
    from accoil.connect.hubspot.active_lists import of_segment

    return of_segment(connection, attribute, segment)


def give_back(connection: Connection) -> None:
    from accoil.connect.hubspot.portal import portal_of

    portal_of(connection).revoke()


def closed(connection: int) -> None:
    from accoil.connect.hubspot import portal

    portal.closed(connection)


def by_token(team: Team, author: User, given: dict[str, str]) -> Connection:
    from accoil.connect.hubspot import connecting

    return connecting.by_token(team, author, given["token"])


def by_code(team: Team, author: User, code: str, place: str, back: str) -> Connection:
    from accoil.connect.hubspot import connecting

    return connecting.by_code(team, author, code, back)


def address(connection: Connection) -> str:
    from accoil.connect.hubspot.speaking import api_address

    return api_address()


def offers_sign_in() -> bool:
    from accoil.connect.hubspot import connecting

    return connecting.offers_sign_in()


def sign_in(place: str, state: str, back: str) -> str:
    from accoil.connect.hubspot import connecting

    return connecting.sign_in_address(state, back)


JOINING = Joining(
    by_token=by_token,
    offers_sign_in=offers_sign_in,
    sign_in=sign_in,
    by_code=by_code,
    pasted="From a private app of your own in HubSpot.",
    own_app="Five minutes in HubSpot, for a super admin; no review by HubSpot is needed for your own account.",
    steps=(
        "Open Settings > Integrations > Private apps, Create a private app, and call it Accoil.",
        f"Under Scopes, allow these: {', '.join(f'`{scope}`' for scope in SCOPES)}.",
        "Create the app, show its access token, and paste it above.",
    ),
)

TOOL = Tool(
    key=HUBSPOT,
    name="HubSpot",
    good_for="Scores and segments as properties of contacts and companies; lists and properties by automation.",
    joining=JOINING,
    at_once=AT_ONCE,
    calls_a_second=5,
    lone_accounts=True,
    fields=(
        Field(
            name="token",
            label="Access token",
            type="secret",
            help="In HubSpot: Settings > Integrations > Private apps > your app > Auth.",
        ),
    ),
    actions=(
        Action(
            key=PROPERTY,
            label="Set property in HubSpot",
            by_hand="Set HubSpot Property",
            fields=(
                Field(name="property", label="Property", help="Its name in HubSpot, or its internal name."),
                Field(name="value", label="Value", help="Of a list of choices: one of them. Of a date: 2026-11-30."),
                _ON,
            ),
        ),
        Action(
            key=LIST,
            label="Add to list in HubSpot",
            by_hand="Add to HubSpot List",
            fields=(
                Field(name="list", label="List", help="A static one; made in HubSpot if there is none of that name."),
                _ON,
            ),
        ),
    ),
    opened=opened,
    closed=closed,
    address=address,
    segment_list=segment_list,
    give_back=give_back,
    archives_with=("token", "refresh_token", "renew_at"),
    hints={
        "matching": "Users are found by e-mail address, accounts by our id, by their domain, or through their users.",
        "view": "They are in the group Accoil: choose View all properties on a record there, or add them to its card "
        "or to the columns of a view.",
        "ending": "Our ids of accounts, the group Accoil and lists of segments go as well; what automations have set, "
        "and the lists they add to, stay.",
        "attributes": "Properties are in the group Accoil: on a record in HubSpot choose View all properties, or add "
        "them to the card of a record or the columns of a view.",
        "accounts": "An account is found by its domain, or through its users: one of them must be matched, and have a "
        "primary company in HubSpot.",
    },
)
