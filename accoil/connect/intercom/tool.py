"""What Intercom is made of, as the list of tools and the pages read it."""

from accoil.connect.connection import Action, Field, Joining, Offer, Tool
from accoil.connect.intercom import connecting
from accoil.connect.intercom.attributes import MOST
from accoil.connect.intercom.checks import checks
from accoil.connect.intercom.session import TAG, IntercomSession, workspaces
from accoil.connect.intercom.signed import INTERCOM
from accoil.connect.intercom.speaking import REGIONS, api_address
from accoil.connect.models import State, live
from accoil.connect.soon import soon
from accoil.team.models import Team


def offers(team: Team, field: str) -> list[Offer]:
    """The tags that are in Intercom. Raises the tool's errors."""
    connection = live(team, INTERCOM) if field == "tag" else None
    if connection is None or connection.state != State.CONNECTED:
        return []
    with soon(team.pk, connection):
        return [(name, name) for name in IntercomSession(connection).tags()]


JOINING = Joining(
    by_token=lambda team, author, given: connecting.by_token(team, author, given["token"], given["client_secret"]),
    offers_sign_in=connecting.offers_sign_in,
    sign_in=connecting.sign_in_address,
    by_code=lambda team, author, code, region, back: connecting.by_code(team, author, code, region),
    places=tuple(REGIONS.items()),
    which="Choose where your workspace lives: its address begins with app.intercom.com, app.eu or app.au.",
    pasted="From an app of your own in Intercom's Developer Hub.",
    own_app="Five minutes in the Developer Hub; no review by Intercom is needed for your own workspace.",
    steps=(
        "Open Developer Hub (Settings > Integrations), New app, and choose your workspace.",
        "Under Authentication, allow: read admins; read and write people and companies; read and write data "
        "attributes; read and write tags.",
        "Copy the access token from there, and the client secret from Basic information.",
        "For the widget, notifications and uninstalling, give the app these addresses:",
    ),
    addresses=(
        ("/intercom/initialize", "Canvas Kit, initialize"),
        ("/intercom/submit", "Canvas Kit, submit"),
        ("/intercom/webhooks", "Webhooks"),
        ("/intercom/uninstalled", "Uninstall"),
    ),
)

TOOL = Tool(
    key=INTERCOM,
    name="Intercom",
    good_for="Scores and segments on people and companies, a widget in the inbox, tags.",
    joining=JOINING,
    places=MOST,
    fields=(
        Field(
            name="token",
            label="Access token",
            type="secret",
            help="In Intercom's Developer Hub: Your app > Configure > Authentication.",
        ),
        Field(
            name="client_secret",
            label="Client secret",
            type="secret",
            required=False,
            help="In Your app > Configure > Basic information. Without it the widget and notifications are refused.",
        ),
    ),
    actions=(
        Action(
            key=TAG,
            label="Add Tag in Intercom",
            by_hand="Add Intercom Tag",
            fields=(
                Field(name="tag", label="Tag", help="Made in Intercom if there is none of that name yet."),
                Field(
                    name="on",
                    label="Put it on",
                    type="choice",
                    choices=(("user", "The user"), ("company", "The company of the account")),
                ),
            ),
            offers=offers,
        ),
    ),
    opened=IntercomSession,
    closed=workspaces.close,
    address=lambda connection: api_address(str(connection.options.get("region", "us"))),
    archives_with=("token",),
    checks=checks,
    hints={
        "matching": "Users are found by e-mail address, accounts through their users.",
        "view": "New fields are hidden at first: open a person or a company there, choose Edit beside the attributes, "
        "and add those that begin with Accoil to the view. Each teammate does so once.",
        "ending": "Tags stay where they are, and the widget shows nothing any more.",
        "attributes": "A field may only be hidden: in Intercom, add those that begin with Accoil to the view of people "
        "and companies.",
        "accounts": "An account is found through its users: one of them must be matched, and have a company in "
        "Intercom.",
    },
)
