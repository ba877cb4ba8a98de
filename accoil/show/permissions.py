"""Who may do what: the one table that guards every address, and that menus, the audit log and the documentation read.

An address that is not in it answers nobody. `python -m accoil.show.permissions` writes docs/reference/permissions.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby


class Who(IntEnum):
    """Each may do what those before may."""

    ANYBODY = 0
    PERSON = 1  # whoever is signed in
    MEMBER = 2  # of the product's team
    EDITOR = 3  # a member who was given this profile to change
    MANAGER = 4
    OWNER = 5


@dataclass(frozen=True)
class Action:
    """What can be done at an address. `how`: "see" is GET; "ask" is a POST that changes nothing, "change" one that
    does; "save" is a change among the asks of a form: the POST whose field `do` says save."""

    page: str
    name: str  # of the address in urls.py
    how: str
    who: Who
    do: str  # goes on after "Only owners and managers of the team"

    @property
    def changes(self) -> bool:
        return self.how in ("change", "save")

    @property
    def refusal(self) -> str:
        if self.who is Who.OWNER:
            return f"Only owners of the team {self.do}."
        others = ", and members who were given it" if self.who is Who.EDITOR else ""
        return f"Only owners and managers of the team {self.do}{others}."


# Pages about what all products of a team share; what is done on the others is done in one product.
OF_THE_TEAM = ("Team", "Connections", "Audit log", "Signing in", "You", "For everybody")

LOOK = "look at it"
# Page, who, how, what is done (of several addresses at once), and the names of the addresses.
_ROWS: tuple[tuple[str, Who, str, str, str], ...] = (
    ("Dashboard", Who.PERSON, "see", "are sent to their first product", "home"),
    ("Dashboard", Who.MEMBER, "see", LOOK, "dashboard dashboard-habits dashboard-why start"),
    ("Feeds", Who.MEMBER, "see", LOOK, "feeds feed new-feed edit-feed"),
    ("Feeds", Who.MEMBER, "see", "see how it would be sent", "feed-preview feed-letter"),
    ("Feeds", Who.MEMBER, "ask", "try cards", "new-feed edit-feed"),
    ("Feeds", Who.MEMBER, "save", "change feeds of their own; owners and managers those that are shared",
     "new-feed edit-feed"),
    ("Feeds", Who.MEMBER, "change", "delete feeds of their own; owners and managers those that are shared",
     "delete-feed"),
    ("Accounts and users", Who.MEMBER, "see", LOOK, "accounts account users user batch"),
    ("Accounts and users", Who.MEMBER, "see", "ask what a number is made of", "number-of-account number-of-user"),
    ("Accounts and users", Who.MEMBER, "see", "open the filter of a list", "filter-accounts filter-users"),
    ("Accounts and users", Who.MEMBER, "ask", "filter a list", "filter-accounts filter-users"),
    ("Accounts and users", Who.MEMBER, "ask", "choose the columns they see", "accounts-columns users-columns"),
    ("Accounts and users", Who.MEMBER, "see", "download the list", "accounts-file users-file"),
    ("Accounts and users", Who.MANAGER, "change", "leave somebody out of a profile, or take in again",
     "exclude-account include-account exclude-user include-user"),
    ("Accounts and users", Who.MANAGER, "see", "open what deletes somebody", "delete-account delete-user"),
    ("Accounts and users", Who.MANAGER, "change", "delete users and accounts", "delete-account delete-user"),
    ("Accounts and users", Who.MANAGER, "see", "download all that is held of somebody", "held-account held-user"),
    ("Accounts and users", Who.MANAGER, "ask", "act on ticked rows", "act-on-accounts act-on-users"),
    ("Accounts and users", Who.MANAGER, "change", "act on ticked rows",
     "begin-on-accounts begin-on-users retry-batch"),
    ("Search", Who.MEMBER, "see", LOOK, "search"),
    ("Segments", Who.MEMBER, "see", LOOK, "segments segment segment-file new-segment edit-segment"),
    ("Segments", Who.MEMBER, "ask", "try a rule", "new-segment edit-segment"),
    ("Segments", Who.MANAGER, "save", "change segments", "new-segment edit-segment"),
    ("Segments", Who.MANAGER, "change", "change segments", "delete-segment fill-segment"),
    ("Journeys", Who.MEMBER, "see", LOOK, "journeys journey new-journey edit-journey"),
    ("Journeys", Who.MEMBER, "ask", "try stages", "new-journey edit-journey"),
    ("Journeys", Who.MANAGER, "save", "change journeys", "new-journey edit-journey"),
    ("Journeys", Who.MANAGER, "change", "change journeys", "ready-journey delete-journey"),
    ("Automations", Who.MEMBER, "see", LOOK,
     "automations automation automation-log automation-looked-back new-automation edit-automation"),
    ("Automations", Who.MEMBER, "ask", "try one, and look back", "new-automation edit-automation"),
    ("Automations", Who.MANAGER, "save", "change automations", "new-automation edit-automation"),
    ("Automations", Who.MANAGER, "change", "switch automations on and off", "switch-automation"),
    ("Automations", Who.MANAGER, "change", "delete automations", "delete-automation"),
    ("Automations", Who.MANAGER, "change", "have things tried again", "retry-automation"),
    ("Automations", Who.MANAGER, "change", "change where webhooks go", "automation-address"),
    ("Views", Who.MEMBER, "see", LOOK,
     "events-view events-view-file event-view features-view features-view-file feature-view"),
    ("Profiles", Who.MEMBER, "see", LOOK, "profiles profile new-profile backtest"),
    ("Profiles", Who.MEMBER, "ask", "try a draft, and see whom it would move",
     "profile new-profile preview differences"),
    ("Profiles", Who.EDITOR, "save", "change profiles", "profile"),
    ("Profiles", Who.MANAGER, "save", "change profiles", "new-profile"),
    ("Profiles", Who.MANAGER, "change", "say who sees a profile", "save-access"),
    ("General", Who.MEMBER, "see", LOOK, "settings"),
    ("General", Who.MANAGER, "change", "change the time zone", "time-zone"),
    ("General", Who.MANAGER, "change", "change API tokens", "new-token revoke-token"),
    ("General", Who.MANAGER, "change", "make a staging product", "staging"),
    ("Team", Who.MEMBER, "see", LOOK, "team"),
    ("Team", Who.MEMBER, "change", "invite somebody", "invite"),
    ("Team", Who.MEMBER, "change", "withdraw an invitation", "withdraw-invitation"),
    ("Team", Who.MEMBER, "change", "leave the team", "leave-team"),
    ("Team", Who.MANAGER, "change", "change roles", "change-role"),
    ("Team", Who.MANAGER, "change", "remove members", "remove-member"),
    ("Team", Who.OWNER, "change", "make links for a new password", "reset-member"),
    ("Team", Who.ANYBODY, "see", "open an invitation", "join"),
    ("Team", Who.ANYBODY, "change", "take an invitation", "join"),
    ("Features", Who.MEMBER, "see", LOOK, "features feature new-feature"),
    ("Features", Who.MANAGER, "change", "change features", "feature new-feature change-feature"),
    ("Configuration", Who.MEMBER, "see", LOOK, "configuration"),
    ("Configuration", Who.MANAGER, "change", "change the configuration", "save-configuration save-domains"),
    ("Keys", Who.MEMBER, "see", LOOK, "keys"),
    ("Keys", Who.MANAGER, "see", "open a key to change it", "new-key ingest-key"),
    ("Keys", Who.MANAGER, "change", "change keys", "new-key ingest-key switch-key rotate-key delete-key"),
    ("Connect data", Who.MEMBER, "see", LOOK, "connect"),
    ("Connections", Who.MEMBER, "see", LOOK,
     "connections connection connection-records connection-ledger connection-check"),
    ("Connections", Who.MANAGER, "see", "open what changes a connection",
     "connection-mode connection-fields connection-segment-lists disconnect begin-tool"),
    ("Connections", Who.MANAGER, "ask", "send a test message", "test-connection"),
    ("Connections", Who.MANAGER, "change", "connect tools", "connect-tool"),
    ("Connections", Who.MANAGER, "change", "change connections",
     "connection-mode connection-fields connection-segment-lists sync-now sync-interval connection-retry disconnect"),
    ("Mappings", Who.MEMBER, "see", LOOK, "mappings mapping new-mapping"),
    ("Mappings", Who.MEMBER, "ask", "try them on a call", "mapping new-mapping try-mappings"),
    ("Mappings", Who.MANAGER, "save", "change mappings", "mapping new-mapping"),
    ("Mappings", Who.MANAGER, "change", "change mappings", "change-mapping reset-mappings"),
    ("Import", Who.MEMBER, "see", LOOK, "imports import-errors"),
    ("Import", Who.MANAGER, "change", "import files", "imports stop-import go-on-import delete-import"),
    ("Debugger", Who.MEMBER, "see", LOOK, "debugger"),
    ("Ingest health", Who.MEMBER, "see", LOOK, "ingest-health"),
    ("Ingest health", Who.MANAGER, "change", "change the caps", "caps"),
    ("Ingest health", Who.MANAGER, "change", "mute what is silent", "mute"),
    ("Privacy", Who.MEMBER, "see", LOOK, "privacy"),
    ("Privacy", Who.MEMBER, "ask", "look whether an id was deleted", "privacy"),
    ("Privacy", Who.MANAGER, "see", "download receipts", "receipt"),
    ("Privacy", Who.MANAGER, "change", "let a deleted id be sent again", "lift-deletion"),
    ("Privacy", Who.MANAGER, "change", "say how long daily counts are kept", "keep-days"),
    ("Audit log", Who.OWNER, "see", "read the audit log", "audit audit-file"),
    ("Signing in", Who.ANYBODY, "see", "open the page",
     "account_login account_logout account_inactive account_reset_password account_reset_password_done "
     "account_reset_password_from_key account_reset_password_from_key_done sign-in-code account_confirm_email"),
    ("Signing in", Who.ANYBODY, "see", "sign in with OpenID Connect", "openid-begin openid-done"),
    ("Signing in", Who.ANYBODY, "change", "sign in", "account_login sign-in-code"),
    ("Signing in", Who.ANYBODY, "change", "sign out", "account_logout"),
    ("Signing in", Who.ANYBODY, "ask", "ask for a new password", "account_reset_password"),
    ("Signing in", Who.ANYBODY, "change", "choose a new password", "account_reset_password_from_key"),
    ("Signing in", Who.ANYBODY, "change", "confirm an e-mail address", "account_confirm_email"),
    ("You", Who.PERSON, "see", LOOK,
     "you account_change_password code-on code-off recovery-codes"),
    ("You", Who.PERSON, "change", "change their name", "save-you"),
    ("You", Who.PERSON, "change", "change their password", "account_change_password"),
    ("You", Who.PERSON, "change", "ask for the mail that confirms their address", "confirm-address"),
    ("You", Who.PERSON, "change", "protect their sign-in with codes",
     "code-on code-off recovery-codes"),
    ("You", Who.PERSON, "change", "sign out other devices", "end-session end-sessions"),
    ("For everybody", Who.ANYBODY, "see", "read what the API answers", "api-docs"),
    ("For everybody", Who.ANYBODY, "see", "open the link in a mail", "mails"),
    ("For everybody", Who.ANYBODY, "change", "say whether they want such mails, by that link", "mails"),
    ("For everybody", Who.ANYBODY, "see", "see every part (in debug only)", "style"),
    ("For everybody", Who.ANYBODY, "see", "see the icon", "favicon"),
)  # fmt: skip

# Who comes back from another site is asked again who he is, by the view: the address does not say for which product.
BY_THEMSELVES = {
    "tool-done": "the person who went to the tool from Settings > Connections, as an owner or manager",
    "intercom-webhooks": "Intercom, with a signature",
    "intercom-uninstalled": "anybody; a hint that is checked with Intercom",
    "slack-events": "Slack, with a signature",
    "api-unknown": "anybody; it says that there is no such address",
}
OF_THE_API = ("api", "bare")  # namespaces whose every address asks for an API token of one product

TABLE = tuple(Action(page, name, how, who, do) for page, who, how, do, names in _ROWS for name in names.split())
_BY_ADDRESS = {(action.name, action.how): action for action in TABLE}
assert len(_BY_ADDRESS) == len(TABLE), "an action stands in the table twice"
PAGE_OF = {action.name: action.page for action in TABLE}


def hows(name: str) -> list[str]:
    """What can be done at an address: some of see, ask, change, save; nothing for one that is not in the table."""
    return [how for how in ("see", "ask", "change", "save") if (name, how) in _BY_ADDRESS]


def action_at(name: str, how: str) -> Action:
    """Raises KeyError."""
    return _BY_ADDRESS[name, how]


WHO_WORDS = {
    Who.ANYBODY: "anybody",
    Who.PERSON: "who is signed in",
    Who.MEMBER: "every member",
    Who.EDITOR: "owners, managers, members who were given the profile",
    Who.MANAGER: "owners, managers",
    Who.OWNER: "owners",
}

_HEAD = """# Permissions

Who may do what. Accoil guards every address by this table, and a test walks all of them in every role. This page is
made from it: `python -m accoil.show.permissions > docs/reference/permissions.md`.

* **Owner**: everything; a team always has one. **Manager**: everything but what is for owners alone. **Team Member**:
  looks, and may invite.
* Owners give every role. Managers make managers and team members, and leave owners alone. A team member invites team
  members.
* A profile can be kept from a team member, or given to them to change: *Profiles > a profile > Who sees it*. Owners and
  managers see and change all.
* Somebody of another team finds nothing: the same answer as for an address that is none (404). Strangers are sent to
  sign in.
* Whoever may see a form may try things in it; saving is what is guarded.
* What changes something writes a line into the [audit log](../guide/team.md#the-audit-log).

| page | what | who | audit log |
|---|---|---|---|
"""

_TAIL = """
The read API asks for an [API token](api.md) of one product at every address; a person's sign-in opens none of it.
Addresses that decide by themselves:

"""


def page() -> str:
    """docs/reference/permissions.md."""
    rows = [f"| {page} | {do} | {who} | {'a line' if changes else ''} |\n" for page, do, who, changes in _lines()]
    alone = [f"* `{name}`: {who}.\n" for name, who in BY_THEMSELVES.items()]
    return _HEAD + "".join(rows) + _TAIL + "".join(alone)


def _lines() -> Iterator[tuple[str, str, str, bool]]:
    """One for each thing that can be done on a page, however many addresses do it."""
    for (page, do, who, changes), _ in groupby(TABLE, key=lambda each: (each.page, each.do, each.who, each.changes)):
        yield page, do, WHO_WORDS[who], changes


if __name__ == "__main__":
    print(page(), end="")
