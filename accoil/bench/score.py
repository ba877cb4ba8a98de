"""`accoil bench score`: every number of a large book, against the bare sum in the same engine."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import accoil
from accoil import environment
from accoil.bench import asked, budgets, invented, machine
from accoil.bench.invented import Size
from accoil.bench.progress import say
from accoil.bench.watched import Watched, names_of
from accoil.count.facts import open_facts
from accoil.refused import Refused
from accoil.store.duckdb import DuckDB
from accoil.store.store import MEMORY

Report = dict[str, Any]

PACKAGE = Path(accoil.__file__).parent


def run(users: int = 200_000, days: int = 395, repeat: int = 7, keep: Path | None = None) -> None:
    """Prints the report as JSON. A book built in the folder `keep` is found there the next time."""
    print(json.dumps(measure(Size(users, days), repeat, keep), indent=2))


def measure(size: Size, repeat: int, keep: Path | None = None) -> Report:
    with tempfile.TemporaryDirectory(prefix="accoil-bench-") as temporary:
        path = built(Path(keep or temporary), size)
        about = machine.about()
        store = DuckDB(path, environment.text("ACCOIL_STORE_MEMORY", MEMORY))
        try:
            report = {"bench": "score", "machine": about, **_ask_all(Watched(store, names_of(PACKAGE)), size, repeat)}
        finally:
            open_facts(None)
            store.close()
        report["file_mib"] = machine.file_sizes(path.parent).get(path.name)
    report["budgets"] = budgets.judge(budgets.SCORE, _judged(report))
    return report


def built(folder: Path, size: Size) -> Path:
    """The book's file, made when it is not there. In a process of its own, whose memory is not ours."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"book-{size.users}-{size.days}-{_shape()}.duckdb"
    if not path.exists():
        say(f"building a book of {size.users:,} users over {size.days} days")
        program = (sys.executable, "-m", "accoil.bench.book", str(path), str(size.users), str(size.days))
        if subprocess.run(program).returncode:  # noqa: S603  # ourselves
            raise Refused("The book could not be built; the reason is above.")
    return path


def _shape() -> str:
    """Changes with anything that says what the tables hold, so that an older book is not mistaken for this one."""
    said = [
        *sorted((PACKAGE / "store" / "schema").glob("*.sql")),
        PACKAGE / "count" / "load.sql",
        Path(invented.__file__),
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in said)).hexdigest()[:8]


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
