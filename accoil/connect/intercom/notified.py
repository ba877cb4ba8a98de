"""What Intercom tells us by itself. A notification is only a reason to look: what is true, the next call says."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction

from accoil.connect import ending
from accoil.connect.connection import SignInAgain, ToolError
from accoil.connect.intercom.session import forget_company
from accoil.connect.intercom.speaking import speaker_of
from accoil.connect.models import Connection, Heard, Record, State
from accoil.connect.now import moment, now
from accoil.connect.rate import Lane
from accoil.connect.soon import soon
from accoil.count import contacts

# Parts of names: the topics' names differ from version to version ("contact.archive", "contact.archived").
ABOUT_PEOPLE = ("merge", "delete", "archive", "email", "signed_up", "created", "attach", "detach")
ABOUT_COMPANIES = ("delete", "archive", "attach", "detach")
KEPT_FOR = timedelta(days=30)
SEARCHED_LATER = timedelta(minutes=10)  # a search finds an address that is new there only after minutes
MOST = 50  # ids in one notification
ASKED_EVERY = 60.0  # seconds
_asked: dict[int, float] = {}  # connection → when it was last asked whether it is still installed

log = structlog.get_logger()


def hear(connection: Connection, told: dict[str, Any], raw: bytes) -> bool:
    """Has those looked for again whom it is about. `raw`: the body that `told` was read from. Whether it was acted
    upon: not when it was heard before, or is about nothing that matters here."""
    topic = str(told.get("topic") or "")
    if not _matters(topic):
        return False
    data = told.get("data")
    item = data.get("item") if isinstance(data, dict) else None
    notification = str(told.get("id") or hashlib.sha256(raw).hexdigest())[:100]
    try:
        with transaction.atomic():
            heard = Heard.objects.create(connection=connection, notification=notification, topic=topic[:60])
            _look_again(connection, item if isinstance(item, dict) else {})
    except IntegrityError:  # it came twice
        return False
    if heard.pk % 100 == 0:
        Heard.objects.filter(connection=connection, at__lt=moment() - KEPT_FOR).delete()
    return True


def heard_uninstall(connection: Connection) -> None:
    """Somebody says that the app was uninstalled: Intercom is asked, once a minute at most. When it no longer knows our
    token, the connection ends; what was written stays there, as nothing can be archived without a token."""
    if connection.state == State.DISCONNECTING or now() - _asked.get(connection.pk, float("-inf")) < ASKED_EVERY:
        return
    _asked[connection.pk] = now()
    try:
        with soon(connection.team_id):
            speaker_of(connection, Lane()).say("GET", "/me")
    except SignInAgain as gone:
        if gone.status == 401:
            ending.begin(connection, unless_renewed=True)
    except ToolError as wrong:
        log.warning("nobody can tell whether Intercom is still connected", connection=connection.pk, why=wrong.reason)


def _matters(topic: str) -> bool:
    of, _, what = topic.partition(".")
    parts = {"contact": ABOUT_PEOPLE, "user": ABOUT_PEOPLE, "company": ABOUT_COMPANIES}.get(of, ())
    return any(part in what for part in parts)


def _look_again(connection: Connection, item: dict[str, Any]) -> None:
    records, ids = Record.objects.filter(connection=connection), list(_ids(item))[:MOST]
    for remote_id in ids:
        forget_company(connection.pk, remote_id)
    records.filter(remote_id__in=ids).update(rematch=True)
    emails = list({email.strip().lower() for email in _texts(item, ("email", "new_email")) if email.strip()})[:MOST]
    if emails:
        products = list(connection.team.products.values_list("pk", flat=True))
        users = {user for found in contacts.by_email(products, emails).values() for user in found}
        lost = records.filter(kind="user", entity__in=users).exclude(match=Record.Is.MATCHED)
        lost.update(rematch=True, next_at=moment() + SEARCHED_LATER)


def _ids(item: dict[str, Any]) -> Iterator[str]:
    """Whatever could be the id of a contact or a company: bodies differ from topic to topic."""
    for name, value in item.items():
        if isinstance(value, str) and (name == "id" or name.endswith("_id") or name in ("from", "into")):
            yield value
        elif isinstance(value, dict):
            yield from _ids(value)


def _texts(item: dict[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    for name, value in item.items():
        if name in names and isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _texts(value, names)
