"""`accoil bench score`: every number of a large book, against the bare sum in the same engine."""

import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from accoil import environment
from accoil.bench import asked, budgets, invented, kept, machine
from accoil.bench.book import STORE
from accoil.bench.growth import growth
from accoil.bench.invented import Size
from accoil.bench.progress import say
from accoil.bench.watched import Watched, names_of
from accoil.count.facts import open_facts
from accoil.store.duckdb import DuckDB
from accoil.store.store import MEMORY

Report = dict[str, Any]


class Wanted(msgspec.Struct, frozen=True):
    """What to measure: a book of that size, and how often each question is asked. `times_history`, `times_users`:
    measure a second book, so many times as long or as wide, and tell what grew. `plans`: how the engine answers."""

    size: Size
    repeat: int = 7
    times_history: int = 1
    times_users: int = 1
    plans: bool = False

    @property
    def grown(self) -> Size:
        return Size(self.size.users * self.times_users, self.size.days * self.times_history)


def run(wanted: Wanted, keep: Path | None = None, build_only: bool = False, clickhouse: str | None = None) -> None:
    """Prints the report as JSON. A book built in the folder `keep` is found there the next time. `clickhouse`: the URL
    of a server that is asked the same afterwards."""
    if build_only:
        with kept.book(wanted.size, keep) as folder:
            print(json.dumps({"bench": "build", "files_mib": machine.file_sizes(folder)}, indent=2))
        return
    print(json.dumps(measure(wanted, keep, clickhouse), indent=2))


def measure(wanted: Wanted, keep: Path | None = None, clickhouse: str | None = None) -> Report:
    about = machine.about()
    report = {"bench": "score", "machine": about, **_of_one(wanted.size, wanted, keep)}
    report["budgets"] = budgets.judge(budgets.SCORE, _judged(report))
    if clickhouse:
        theirs = _in_clickhouse(wanted, keep, clickhouse)
        report["clickhouse"] = {"figures": theirs, "times_as_long": growth(report, theirs)}
    if wanted.grown != wanted.size:
        grown = _of_one(wanted.grown, wanted, keep)
        report["grown"] = {"figures": grown, "growth": growth(report, grown)}
    return report


def _of_one(size: Size, wanted: Wanted, keep: Path | None) -> Report:
    with kept.book(size, keep) as folder:
        store = DuckDB(folder / STORE, environment.text("ACCOIL_STORE_MEMORY", MEMORY))
        watched = Watched(store, names_of(kept.PACKAGE), plans=wanted.plans)
        try:
            return {**_ask_all(watched, size, wanted.repeat), "files_mib": machine.file_sizes(folder)}
        finally:
            open_facts(None)
            store.close()
            for name, plan in watched.plans.items():
                say(f"-- {name}\n{plan}")


def _in_clickhouse(wanted: Wanted, keep: Path | None, url: str) -> Report:
    from accoil.bench.beside import copied

    with kept.book(wanted.size, keep) as folder, copied(folder, url) as store:
        try:
            return _ask_all(Watched(store, names_of(kept.PACKAGE)), wanted.size, wanted.repeat)
        finally:
            open_facts(None)


def _ask_all(store: Watched, size: Size, repeat: int) -> Report:
    store.forget_answers()
    questions = asked.Asked(store, invented.definition(), repeat)
    report: Report = {"book": {"users": size.users, "accounts": size.accounts, "days": size.days, **questions.size()}}
    say("the bare sum")
    bare = questions.bare()
    store.taken()
    report["bare_seconds"] = round(bare, 4)
    asks: list[tuple[str, str, Callable[[], Report]]] = [
        ("everything", "every metric", partial(questions.everything, bare)),
        ("everything_again", "every metric, after new events", partial(questions.everything_again, bare)),
        ("reduced", "scores alone", partial(questions.reduced, bare)),
        ("what_if", "what-if", questions.what_if),
        ("summaries", "a year of day summaries", questions.summaries),
        ("one_account", "one account's year", questions.one_account),
        ("accounts_page", "pages of accounts", partial(questions.pages, "account")),
        ("users_page", "pages of users", partial(questions.pages, "user")),
    ]
    for name, words, ask in asks:
        say(words)
        report[name] = _answer(ask)
    report["memory_mib"] = machine.memory(os.getpid())
    return report


def _answer(ask: Callable[[], Report]) -> Report:
    """What a machine can't answer at this size is told too, and does not end the run."""
    try:
        return ask()
    except Exception as wrong:
        return {"failed": f"{type(wrong).__name__}: {str(wrong).splitlines()[0]}"}


def _judged(report: Report) -> dict[str, float | None]:
    places = {
        "everything": ("everything", "ratio"),
        "everything_again": ("everything_again", "ratio"),
        "reduced": ("reduced", "ratio"),
        "what_if_first": ("what_if", "first_seconds"),
        "what_if": ("what_if", "following_seconds"),
        "summaries": ("summaries", "seconds"),
        "accounts_page": ("accounts_page", "p95_ms"),
        "users_page": ("users_page", "p95_ms"),
    }
    return {name: report[part].get(figure, budgets.FAILED) for name, (part, figure) in places.items()}
