"""What troubleshooting finds out by itself about a connection."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from accoil.score.wording import count


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A point that can be wrong with a connection. `answers` are sentences, the first is the verdict; `{at}` in one is
    how long ago `at` was. `mends`: where somebody goes to mend it, `how` in words."""

    question: str
    mark: Literal["good", "fair", "bad"]
    answers: tuple[str, ...]
    at: datetime | None = None
    mends: Literal["", "connect", "profiles"] = ""
    how: str = ""


Sees = Callable[[Any], Sequence[Any]]  # product → those of its profiles that whoever asks may see


def no_checks(connection: Any, sees: Sees) -> list[Check]:
    return []


def no_room(tool: str, left: int, needed: int) -> str:
    """Why attributes are not made: the same wherever it turns out."""
    more = count(left, "more attribute")
    return (
        f"{tool} has room for {more}, and this needs {needed}: archive some there, switch another profile off, or "
        "choose segment names only."
    )
