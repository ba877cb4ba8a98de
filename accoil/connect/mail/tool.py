"""E-mail through the server's mail server, to members of the team: nobody else is ever written to."""

from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils.html import escape

from accoil.connect.connection import FEED, Action, Field, Message, Offer, Rejected, Told, Tool
from accoil.connect.mail.digest import digest
from accoil.connect.mail.letter import Letter
from accoil.connect.mail.parts import Line, Part
from accoil.connect.mail.sending import missing, send
from accoil.connect.models import Connection, State
from accoil.connect.muted import ALERTS, Link
from accoil.refused import Refused
from accoil.team.models import Team, User

MAIL = "email"
OWNER = "owner"


class Mail:
    """Sends to members of one team."""

    def __init__(self, connection: Connection) -> None:
        self._team = connection.team

    def send(self, action: str, values: dict[str, str], message: Message) -> str:
        return self.send_all(action, [(values, message)])

    def send_all(self, action: str, told: Told) -> str:
        values, first = told[0]
        to = recipient(self._team, values["to"], first)
        feed = first.data.get("feed_id") if first.type == FEED else None
        stop = Link(self._team, to.email, f"feed {feed}" if feed else ALERTS)
        if stop.is_muted:
            return (
                f"{to} does not want {'this feed' if feed else 'e-mails of automations'} any more, so nothing was sent."
            )
        if feed:
            send(self._team.pk, digest(self._team, to.email, first, stop).message())
            return f"Sent to {to.email}."
        parts = [part(*each) for each in told]
        about = subject(values, first) if len(told) == 1 else f"{len(told)} alerts, the first: {subject(values, first)}"
        usual = f"You get this as a member of {self._team}: an automation there is set to tell you."
        why = first.data.get("you_get") or usual
        made = Letter(key=first.key, to=to.email, subject=about, parts=parts, why=why, stop=stop)
        send(self._team.pk, made.message())
        return f"Sent to {to.email}{f': {len(told)} alerts in one e-mail' if len(told) > 1 else ''}."


def recipient(team: Team, to: str, message: Message) -> User:
    """Raises Rejected: what anybody's traits say may name a member, and nobody else."""
    members = User.objects.filter(memberships__team=team, is_active=True)
    if to != OWNER:
        found = members.filter(email=to.lower()).first()
        if found is None:
            raise Rejected(f"{to} is not a member of {team} any more. Edit the automation, and choose somebody else.")
        return found
    account = message.data.get("account") or {}
    owner = str(account.get("owner") or "").strip()
    if not owner:
        which = "Settings > Configuration says which trait names the owner of an account."
        raise Rejected(f"{account.get('name') or 'The user’s account'} has no owner. {which}")
    named = members.filter(email=owner.lower()).first() or _only(members.filter(name__iexact=owner))
    if named is None:
        raise Rejected(f"The owner, “{owner[:100]}”, is no member of {team}, by e-mail address or by name.")
    return named


def _only(found: QuerySet[User]) -> User | None:
    several = list(found[:2])
    return several[0] if len(several) == 1 else None


def subject(values: Mapping[str, str], message: Message) -> str:
    return values.get("subject", "").strip() or f"{_who(message)}: {message.data.get('automation', 'Accoil')}"


def part(values: Mapping[str, str], message: Message) -> Part:
    why = str(message.data.get("because", ""))
    text = values.get("text", "").strip()
    name, link = _who(message), str(message.data.get("link", ""))
    lines = [Line(name=name, link=link), Line(text=text or why)]
    return Part(lines=lines, note=why if text else str(message.data.get("profile", "")))


def _who(message: Message) -> str:
    about = message.data.get("user") or message.data.get("account") or {}
    return str(about.get("name") or about.get("id") or "Somebody")


def through(team: Team, values: Mapping[str, str]) -> Connection:
    """The team's own lane to the mail server."""
    made, _ = Connection.objects.exclude(state=State.DISCONNECTED).get_or_create(
        tool=MAIL, workspace=str(team.pk), defaults={"team": team}
    )
    return made


def offers(team: Team, field: str) -> list[Offer]:
    if field != "to":
        return []
    members = User.objects.filter(memberships__team=team, is_active=True).order_by("name", "email")
    owner = (OWNER, "The account's owner")
    return [owner, *((each.email, f"{each.name} ({each.email})" if each.name else each.email) for each in members)]


def check(team: Team, values: Mapping[str, str]) -> None:
    """Raises Refused."""
    known = [value for value, _ in offers(team, "to")]
    for each in (part.strip() for part in values.get("to", "").split(",")):
        if each and each.lower() not in known:
            raise Refused(f"to: {each} is not a member of the team; invite them first, or choose {OWNER}.")


def preview(values: Mapping[str, str], message: Message) -> list[tuple[str, str]]:
    told = part(values, message)
    who, what = told.lines
    shown = [("note", f"Subject: {subject(values, message)}"), ("text", who.name), ("text", what.text)]
    return [(kind, escape(text)) for kind, text in [*shown, ("note", told.note)]]


TOOL = Tool(
    key=MAIL,
    name="E-mail",
    fields=(),
    syncs=False,
    missing=missing,
    sending=Mail,
    connection_of=through,
    actions=(
        Action(
            key=MAIL,
            label="Send an e-mail",
            fields=(
                Field(name="to", label="To", type="several"),
                Field(name="subject", label="Subject", required=False,
                      help="Left empty: who it is about, and the automation's name."),
                Field(name="text", label="Text", type="long_text", required=False,
                      help="Left empty, it says why the automation fired."),
            ),
            needs_match=False,
            together="to",
            one_each="to",
            offers=offers,
            check=check,
            preview=preview,
        ),
    ),
)  # fmt: skip
