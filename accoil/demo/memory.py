"""What the demo remembers between two runs, in the data folder: who signs in, which company, and told until when."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from accoil.demo import words
from accoil.demo.company import Company
from accoil.demo.founding import found
from accoil.demo.tell import first_day

EMAIL = "demo@accoil.example"
SEED = 7
FRESH = timedelta(hours=1)  # started again within this time, there is nothing worth telling


@dataclass(frozen=True, slots=True)
class Memory:
    path: Path
    password: str
    first: date
    users: int
    days: int
    until: datetime | None = None  # everything up to then has been taken by the server

    @classmethod
    def recall(cls, path: Path, users: int, days: int, now: datetime) -> Memory:
        """What an earlier run left, else a new company of that size whose last day is today."""
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls(path, _password(), first_day(days, now), users, days)
        until = datetime.fromisoformat(kept["until"]) if kept["until"] else None
        return cls(path, kept["password"], date.fromisoformat(kept["first"]), kept["users"], kept["days"], until)

    def keep(self) -> None:
        """Written whole or not at all, and readable by its owner only: it holds the password."""
        kept = asdict(self) | {"first": str(self.first), "until": self.until and self.until.isoformat()}
        del kept["path"]
        beside = self.path.with_suffix(".new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(kept, file)
        beside.replace(self.path)

    def told(self, until: datetime | None) -> Memory:
        return replace(self, until=until)

    def company(self) -> Company:
        return found(self.users, self.days, self.first, SEED)

    def is_fresh(self, now: datetime) -> bool:
        return self.until is not None and now - self.until < FRESH


def _password() -> str:
    """Three words and a number: easy to type from one window into another."""
    return "-".join([*(secrets.choice(words.COMPANY_FIRST).lower() for _ in range(3)), str(10 + secrets.randbelow(90))])
