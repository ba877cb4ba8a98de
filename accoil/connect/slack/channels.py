"""The channels of a workspace, listed page by page and kept for a while: listing takes long, and may be done rarely."""

import threading

import msgspec

from accoil.connect.connection import ToolError, TryLater
from accoil.connect.models import Connection
from accoil.connect.now import now
from accoil.connect.rate import Lane
from accoil.connect.slack.speaking import Speaker, speaker_of

KEPT = 600.0  # seconds
AT_ONCE = 999  # the most that Slack takes; it may send fewer
MOST = 10_000
HOOK = "hook "  # what the names of incoming webhooks among the secrets begin with


class Channel(msgspec.Struct, frozen=True):
    id: str
    name: str  # with its #
    is_private: bool = False


_kept: dict[int, tuple[str, float, list[Channel]]] = {}  # connection → (secrets then, until when, what was found)
_begun: dict[int, tuple[str, str, list[Channel]]] = {}  # the same of a list that was broken off: (…, cursor, …)
_limits: dict[int, Lane] = {}  # of listing, so that a list that is refused holds no message back
_keeping = threading.Lock()


def channels(connection: Connection) -> list[Channel]:
    """Those that the app sees, by name: public ones, and private ones that it is in. Of a list that is long for Slack
    the first ones; whoever asks next goes on with it. Raises the tool's errors when there are none yet."""
    with _keeping:
        secret, until, found = _kept.get(connection.pk, ("", 0.0, []))
        limits = _limits.setdefault(connection.pk, Lane())
    if secret == connection.secret and now() < until:
        return found
    is_whole, found = _listed(connection, limits)
    found = sorted(found, key=lambda each: each.name)
    if is_whole:
        with _keeping:
            _kept[connection.pk] = (connection.secret, now() + KEPT, found)
    return found


def forget(connection: int) -> None:
    with _keeping:
        _kept.pop(connection, None)
        _begun.pop(connection, None)
        _limits.pop(connection, None)


def hooks(connection: Connection) -> dict[str, str]:
    """Channel → address of an incoming webhook that goes there."""
    kept = connection.secrets
    return {name.removeprefix(HOOK): url for name, url in kept.items() if name.startswith(HOOK)}


def known(connection: Connection) -> list[str]:
    """What can be chosen. Raises the tool's errors."""
    own = hooks(connection)
    listed = channels(connection) if connection.secrets.get("token") else []
    return list(dict.fromkeys([*own, *(each.name for each in listed)]))


def is_id(called: str) -> bool:
    """Whether somebody wrote down what Slack itself calls it: C0123ABCD."""
    return called[:1] in ("C", "G") and called.isalnum() and called.isupper() and len(called) > 7


def id_of(connection: Connection, called: str) -> str:
    """What Slack knows a channel by. One that the list does not hold is left to Slack to find."""
    if is_id(called):
        return called
    try:
        listed = channels(connection)
    except ToolError:
        listed = []
    return next((each.id for each in listed if each.name == called.lower()), called)


def _listed(connection: Connection, limits: Lane) -> tuple[bool, list[Channel]]:
    """Whether those are all, and what was found up to now."""
    speaker = speaker_of(connection, limits)
    with _keeping:
        secret, cursor, before = _begun.pop(connection.pk, ("", "", []))
    found = before if secret == connection.secret else []
    cursor = cursor if found else ""
    try:
        while len(found) < MOST:
            some, cursor = _page(connection, speaker, cursor)
            found = found + some
            if not cursor:
                break
    except TryLater:
        if not found:
            raise
        with _keeping:
            _begun[connection.pk] = (connection.secret, cursor, found)
        return False, found
    return True, found


def _page(connection: Connection, speaker: Speaker, cursor: str) -> tuple[list[Channel], str]:
    """Some channels, and the cursor of the next ones; "" when there are none."""
    kinds = "public_channel,private_channel" if connection.options.get("private", True) else "public_channel"
    asked = {"types": kinds, "exclude_archived": True, "limit": AT_ONCE} | ({"cursor": cursor} if cursor else {})
    told = speaker.ask("conversations.list", **asked)
    found = [
        Channel(str(each["id"]), f"#{each.get('name', '')}", bool(each.get("is_private")))
        for each in told.get("channels") or []
    ]
    return found, str((told.get("response_metadata") or {}).get("next_cursor") or "")
