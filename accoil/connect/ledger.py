"""Writes down what was sent for a record, and why something was not."""

from typing import Any

from accoil.connect.connection import ToolError
from accoil.connect.models import Entry, Record


def entry(record: Record, what: Entry.What, reason: str = "", **more: Any) -> Entry:
    """Not saved yet."""
    return Entry(connection_id=record.connection_id, record=record, what=what, reason=reason, **more)


def failure(record: Record, why: ToolError) -> Entry:
    return entry(record, Entry.What.FAILED, why.reason, status=why.status, request_id=why.request_id[:100])


def note(record: Record, what: Entry.What, reason: str = "", **more: Any) -> None:
    entry(record, what, reason, **more).save()
