"""What a tool that can be connected is made of. Adding one touches its own file or folder, and the list in `tools.py`.

Errors say who must act: TryLater nobody, SignInAgain an owner or manager, Rejected whoever wrote the value, Gone the
matching.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

import msgspec

from accoil.connect.troubles import Check, Sees, no_checks
from accoil.count.ids import Kind

Value = str | int | None  # None clears what was written before
Type = Literal["text", "integer", "date"]  # a date is told as an ISO day; the tool turns it into its own


class ToolError(Exception):
    """`reason` is a sentence for people, without secrets; `code`, `status` and `request_id` are the tool's own."""

    def __init__(self, reason: str, *, code: str = "", status: int | None = None, request_id: str = "") -> None:
        super().__init__(reason)
        self.reason, self.code, self.status, self.request_id = reason, code, status, request_id
        self.lost = False  # whether an earlier try may have been taken, and its answer did not come


class TryLater(ToolError):
    """Nothing is wrong with what was asked. `after` is in seconds, None when the tool did not say. `limited`: it was
    too much in too short a time, which does not count as an attempt."""

    def __init__(self, reason: str, *, after: float | None = None, limited: bool = False, **told: Any) -> None:
        super().__init__(reason, **told)
        self.after, self.limited = after, limited


class OutOfTime(TryLater):
    """The end came that whoever asks had set himself, which does not say that the tool does not work."""

    def __init__(self) -> None:
        super().__init__("It did not answer in time.")


class Closed(TryLater):
    """Its connection was ended while it was being asked: nothing more is said in its name."""

    def __init__(self) -> None:
        super().__init__("It was disconnected in the meantime.", limited=True)


class SignInAgain(ToolError):
    """The tool no longer knows us: the connection stops until somebody of the team connects it again."""


class Rejected(ToolError):
    """It will be refused every time until somebody changes something."""


class Gone(ToolError):
    """The record is no longer there. `moved_to` is the id of what it was merged into, if it was."""

    def __init__(self, reason: str, *, moved_to: str | None = None, **told: Any) -> None:
        super().__init__(reason, **told)
        self.moved_to = moved_to


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is asked for when a tool is connected, or when an action is chosen."""

    name: str
    label: str
    help: str = ""
    # address: see guard.check_address; several: of what the action offers, with commas between
    type: Literal["text", "secret", "choice", "long_text", "address", "several"] = "text"
    begins: str = ""  # what stands in it until somebody writes something else
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = True


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """Something that we write to matched records of the other tool. `name` is unique in a connection, ignoring case."""

    kind: Kind
    name: str
    type: Type
    words: str  # for people: "Accoil TrialUsers Score"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A user of a product, as the other tool could know them. `entity` is our id, `tracking_id` the sender's; `email`
    has small letters."""

    entity: int
    tracking_id: str
    email: str = ""


class Firm(msgspec.Struct, frozen=True, kw_only=True):
    """An account of a product, with its matched users: (entity, the other tool's id). `domain` as it was told."""

    entity: int
    tracking_id: str
    product: int = 0
    name: str = ""
    domain: str = ""
    active_users: int = 0
    users: tuple[tuple[int, str], ...] = ()


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """`remote_id` is None when nobody was found, or several were: `reason` tells which, in a sentence."""

    entity: int
    remote_id: str | None
    matched_by: str = ""  # "e-mail", "e-mail and external id", "company id", "the user's only company", "name"
    ambiguous: bool = False
    reason: str = ""


class Session(Protocol):
    """A tool, spoken to as one connection. Everything may raise TryLater or SignInAgain."""

    def places_left(self) -> int | None:
        """How many more attributes fit, None without a limit."""

    def ensure(self, attribute: Attribute) -> str:
        """Makes the attribute, or takes an archived one of that name out again; its id there. Raises Rejected."""

    def archive(self, attribute: Attribute, remote_id: str) -> None:
        """Raises Rejected when something there still depends on it. One that is archived already is no error."""

    def clean_up(self) -> None:
        """What else we made there goes: the connection ends, and its attributes are archived."""

    def match_users(self, people: Sequence[Person]) -> Iterator[Match]:
        """One for each, in any order."""

    def match_accounts(self, firms: Sequence[Firm]) -> Iterator[Match]:
        """One for each, in any order."""

    def write(self, kind: Kind, remote_id: str, values: dict[str, Value]) -> dict[str, Value]:
        """Attribute → value; returns what the tool says it kept of them. Writing the same again does no harm.
        Raises Rejected, Gone."""

    def read(self, kind: Kind, remote_id: str, names: Iterable[str]) -> dict[str, Value]:
        """What stands there now, to find drift. Raises Gone."""

    def perform(self, action: str, kind: Kind, remote_id: str, values: dict[str, str]) -> str:
        """Does an action of the tool's to a record; returns what happened, in words. Raises Rejected, Gone."""


class Batching(Session, Protocol):
    """One that writes many records in one call."""

    def write_many(self, kind: Kind, values: dict[str, dict[str, Value]]) -> Mapping[str, dict[str, Value] | ToolError]:
        """As `write`, remote id → values; for each what is kept, or why it was not written. One that cannot be written
        keeps no other from being."""

    def write(self, kind: Kind, remote_id: str, values: dict[str, Value]) -> dict[str, Value]:
        kept = self.write_many(kind, {remote_id: values})[remote_id]
        if isinstance(kept, ToolError):
            raise kept
        return kept


FEED = "feed"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What an action that goes to no record tells: `key` is the same whenever the same is sent again, `type` such as
    "automation.fired", `product` its id (0 of a test), `data` can be written as JSON. Of a FEED it holds `feed`,
    `feed_id`, `title`, `link`, `when` that was, `product`, `profile`, `subject`, `news` (of each card its number in
    words), `quiet` (titles of the cards without any) and `cards`: `title`, `total`, `lines` of `entity`, `name`,
    `text`, `about` (who they are), `why` and `link`, and how many `more` there are. What was queued by an earlier
    version has `title`, `link` and `cards` of `name`, `text` and `link` alone."""

    key: str
    type: str
    at: datetime
    data: dict[str, Any]
    product: int = 0


class Sender(Protocol):
    """A tool, for actions that go to no record there."""

    def send(self, action: str, values: dict[str, str], message: Message) -> str:
        """Does it once; returns what happened, in words. Raises TryLater, SignInAgain, Rejected."""


Told = Sequence[tuple[Mapping[str, str], Message]]  # values of an action, and what it tells


class Together(Sender, Protocol):
    """One that can tell several things at once."""

    def send_all(self, action: str, told: Told) -> str:
        """The same for several, in one message."""


Offer = tuple[str, str]  # a value and its words


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What an automation, or a person with ticked rows, can have a tool do. `needs_match`: to a record there that was
    matched with our user or account; else the action gets no record. `together`: a field; what comes in a burst with
    the same in it is told in one message, and a minute passes before the next one. `one_each`: a field that holds
    several, each of which is a delivery of its own. `offers` (team, name of a field): what can be chosen there; it may
    ask the tool, and raises its errors. `check` (team, values): raises Refused. `preview`: what would be seen there, as
    ("head", "text" or "note", HTML)."""

    key: str  # as in definition files: intercom_tag
    label: str  # Add Tag in Intercom
    fields: tuple[Field, ...] = ()
    kinds: tuple[Kind, ...] = ("user", "account")
    needs_match: bool = True
    by_hand: str = ""  # how it is called in a list's Actions: Add Intercom Tag; "" when not offered there
    together: str = ""
    one_each: str = ""
    offers: Callable[[Any, str], list[Offer]] = lambda team, field: []
    check: Callable[[Any, Mapping[str, str]], None] = lambda team, values: None
    preview: Callable[[Mapping[str, str], Message], list[tuple[str, str]]] | None = None


def no_records(connection: Any) -> Session:
    raise Rejected("This tool keeps no records of people or companies.")


class Joining(msgspec.Struct, frozen=True, kw_only=True):
    """How a team comes to a connection: `by_token` (team, author, what was pasted, by the name of the field), or by
    signing in there, which the server offers once it has an app of its own: at the page of `sign_in` (place, state, way
    back), then `by_code` (team, author, code, place, way back; with_pkce: and `verifier`). `places`: where one may sign
    in, key and words; `other_place`: or what one types, which `read_place` checks. All may raise Refused. The rest
    is for the page: `steps` to an app of one's own, and its `addresses` (path, words)."""

    by_token: Callable[[Any, Any, dict[str, str]], Any]
    offers_sign_in: Callable[[], bool] = lambda: False
    sign_in: Callable[[str, str, str], str] = lambda place, state, back: ""
    by_code: Callable[..., Any] | None = None
    with_pkce: bool = False
    other_place: Field | None = None
    read_place: Callable[[str], str] = lambda typed: typed
    places: tuple[tuple[str, str], ...] = (("", ""),)
    which: str = ""  # of the places is one's own
    pasted: str = ""  # what one pastes, and from where
    own_app: str = ""
    own_app_title: str = "An app of your own"
    steps: tuple[str, ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()
    to_copy: Callable[[str], str] | None = None  # (address of this server): what is pasted there


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """`joining`: how it is connected, None where that is done otherwise. `good_for`: in a sentence. `places`: the most
    attributes it keeps, None where that is not known beforehand. `at_once`: records in one write; with more than one
    its sessions are Batching. `calls_a_second`: about what half of its usual limit allows. `lone_accounts`: it is asked
    for accounts of which no user was matched, too. `by_email`: not for users without an address. `reads_back`: it tells
    what stands there. `opened` makes a session of a saved connection, `sending` a sender. `retries`: seconds before
    each further try of what it sends, where others than usual are asked for; when nothing arrived in all that time, the
    connection is switched off. `connection_of` (team, values of an action): what the action goes
    through, where that is not simply the team's connection to the tool. `closed` (id of a connection) drops
    all that is kept of it in memory, its secrets with it; whoever goes on with a session of it gets Closed.
    `archives_with`: the secrets that are needed to archive what was written. `checks`: what troubleshooting looks at
    beside what all tools share; `hints` for people: whose attributes, or accounts, are missing, how it is found who is
    who, where to see attributes, and what happens at the end. `missing`: what the operator has to set up first.
    `address` (of a connection): where it is asked, where the operator and not a team says so. `offers_fields`
    (connection, attribute): into which fields of its own an attribute could go, where a team chooses that; "" is where
    it goes unless another is chosen. It may ask the tool, and raises its errors. `segment_list` (connection, attribute
    with the names of segments, one of them): makes a list there of whoever is in it; returns what happened, in words,
    and raises the tool's errors. `give_back` (of a connection that ends before all was archived): what it was let in
    with is worth nothing more; it may raise."""

    key: str  # intercom
    name: str  # Intercom
    fields: tuple[Field, ...]
    actions: tuple[Action, ...] = ()
    syncs: bool = True
    good_for: str = ""
    joining: Joining | None = None
    places: int | None = None
    at_once: int = 1
    calls_a_second: int = 80
    lone_accounts: bool = False
    by_email: bool = True
    reads_back: bool = True
    opened: Callable[[Any], Session] = no_records
    sending: Callable[[Any], Sender] | None = None
    retries: tuple[float, ...] = ()
    connection_of: Callable[[Any, dict[str, str]], Any] | None = None
    closed: Callable[[int], None] = lambda connection: None
    address: Callable[[Any], str] | None = None
    offers_fields: Callable[[Any, Attribute], list[Offer]] | None = None
    give_back: Callable[[Any], None] = lambda connection: None
    segment_list: Callable[[Any, Attribute, str], str] | None = None
    archives_with: tuple[str, ...] = ()
    checks: Callable[[Any, Sees], list[Check]] = no_checks
    hints: dict[Literal["attributes", "accounts", "matching", "view", "ending"], str] = {}
    missing: Callable[[], str] = lambda: ""
