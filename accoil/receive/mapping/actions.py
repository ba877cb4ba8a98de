"""The six actions of the Segment destination, and the fields each one fills."""

import msgspec

from accoil.receive.mapping.coerce import Type


class Field(msgspec.Struct, frozen=True):
    """`default` is the path that fills it unless a mapping says otherwise."""

    key: str
    label: str
    type: Type
    description: str
    default: str
    required: bool = False

    @property
    def is_trait(self) -> bool:
        return self.default.startswith("$.traits.")

    @property
    def shown_type(self) -> str:
        """Dates travel as text, and Segment calls them so."""
        return "STRING" if self.type == "DATETIME" else self.type


class Action(msgspec.Struct, frozen=True):
    """`type` is that of the call it makes; None where the event stays as it is."""

    key: str
    label: str
    description: str
    type: str | None
    trigger: str
    fields: tuple[Field, ...] = ()

    def field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.key == key), None)


def _user_id(required: bool) -> Field:
    return Field("userId", "User ID", "STRING", "The ID associated with the user", "$.userId", required)


TIMESTAMP = Field("timestamp", "Timestamp", "DATETIME", "The timestamp of the event", "$.timestamp", True)
TRAITS = Field(
    "traits",
    "Traits",
    "OBJECT",
    "Optionally send all traits to associate with the user or the group",
    "$.traits",
)


def _trait(key: str, label: str, description: str, type: Type = "STRING") -> Field:
    return Field(key, label, type, description, f"$.traits.{key}")


IDENTIFY = Action(
    "identify",
    "Identify",
    "Identify a user in Accoil",
    "identify",
    'type = "identify"',
    (
        _user_id(required=True),
        _trait(
            "email",
            "Email",
            "Email addresses are highly recommended as they are often used to identify users across multiple "
            "platforms. (Highly Recommended)",
        ),
        _trait(
            "name",
            "Name",
            "Providing a name helps display users in Accoil. If no name is provided, the email address is displayed "
            "instead. (Highly Recommended)",
        ),
        _trait(
            "role",
            "Role",
            "Describes the user's role in your product such as Admin, Owner, Team Member. (Suggested)",
        ),
        _trait(
            "accountStatus",
            "Account Status",
            "Capturing the account status on the user can be helpful to segment users. Possible options include: "
            "Free, Trial, Paid, Cancelled (Suggested)",
        ),
        _trait(
            "createdAt",
            "Created at",
            "When was the user created, including this ensures that tenure tracking is accurate. (Highly Recommended)",
            "DATETIME",
        ),
        TRAITS,
        TIMESTAMP,
    ),
)

GROUP = Action(
    "group",
    "Group",
    "Identify Accounts (groups) in Accoil",
    "group",
    'type = "group"',
    (
        Field("anonymousId", "Anonymous ID", "STRING", "Anonymous id", "$.anonymousId"),
        _user_id(required=False),
        Field("groupId", "Group ID", "STRING", "The group id", "$.groupId", True),
        _trait(
            "name",
            "Name",
            "The name of the account. Without providing a name, accounts are displayed using a numeric ID, making "
            "them harder to identify. (Highly Recommended)",
        ),
        _trait(
            "createdAt",
            "Created at",
            "Helps calculate account tenure. If no createdAt is provided, the earliest createdAt from the associated "
            "users will be used. (Highly Recommended)",
            "DATETIME",
        ),
        _trait(
            "status",
            "Status",
            "The overall status of the account subscription. Possible options include: Free, Trial, Paid, Cancelled "
            "(Highly Recommended)",
        ),
        _trait(
            "plan",
            "Plan",
            "The plan type helps in segmenting accounts by their subscription tier (e.g., starter, pro, enterprise). "
            "(Recommended)",
        ),
        _trait(
            "mrr",
            "MRR",
            "Monthly recurring revenue (MRR) is important for segmenting accounts by value. It also allows Accoil to "
            "show the dollar value of different segments. Ideally this is passed in cents eg $99 becomes 9900. "
            "(Highly Recommended)",
            "NUMBER",
        ),
        TRAITS,
        TIMESTAMP,
    ),
)

TRACK = Action(
    "track",
    "Track",
    "Track a user action in Accoil",
    "track",
    'type = "track"',
    (
        Field("event", "Event Name", "STRING", "The event name", "$.event", True),
        _user_id(required=True),
        TIMESTAMP,
    ),
)

PAGE = Action(
    "page",
    "Page",
    "Send page events to Accoil",
    "page",
    'type = "page"',
    (_user_id(required=False), Field("name", "Page Name", "STRING", "The name of the page", "$.name"), TIMESTAMP),
)

SCREEN = Action(
    "screen",
    "Screen",
    "Send screen events to Accoil",
    "screen",
    'type = "screen"',
    (_user_id(required=False), Field("name", "Screen Name", "STRING", "The name of the screen", "$.name"), TIMESTAMP),
)

POST = Action("postToAccoil", "Post to Accoil", "Send Data to Accoil Analytics", None, 'type = "track"')

ACTIONS = {action.key: action for action in (IDENTIFY, GROUP, TRACK, PAGE, SCREEN, POST)}
