"""What a file of each type must look like. A file that looks different is refused as a whole, with a sentence."""

from collections.abc import Collection, Sequence

import msgspec

from accoil.refused import Refused

EVENTS, GROUPS, USERS, SEGMENT = "events", "groups", "users", "segment"
FIELDS = ("type", "name", "timestamp", "user_id", "group_id", "message_id", "traits")
OF_ERROR_FILES = ("line", "reason")  # so that a mended error file can be imported as it is
OF_SEGMENT = {"userId", "anonymousId", "groupId", "messageId", "event", "previousId", "originalTimestamp", "context"}


class Kind(msgspec.Struct, frozen=True):
    required: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return self.required + self.optional


KINDS: dict[str, Kind] = {
    EVENTS: Kind(("name", "timestamp", "user_id"), ("type", "group_id", "message_id")),
    GROUPS: Kind(("group_id", "timestamp"), ("user_id", "traits", "message_id")),
    USERS: Kind(("user_id", "timestamp"), ("traits", "message_id")),
}
NAMES = (*KINDS, SEGMENT)


def guess(columns: Collection[str]) -> str | None:
    """The type that a header, or the keys of a line, speak of."""
    if "user_id" in columns and ("name" in columns or "type" in columns):
        return EVENTS
    if "group_id" in columns:
        return GROUPS
    if "user_id" in columns:
        return USERS
    return SEGMENT if "type" in columns or not OF_SEGMENT.isdisjoint(columns) else None


def check_table(name: str, columns: Sequence[str], kind: str | None) -> str:
    """The type of a table, given or guessed. Raises Refused when its header does not fit; `name` is the file's."""
    kind = kind or guess(columns)
    if kind is None or kind == SEGMENT:
        known = "; ".join(f"{each}: {', '.join(KINDS[each].columns)}" for each in KINDS)
        reason = "Segment's shape comes as JSON lines" if kind else f"its first line names {_listed(columns)}"
        raise Refused(f"{name} is no table that can be imported: {reason}. Known columns are, for {known}.")
    check_known(name, columns, kind)
    needed = KINDS[kind].required
    if missing := [column for column in needed if column not in columns]:
        raise Refused(f"{name} lacks {_listed(missing)}: {kind} need {_listed(needed)} in the first line.")
    if twice := [column for column in dict.fromkeys(columns) if list(columns).count(column) > 1]:
        raise Refused(f"{name} has {_listed(twice)} more than once; keep one of each.")
    return kind


def check_known(name: str, columns: Collection[str], kind: str) -> None:
    """Raises Refused when the header, or the keys of a line, hold more than this type has."""
    known = KINDS[kind].columns
    if unknown := [column for column in columns if column not in (*known, *OF_ERROR_FILES)]:
        raise Refused(
            f"{name} has columns that {kind} do not have: {_listed(unknown)}. Take them out; "
            f"known are {_listed(known)}. Other facts belong into `traits` of users and groups."
        )


def _listed(columns: Collection[str]) -> str:
    return ", ".join(f"`{column}`" for column in list(columns)[:20]) or "nothing"
