"""Connections in words: in which state one is, what a run did, what became of a record. Pure functions."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from accoil.connect.models import Connection, Entry, Pass, Record, State, Written
from accoil.show.words import ago, count, duration, listed

# What the counts of a run are called, one of them and many, in the order they are told.
COUNTED = {
    "user matched": ("user matched", "users matched"),
    "account matched": ("account matched", "accounts matched"),
    "user unmatched": ("user not found", "users not found"),
    "account unmatched": ("account not found", "accounts not found"),
    "user ambiguous": ("user with several found", "users with several found"),
    "account ambiguous": ("account with several found", "accounts with several found"),
    "written": ("written", "written"),
    "failed": ("failed", "failed"),
    "gone": ("gone there", "gone there"),
    "kept_otherwise": ("kept otherwise", "kept otherwise"),
    "archived": ("archived", "archived"),
    "read": ("read back", "read back"),
    "drifted": ("had been changed there", "had been changed there"),
    "unchanged": ("unchanged", "unchanged"),
}
ONE = {"user": "contact", "account": "company"}  # what a user and an account are called in the other tool
MANY = {"user": "contacts", "account": "companies"}
MARKS = {"written": "good", "matched": "good", "moved": "good", "failed": "bad", "skipped": ""}
REFUSED = "Something of a profile that you don't see was refused, or kept otherwise than sent."


class Told(NamedTuple):
    """`mark` is good, fair, bad, or "" for what is neither."""

    words: str
    mark: str
    why: str = ""


def state(connection: Connection | None, now: datetime, hidden: Collection[str] = ()) -> Told:
    """`hidden`: names of attributes that the reader may not see."""
    if connection is None or connection.state == State.DISCONNECTED:
        return Told("Not connected", "")
    if connection.state == State.NEEDS_RECONNECT:
        return Told("Needs reconnecting", "bad", reason(connection.problem, hidden))
    if connection.state == State.DISCONNECTING:
        return Told("Being disconnected", "fair", reason(connection.problem, hidden))
    if connection.waits_until and connection.waits_until > now:
        left = duration((connection.waits_until - now).total_seconds())
        return Told(f"Waits {left} more", "fair", reason(connection.problem, hidden))
    return Told("Connected", "good")


def counted(counts: Mapping[str, int]) -> str:
    """1 account not found, 412 written, 20 unchanged; "" when nothing was counted."""
    return ", ".join(count(counts[key], *said) for key, said in COUNTED.items() if counts.get(key))


def run(each: Pass) -> str:
    """What one run did, or how far it is: 412 written, 3 failed in 4 s."""
    told = counted(each.counts) or ("nothing to do" if each.ended_at else "under way")
    if each.ended_at is None or each.of == Pass.Of.CHANGES:  # the line of changes is that of an hour
        return told
    took = (each.ended_at - each.began_at).total_seconds()
    return f"{told}, in {duration(took)}" if took >= 1 else told


def last_run(each: Pass | None, now: datetime) -> str:
    """Full pass 3 min ago; Full pass is under way"""
    if each is None:
        return "No run yet"
    if each.ended_at is None:
        return f"{each.get_of_display()} is under way"
    return f"{each.get_of_display()} {ago(each.ended_at, now)}"


def records(n: int, kind: str) -> str:
    """412 contacts, 1 company"""
    return count(n, ONE[kind], MANY[kind])


def match(record: Record) -> Told:
    if record.match == Record.Is.MATCHED:
        return Told("Matched", "good", f"by {record.matched_by}" if record.matched_by else "")
    if record.match == Record.Is.AMBIGUOUS:
        return Told("Several found", "fair", record.reason)
    return Told("Not found", "", record.reason)


def reason(told: str, hidden: Collection[str]) -> str:
    """Why something was refused, unless it names an attribute that the reader may not see: with it stand values."""
    return REFUSED if any(name in told for name in hidden) else told


def entry_mark(entry: Entry) -> str:
    return MARKS.get(entry.what, "")


def change(name: str, before: object, after: object) -> str:
    """Accoil_Trial_Score: 64 → 72"""
    said = ["nothing" if value in (None, "") else str(value) for value in (before, after)]
    return f"{name}: {said[0]} → {said[1]}"


def attribute(written: Written) -> Told:
    if written.problem:
        return Told(written.get_state_display(), "bad", written.problem)
    return Told(written.get_state_display(), "good" if written.state == Written.Is.ACTIVE else "")


def writes(by_kind: Mapping[str, int]) -> str:
    """412 contacts and 3 companies; "" for none."""
    return listed([records(by_kind[kind], kind) for kind in ("user", "account") if by_kind.get(kind)])
