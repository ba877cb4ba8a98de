"""An import as people see it: one card of words and numbers, of what is known about it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import log10
from pathlib import Path

from accoil.receive.importing import Import
from accoil.show.words import count, duration, number, percent, size

MOST_REASONS = 5
CALLED = {"segment": "Segment calls"}
ONE = {"events": "event", "groups": "group", "users": "user", "segment": "call"}
MARKS = {"done": "good", "done with errors": "fair", "failed": "bad"}
ONCE = "Every row counts once, however often it comes."
SAID = {
    "queued": "waits for its turn",
    "validating": "is being looked at",
    "importing": "is being imported",
    "done": "is in",
    "done with errors": "is in, but for some rows",
    "failed": "could not be imported",
    "stopped": "was stopped on its way",
}


@dataclass(frozen=True)
class Card:
    id: str
    name: str
    status: str  # in words
    mark: str  # good, fair, bad, or "" while it is on its way
    kind: str
    moves: bool
    done: int  # of size
    size: int
    progress: str  # while it moves, and where it stopped
    came: str  # what of it is in, if it came to an end: 2,000 events
    result: str  # and what is not
    failure: str
    reasons: list[tuple[str, str]]  # rows, why
    other_reasons: str
    asked_by: str
    asked: datetime
    can_stop: bool
    can_go_on: bool
    can_delete: bool
    has_errors: bool
    kept: str  # what lies on the server's disk


def card(each: Import) -> Card:
    kind = each.shape.kind if each.shape else each.kind or ""
    has_file = each.is_upload and each.has_file
    return Card(
        id=each.id,
        name=each.name,
        status="stopped" if each.cause == "somebody" else each.status,
        mark="" if each.cause == "somebody" else MARKS.get(each.status, ""),
        kind=CALLED.get(kind, kind),
        moves=not each.is_finished,
        done=each.done,
        size=each.size,
        progress=_progress(each),
        came=_came(each, kind) if each.status in ("done", "done with errors") else "",
        result=_result(each, kind),
        failure="" if each.cause == "somebody" else _failure(each),
        reasons=[(number(rows), reason) for reason, rows in _by_rows(each)[:MOST_REASONS]],
        other_reasons=_others(each),
        asked_by=each.asked_by,
        asked=datetime.fromtimestamp(each.asked, UTC),
        can_stop=not each.is_finished,
        can_go_on=each.can_go_on,
        can_delete=each.is_finished and has_file,
        has_errors=bool(each.rejected) and Path(each.errors).is_file(),
        kept=size(each.size) if has_file else "",
    )


def sentence(cards: list[Card]) -> tuple[str, str]:
    """What a colleague would say of them all: of which one, and what."""
    if not cards:
        return "", f"Bring in what happened before Accoil was there. {ONCE}"
    if not (moving := [each for each in cards if each.moves]):
        last = cards[0]
        told = f"{SAID[last.status]}{last.came and f': {last.came}'}"
        if last.came:
            return last.name, f"{told}. {ONCE}"
        return last.name, f"{told}; it can go on from there." if last.can_go_on else f"{told}."
    now = next((each for each in moving if each.status != "queued"), moving[0])
    told = f"{SAID[now.status]}{now.progress and f': {now.progress}'}"
    if others := len(moving) - 1:
        told += f"; {count(others, 'other')} {'waits' if others == 1 else 'wait'}"
    return now.name, f"{told}."


def _progress(each: Import) -> str:
    if not each.began or (each.is_finished and each.status != "failed"):
        return ""
    parts = [percent(each.done / each.size) if each.size else ""]
    if each.status == "importing":
        parts += [f"{number(_rounded(each.rate))} rows/s"]
        parts += [f"{duration(each.seconds_left)} left"] if each.seconds_left else []
    return ", ".join(filter(None, parts))


def _rounded(rate: float) -> float:
    """To three figures: the rest changes faster than anybody reads."""
    return round(rate, 2 - int(log10(rate))) if rate >= 1 else 0


def _came(each: Import, kind: str) -> str:
    return count(each.accepted, ONE[kind])


def _result(each: Import, kind: str) -> str:
    if not each.shape or not each.rows:
        return ""
    told = f"{_came(each, kind)} accepted"
    if each.rejected_rows:
        told += f", {count(each.rejected_rows, 'row')} rejected"
    if each.left_out:
        told += f", {count(each.left_out, 'row')} left out by your mappings, or sent by Accoil itself"
    return f"{told} in {duration(each.seconds)}" if each.status in ("done", "done with errors") else told


def _failure(each: Import) -> str:
    """Without the places where files lie on the server."""
    told = each.failure or ""
    for path in filter(None, (each.errors, each.path)):
        told = told.replace(f"{Path(path).parent}/", "")
    return told


def _by_rows(each: Import) -> list[tuple[str, int]]:
    return sorted(each.rejected.items(), key=lambda reason: -reason[1])


def _others(each: Import) -> str:
    rest = _by_rows(each)[MOST_REASONS:]
    rows = sum(rows for _, rows in rest)
    return (
        f"{count(rows, 'row')} for {count(len(rest), 'other reason')}; all stand among the rejected rows."
        if rest
        else ""
    )
