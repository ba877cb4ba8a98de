"""What the figures are held against: `must` is asked for, `aim` is the direction."""

import math
from collections.abc import Mapping
from typing import Any

import msgspec

FAILED = math.nan


class Budget(msgspec.Struct, frozen=True):
    what: str
    must: float
    aim: float
    more_is_better: bool = False

    def met(self, figure: float, bound: float) -> bool:
        return figure >= bound if self.more_is_better else figure <= bound

    def beside(self, figure: float) -> dict[str, Any]:
        """The figure with its bounds; `met` is about `must`. What failed (NaN) has no figure and meets nothing."""
        sign = ">=" if self.more_is_better else "<="
        return {
            "what": self.what,
            "figure": None if math.isnan(figure) else figure,
            "must": f"{sign} {self.must:g}",
            "aim": f"{sign} {self.aim:g}",
            "met": self.met(figure, self.must),
            "aim_met": self.met(figure, self.aim),
        }


def _more(what: str, must: float, aim: float) -> Budget:
    return Budget(what, must, aim, more_is_better=True)


INGEST = {
    "batches": _more("events a second in batches, ratio to the bare server", 0.20, 0.40),
    "singles": _more("single events a second, ratio to the bare server", 0.45, 0.70),
    "batches_p99": Budget("p99 of an answer at half the top rate, batches, ms", 100, 20),
    "singles_p99": Budget("p99 of an answer at half the top rate, single events, ms", 100, 20),
    "counted": Budget("seconds until everything answered is in every number", 5, 1),
    "batches_later": _more("ratio in batches after the load, against the start", 0.8, 0.95),
    "singles_later": _more("ratio of single events after the load, against the start", 0.8, 0.95),
    "memory": Budget("memory after the load, MiB", 1024, 400),
    "start": Budget("seconds from start to first answer", 4, 1.5),
    "idle": Budget("share of a core in use while idle", 0.02, 0.005),
}
SCORE = {
    "everything": Budget("every user and account metric, ratio to the bare sum", 10, 5),
    "everything_again": Budget("every metric again after new events, ratio to the bare sum", 10, 5),
    "reduced": Budget("scores, raw, active, frequency, adoption alone, ratio to the bare sum", 5, 3),
    "what_if_first": Budget("what-if over the book, first time, seconds", 1, 0.25),
    "what_if": Budget("what-if over the book, while a slider moves, seconds", 1, 0.25),
    "summaries": Budget("day summaries for 365 past days, seconds", 60, 15),
    "accounts_page": Budget("page of accounts, p95, ms", 300, 80),
    "users_page": Budget("page of users, p95, ms", 300, 80),
}
WHAT_IF = {
    "weight_first": Budget("what-if, the first weight that moves, seconds", 1, 0.25),
    "weight": Budget("what-if, while a weight's slider moves, seconds", 1, 0.25),
    "first": Budget("what-if, the slowest kind of change, first time, seconds", 1, 0.25),
    "following": Budget("what-if, while a slider moves after it, seconds", 1, 0.25),
}
PAGES = {
    "accounts": Budget("page of accounts over HTTP, p95, ms", 300, 80),
    "users": Budget("page of users over HTTP, p95, ms", 300, 80),
    "search": Budget("search over everything over HTTP, p95, ms", 300, 80),
    "account_page": Budget("one account's page over HTTP, p95, ms", 300, 80),
    "user_page": Budget("one user's page over HTTP, p95, ms", 300, 80),
    "dashboard": Budget("dashboard over HTTP, p95, ms", 300, 80),
    "what_if_seconds": Budget("what-if over HTTP, while a slider moves, p95, seconds", 1, 0.25),
    "every_page": Budget("the slowest of all pages over HTTP, p95, ms", 300, 80),
    "fresh": Budget("seconds until an event is in its user's points", 5, 1),
}
INBOX = {
    "at_once": Budget("200 teammates open a conversation at one moment, p95, ms", 100, 50),
    "busy": Budget("the same within a second, while events arrive, p95, ms", 100, 50),
}


def judge(budgets: Mapping[str, Budget], figures: Mapping[str, float | None]) -> list[dict[str, Any]]:
    """Each figure beside its budget; those that this run did not measure (None) are left out."""
    return [budgets[name].beside(figure) for name, figure in figures.items() if figure is not None]
