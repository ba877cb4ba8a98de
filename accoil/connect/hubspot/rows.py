"""Writes many records in one call. HubSpot may refuse all for one: then halves are tried, until that one is alone."""

from collections.abc import Mapping
from typing import Any

from accoil.connect.connection import Gone, Rejected, SignInAgain, ToolError, TryLater
from accoil.connect.hubspot.speaking import Speaker, objects, refusal
from accoil.count.ids import Kind

Row = dict[str, str]  # property → value
Outcome = dict[str, Row | ToolError]  # record → what is kept of it
NO_PROPERTY = "PROPERTY_DOESNT_EXIST"


def written(speaker: Speaker, kind: Kind, rows: Mapping[str, Row]) -> Outcome:
    """For every row. After a problem of HubSpot's own, or of ours with it, the rest is not tried."""
    told: Outcome = {}
    waiting: list[dict[str, Row]] = [dict(rows)]
    stop: ToolError | None = None
    while waiting:
        some = waiting.pop()
        if stop:
            told |= dict.fromkeys(some, stop)
            continue
        try:
            done = _batch(speaker, kind, some) if len(some) > 1 else _one(speaker, kind, some)
        except (TryLater, SignInAgain) as why:
            stop = why
            waiting.append(some)
        except (Rejected, Gone) as why:
            if len(some) == 1 or NO_PROPERTY in why.reason:
                told |= dict.fromkeys(some, why)
            else:
                waiting += _halves(some)
        else:
            told |= done
            left = {id: row for id, row in some.items() if id not in done}
            waiting += ([left] if done else _halves(left)) if left else []
    return told


def _one(speaker: Speaker, kind: Kind, rows: Mapping[str, Row]) -> Outcome:
    ((id, row),) = rows.items()
    told = speaker.say("PATCH", objects(kind, f"/{id}"), json={"properties": row}, background=True)
    return {id: _kept(id, row, told)}


def _batch(speaker: Speaker, kind: Kind, rows: Mapping[str, Row]) -> Outcome:
    """Those of which HubSpot says what became of them; it may be silent about some."""
    inputs = [{"id": id, "properties": row, "objectWriteTraceId": id} for id, row in rows.items()]
    told = speaker.say("POST", objects(kind, "/batch/update"), json={"inputs": inputs}, background=True) or {}
    done: Outcome = {}
    for each in told.get("results") or ():
        id = str(each.get("objectWriteTraceId") or each.get("id"))
        if id in rows:
            done[id] = _kept(id, rows[id], each)
    for error in told.get("errors") or ():
        done |= dict.fromkeys(_named(error) & rows.keys(), refusal(error))
    return done


def _kept(id: str, row: Row, told: Mapping[str, Any]) -> Row | ToolError:
    """What is not told back was taken as it was sent."""
    if str(told.get("id") or id) != id:
        return Gone("It was merged into another record in HubSpot, which is followed.", moved_to=str(told["id"]))
    own = told.get("properties") or {}
    return {name: own.get(name, value) for name, value in row.items()}


def _named(error: Mapping[str, Any]) -> set[str]:
    """The records that an error is about."""
    context = error.get("context") or {}
    found = [context.get(name) or [] for name in ("objectWriteTraceId", "ids", "id")]
    return {str(id) for some in found for id in (some if isinstance(some, list) else [some])}


def _halves(rows: Mapping[str, Row]) -> list[dict[str, Row]]:
    listed = list(rows.items())
    half = -(-len(listed) // 2)
    return [dict(part) for part in (listed[:half], listed[half:]) if part]
