"""The lines of the debugger, as its page shows them: which are wanted, and how each reads."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from accoil.receive.lines import LATE_, REFUSED, REJECTED, Line
from accoil.show.frame import Frame
from accoil.show.ingest_words import OUTCOMES, REFUSALS, how_late, to_do_about
from accoil.show.whole import whole

SHOWN = 50  # lines, until somebody asks for more
MOST = 1_000
TYPES = ("track", "identify", "group", "page", "screen", "alias")


@dataclass(frozen=True)
class Wanted:
    """What the address asks for; nonsense in it is read as nothing asked."""

    outcome: str = ""
    type: str = ""
    key: int = 0
    text: str = ""
    shown: int = SHOWN

    def takes(self, line: Line) -> bool:
        return (
            (not self.type or line.type == self.type)
            and (not self.key or line.key == self.key)
            and (not self.text or self._found(line))
        )

    def _found(self, line: Line) -> bool:
        told = (line.name, line.user, line.account, line.anonymous, line.message, line.library, line.reason)
        return any(self.text.lower() in text.lower() for text in (*told, *line.properties, *line.traits))

    @property
    def query(self) -> dict[str, object]:
        shown = self.shown if self.shown != SHOWN else ""
        return {"outcome": self.outcome, "type": self.type, "key": self.key or "", "text": self.text, "shown": shown}


def wanted(query: QueryDict) -> Wanted:
    return Wanted(
        outcome=query.get("outcome", "") if query.get("outcome", "") in OUTCOMES else "",
        type=query.get("type", "") if query.get("type", "") in TYPES else "",
        key=whole(query.get("key")),
        text=query.get("text", "").strip()[:200],
        shown=min(max(whole(query.get("shown")), SHOWN), MOST),
    )


def outcome_counts(lines: Sequence[Line]) -> Counter[str]:
    return Counter(outcome for line in lines for outcome in line.outcomes)


def row(frame: Frame, line: Line, keys: Mapping[int, str]) -> dict[str, Any]:
    """One line as it stands on the page: what it was, what became of it, why, and what to do."""
    received = datetime.fromtimestamp(line.received / 1000, frame.product.zone)
    at = datetime.fromtimestamp(line.at / 1000, frame.product.zone) if line.at is not None else None
    outcome = OUTCOMES[line.outcomes[0]]
    return {
        "line": line,
        "outcome": outcome,
        "others": [OUTCOMES[other] for other in line.outcomes[1:]],
        "clock": f"{received:%H:%M:%S}",
        "received": received,
        "at": at,
        "day": "" if received.date() == frame.today else f"{received.day} {received:%b}",
        "key": keys.get(line.key, "a key that is gone"),
        "what": what(line),
        "why": [why(line, name, received, at) for name in line.outcomes],
        "place": line.place if line.outcomes[0] == REJECTED else None,
    }


def what(line: Line) -> str:
    """The event, or whom the call speaks of."""
    if line.name:
        return line.name
    if line.outcomes[0] == REFUSED:
        return f"{line.status} {REFUSALS.get(line.code, (line.code, ''))[0]}"
    if line.type == "group":
        return line.account
    return line.user or line.anonymous or line.reason


def why(line: Line, name: str, received: datetime, at: datetime | None) -> tuple[str, str]:
    """What became of it in a sentence or two, and what to do."""
    outcome = OUTCOMES[name]
    if name == REFUSED:
        return f"{outcome.about} {line.reason}", REFUSALS.get(line.code, ("", ""))[1]
    if name == REJECTED:
        return line.reason, to_do_about(line.reason)
    if name == LATE_ and at:
        days = how_late(at.date(), received.date())
        return f"It was {days}. That day, and all that depends on it, is counted anew.", outcome.to_do
    if line.reason and name == line.outcomes[0]:
        return f"{outcome.about} {line.reason}", outcome.to_do
    return outcome.about, outcome.to_do
