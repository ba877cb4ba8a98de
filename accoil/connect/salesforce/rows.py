"""Writes many records in one call. Salesforce answers 200, with what became of each, in the order they were sent."""

from collections.abc import Mapping
from typing import Any

from accoil.connect.batches import batches
from accoil.connect.connection import Rejected, ToolError, TryLater
from accoil.connect.salesforce.speaking import OBJECTS, Speaker, refusal
from accoil.count.ids import Kind

Row = dict[str, Any]  # field → value
Outcome = dict[str, ToolError]
AT_ONCE = 200  # records in one call
AGAIN = 20  # at once, of those that were locked
LOCKED = "UNABLE_TO_LOCK_ROW"


def written(speaker: Speaker, kind: Kind, rows: Mapping[str, Row]) -> Outcome:
    """Record → why it was not written. Those that somebody else was changing are tried once more, fewer at once.
    Raises TryLater, SignInAgain, Rejected when none was."""
    failed: Outcome = {}
    for some in batches(rows, AT_ONCE):  # what is emptied comes as it is
        failed |= _sent(speaker, kind, {id: rows[id] for id in some})
    locked = [id for id, why in failed.items() if why.code == LOCKED]
    for some in batches(locked, AGAIN):
        for id in some:
            del failed[id]
        try:
            failed |= _sent(speaker, kind, {id: rows[id] for id in some})
        except (TryLater, Rejected) as why:
            failed |= dict.fromkeys(some, why)
    return failed


def _sent(speaker: Speaker, kind: Kind, rows: Mapping[str, Row]) -> Outcome:
    """By their own ids, not by ours: what is keyed by ours is made where it is not there."""
    records = [{"attributes": {"type": OBJECTS[kind]}, "id": id, **row} for id, row in rows.items()]
    told = speaker.say(
        "PATCH", "/composite/sobjects", json={"allOrNone": False, "records": records}, background=True
    )  # fmt: skip
    if not isinstance(told, list) or len(told) != len(records):
        raise TryLater("Salesforce did not say what became of each record.")
    return {id: _why(each) for id, each in zip(rows, told, strict=True) if not each.get("success")}


def _why(told: Mapping[str, Any]) -> ToolError:
    error: dict[str, Any] = next(iter(told.get("errors") or ()), {})
    fields = ", ".join(map(str, error.get("fields") or ()))
    said = f"{error.get('message') or 'nothing'}{f' ({fields})' if fields else ''}"
    return refusal(said[:300], code=str(error.get("statusCode") or ""))
