"""What Salesforce is made of, as the list of tools and the pages read it."""

from accoil.connect.connection import Action, Field, Joining, Tool
from accoil.connect.models import Connection
from accoil.connect.salesforce import connecting
from accoil.connect.salesforce.checks import checks
from accoil.connect.salesforce.matching import EXTERNAL_ID
from accoil.connect.salesforce.org import org_of, orgs
from accoil.connect.salesforce.rows import AT_ONCE
from accoil.connect.salesforce.session import FIELD, SalesforceSession
from accoil.connect.salesforce.signing_in import my_domain, sign_in_address
from accoil.refused import Refused
from accoil.team.models import Team, User


def not_by_hand(team: Team, author: User, given: dict[str, str]) -> Connection:
    raise Refused("Salesforce is connected by signing in there.")


TOOL = Tool(
    key=connecting.SALESFORCE,
    name="Salesforce",
    good_for="Scores and segments in fields of contacts and accounts; fields set by automation.",
    joining=Joining(
        by_token=not_by_hand,
        offers_sign_in=connecting.offers_sign_in,
        sign_in=sign_in_address,
        by_code=connecting.by_code,
        with_pkce=True,
        places=(("production", "Production"), ("sandbox", "Sandbox")),
        other_place=Field(
            name="place",
            label="My Domain",
            begins="acme.my.salesforce.com",
            help="Where your company signs in at an address of its own.",
        ),
        read_place=my_domain,
        own_app="Ten minutes in Salesforce, for an admin; then whoever runs this server sets its key and secret.",
        steps=(
            "In Setup > External Client App Manager, press New External Client App, call it Accoil, and enable OAuth.",
            "As callback URL give the address below; as scopes Manage user data via APIs (`api`) and Perform requests "
            "at any time (`refresh_token`). Keep PKCE required.",
            "Set `ACCOIL_SALESFORCE_CLIENT_ID` to its consumer key, `ACCOIL_SALESFORCE_CLIENT_SECRET` to its secret.",
            f"On Account make a text field `{EXTERNAL_ID}` (External ID, Unique), and the fields of each profile that "
            "you switch on: Settings > Connections > Salesforce tells which are missing, and how to make them.",
        ),
        addresses=(("/connections/salesforce/done", "Callback URL"),),
    ),
    at_once=AT_ONCE,
    calls_a_second=2,
    lone_accounts=True,
    fields=(),
    actions=(
        Action(
            key=FIELD,
            label="Set field in Salesforce",
            by_hand="Set Salesforce Field",
            fields=(
                Field(name="field", label="Field", help="Its label, or its API name, such as Health__c."),
                Field(name="value", label="Value", help="Of a picklist: one of it. Of a date: 2026-11-30."),
                Field(
                    name="on",
                    label="Of",
                    type="choice",
                    choices=(("user", "The contact of the user"), ("company", "The account")),
                ),
            ),
        ),
    ),
    opened=SalesforceSession,
    closed=orgs.close,
    offers_fields=lambda connection, attribute: org_of(connection).fields.fitting(attribute),
    give_back=lambda connection: org_of(connection).revoke(),
    archives_with=("token", "refresh_token"),
    checks=lambda connection, sees: checks(connection),
    hints={
        "matching": f"Users are found by e-mail address, accounts by our id in {EXTERNAL_ID}, or through their users.",
        "view": "Add the fields to the page layout of contacts and accounts, or to a list view.",
        "ending": "The fields are your admin's, so they stay; what Accoil wrote in them is emptied. What automations "
        "have set stays.",
        "attributes": "Fields must be there in Salesforce, and the user who connected must be allowed to edit them.",
        "accounts": f"An account is found by its id in {EXTERNAL_ID}, or when its users are contacts of one account.",
    },
)
