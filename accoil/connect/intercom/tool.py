"""What Intercom is made of, as the list of tools and the pages read it."""

from accoil.connect.connection import Action, Field, Session, Tool
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
)
