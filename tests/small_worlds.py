"""Worlds in a few words, for tests that count by hand: who did what when, who joined, what was said of whom."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.reference import Message, World


def at(day: int, hour: int = 12, minute: int = 0, *, month: int = 3, year: int = 2026) -> int:
    """A moment in UTC, in ms; noon in March 2026 unless told otherwise."""
    return int(datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("UTC")).timestamp() * 1000)


def world(*messages: Message | list[Message], zone: str = "UTC") -> World:
    return World([m for each in messages for m in (each if isinstance(each, list) else [each])], zone)


def did(user: str, event: str, when: int, n: int = 1, account: str | None = None) -> list[Message]:
    ids = (f"{user} {event} {when} {account} {number}" for number in range(n))
    return [Message("event", id, when, user, account, event) for id in ids]


def joins(user: str | None, account: str, when: int, **traits: Any) -> Message:
    return Message("group", f"{user} in {account} {when} {traits}", when, user, account, traits=traits)


def identified(user: str, when: int, account: str | None = None, **traits: Any) -> Message:
    return Message("identify", f"{user} {account} {when} {traits}", when, user, account, traits=traits)


def did_anonymously(id: str, event: str, when: int, n: int = 1, account: str | None = None) -> list[Message]:
    return [replace(each, user=None, anonymous=id) for each in did(id, event, when, n, account)]


def told_anonymously(id: str, when: int, account: str | None = None, **traits: Any) -> Message:
    """An identify call without a user."""
    return replace(identified(id, when, account, **traits), user=None, anonymous=id)


def knows(user: str, id: str, when: int, **traits: Any) -> Message:
    """An identify call with both ids."""
    return Message("identify", f"{user} knows {id} {when} {traits}", when, user, traits=traits, anonymous=id)


def alias(id: str, user: str, when: int) -> Message:
    """`id` is `user` from now on, and was before."""
    return Message("alias", f"{id} is {user} {when}", when, user, anonymous=id)
