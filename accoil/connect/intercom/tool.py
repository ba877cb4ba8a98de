"""What Intercom is made of, as the list of tools and the pages read it."""

from accoil.connect.connection import Action, Check, Field, Sees, Session, Tool
from accoil.connect.models import Connection

TAG = "intercom_tag"
LONGEST_TAG = 100  # characters


def opened(connection: Connection) -> Session:
    """Raises SignInAgain when no token is left, as after the server's secret key was lost."""
    from accoil.connect.intercom.session import IntercomSession  # which needs this file

    return IntercomSession(connection)


def closed(connection: int) -> None:
    from accoil.connect.intercom import session

    session.closed(connection)


def checks(connection: Connection, sees: Sees) -> list[Check]:
    from accoil.connect.intercom import checks  # which comes to this file by way of what is signed

    return checks.checks(connection, sees)


TOOL = Tool(
    key="intercom",
    name="Intercom",
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
        ),
    ),
    opened=opened,
    closed=closed,
    archives_with=("token",),
    checks=checks,
    hints={
        "attributes": "A field may only be hidden: in Intercom, add those that begin with Accoil to the view of people "
        "and companies.",
        "accounts": "An account is found through its users: one of them must be matched, and have a company in "
        "Intercom.",
    },
)
