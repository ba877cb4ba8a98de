"""Calls of the widget, answered many at once: what is asked of the database and the store is asked for all together, so
that the second call costs next to nothing."""

from collections.abc import Iterable, Sequence
from concurrent.futures import Future

import msgspec
import structlog

from accoil.connect.intercom.signed import INTERCOM, is_signed, secrets_of
from accoil.connect.models import Connection, State
from accoil.score.book import Book
from accoil.show.inbox import opened, parts, states, switching, tabs
from accoil.show.inbox.asked import Asked, Unreadable, read
from accoil.show.inbox.books import Books
from accoil.show.inbox.choosing import View, choose
from accoil.show.inbox.figures import Figures, figures
from accoil.show.inbox.finding import find
from accoil.show.inbox.info import info
from accoil.show.inbox.looked import Looked
from accoil.show.inbox.parts import Part, canvas
from accoil.show.inbox.remembering import Chosen
from accoil.show.inbox.standing import Standing, standing

NAMES = (("summary", "Summary"), ("account", "Account"), ("user", "User"), ("info", "Info"))
DRAWN = {"summary": tabs.summary, "account": tabs.account, "user": tabs.user, "info": info}

log = structlog.get_logger()


class Call(msgspec.Struct, frozen=True):
    """`raw`: the exact bytes that were signed. `origin`: where links go out from, scheme and host; "" for no links.
    `waited`: it has waited for a newer book, and takes the one there is. `hurried`: it takes older numbers, if any
    are there of the person."""

    raw: bytes
    signature: str
    origin: str = ""
    waited: bool = False
    hurried: bool = False


class Answer(msgspec.Struct, frozen=True):
    """`canvas` is None for a call that is not proven to come from the workspace it names. `chosen`: to be kept."""

    canvas: Part | None
    chosen: Chosen | None = None


Answered = Answer | Future[Book]  # which will be there when the call is worth asking again


def answer(books: Books, calls: Sequence[Call]) -> list[Answered]:
    """One for each, in their order. Never raises for what somebody sent."""
    told: list[Answered] = [Answer(None)] * len(calls)
    for connection, proven in _proven(calls).items():
        places = [place for place, _ in proven]
        asked = [each for _, each in proven]
        found = _together(books, connection, asked, [calls[place] for place in places])
        for place, each in zip(places, found, strict=True):
            told[place] = each
    return told


def _proven(calls: Sequence[Call]) -> dict[Connection, list[tuple[int, Asked]]]:
    """Calls, by their places, that are signed with a secret of the workspace that they name."""
    asked: dict[int, Asked] = {}
    for place, call in enumerate(calls):
        try:
            asked[place] = read(call.raw)
        except Unreadable:
            continue
    workspaces = {each.workspace for each in asked.values() if each.workspace}
    ended = (State.DISCONNECTED, State.DISCONNECTING)
    live = Connection.objects.filter(tool=INTERCOM, workspace__in=workspaces).exclude(state__in=ended)
    connections = {each.workspace: (each, secrets_of(each)) for each in live}
    proven: dict[Connection, list[tuple[int, Asked]]] = {}
    for place, each in asked.items():
        if each.workspace not in connections:
            continue
        connection, secrets = connections[each.workspace]
        is_proven = is_signed(secrets, calls[place].raw, calls[place].signature)
        opened.note(connection.pk, is_proven)
        if is_proven:
            proven.setdefault(connection, []).append((place, each))
    return proven


def _together(books: Books, connection: Connection, asked: Sequence[Asked], calls: Sequence[Call]) -> list[Answered]:
    """If one of them breaks it, the others are answered all the same."""
    try:
        return _answers(books, connection, asked, calls)
    except Exception:
        if len(asked) == 1:
            log.exception("a call of the inbox widget could not be answered", connection=connection.pk)
            return [Answer(states.try_again())]
    return [_together(books, connection, [one], [call])[0] for one, call in zip(asked, calls, strict=True)]


def _answers(books: Books, connection: Connection, asked: Sequence[Asked], calls: Sequence[Call]) -> list[Answered]:
    there = standing(connection, {each.email for each in asked}, {each.teammate for each in asked})
    whos = find(connection, there, [each.contact for each in asked])
    views = [choose(each, there, some) for each, some in zip(asked, whos, strict=True)]
    seen = _seen(books, (view for view in views if isinstance(view, View)))
    told: list[Answered] = []
    for each, view, call in zip(asked, views, calls, strict=True):
        if not isinstance(view, View):
            told.append(Answer(states.empty(view, each.contact)))
            continue
        found = seen[view.profile.pk]
        if isinstance(found, Future):
            told.append(found)
            continue
        looked = Looked(view, found, each.contact, there.products, call.origin)
        is_old = looked.user is None or not (found.is_recent or call.hurried)
        if found.newer and is_old and not call.waited:
            told.append(found.newer())  # without a user: they may have come a moment ago
            continue
        told.append(Answer(drawn(looked), _chosen(connection, there, each, view)))
    return told


def _seen(books: Books, views: Iterable[View]) -> dict[int, Figures | Future[Book]]:
    """By profile."""
    by_profile: dict[int, list[View]] = {}
    for view in views:
        by_profile.setdefault(view.profile.pk, []).append(view)
    return {profile: figures(books, some) for profile, some in by_profile.items()}


def drawn(looked: Looked) -> Part:
    view = looked.view
    stored = {"tab": view.tab, "product": str(view.product.pk), "profile": str(view.profile.pk)}
    if looked.account:
        stored["account"] = str(looked.account["id"])
    if view.listing:
        return canvas(switching.listing(looked, *view.listing), stored)
    return canvas([parts.tabs(view.tab, NAMES), *DRAWN[view.tab](looked), *switching.bottom(looked)], stored)


def _chosen(connection: Connection, there: Standing, asked: Asked, view: View) -> Chosen | None:
    """What is to be remembered of a press, if it is anything new."""
    choice = there.choices.get(asked.teammate)
    if not asked.pressed or not asked.teammate:
        return None
    before = choice.profiles if choice and isinstance(choice.profiles, dict) else {}
    known = {product: profile for product, profile in before.items() if product in map(str, there.products)}
    profiles = {**known, str(view.product.pk): str(view.profile.pk)}
    if choice and choice.tab == view.tab and before == profiles:
        return None
    return Chosen(connection.pk, asked.teammate, view.tab, profiles)
