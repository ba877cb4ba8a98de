"""What HubSpot is made of, as the list of tools and the pages read it."""

from accoil.connect.connection import Action, Field, Joining, Tool
from accoil.connect.hubspot import active_lists, connecting
from accoil.connect.hubspot.portal import portal_of, portals
from accoil.connect.hubspot.session import LIST, PROPERTY, HubspotSession
from accoil.connect.hubspot.speaking import AT_ONCE, HUBSPOT, SCOPES, api_address

_ON = Field(
    name="on",
    label="Of",
    type="choice",
    choices=(("user", "The contact of the user"), ("company", "The company of the account")),
)


JOINING = Joining(
    by_token=lambda team, author, given: connecting.by_token(team, author, given["token"]),
    offers_sign_in=connecting.offers_sign_in,
    sign_in=lambda place, state, back: connecting.sign_in_address(state, back),
    by_code=lambda team, author, code, place, back: connecting.by_code(team, author, code, back),
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
    opened=HubspotSession,
    closed=portals.close,
    address=lambda connection: api_address(),
    segment_list=active_lists.of_segment,
    give_back=lambda connection: portal_of(connection).revoke(),
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
