"""`accoil bench pages`: pages of a large book, as a browser asks for them."""

import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from accoil.bench import budgets, every_page, kept, machine, servers
from accoil.bench.figures import percentile, seconds_of
from accoil.bench.invented import Size
from accoil.bench.progress import say
from accoil.bench.visitor import Visitor

ASKED = 24  # times each kind of page: every way to sort, with every search
WHILE_EVENTS = 6  # times, while the book is made anew every second
LOOKED_AT = 6  # times, of a page of which each answer came early …
EARLY = 150  # … in ms: half of what is allowed. Others are asked as often as ASKED says
SORTS = {
    "accounts": ("", "-change", "name", "-active_users", "-mrr", "-last_active"),
    "users": ("", "-change", "name", "account_name", "-frequency", "-last_active"),
}
SEARCHES = ("", "", "00012", "company")
FOUND = ("user-00012", "company", "a", "nobody is called so", "report")  # searched for over everything
RANGES = (30, 90, 365)
VIEWED = (30, 7, 90)  # days
EVENTS_A_SECOND = 20
FRESH_TRIES = 5

Report = dict[str, Any]


def run(size: Size, keep: Path | None = None) -> None:
    """Prints the report as JSON."""
    print(json.dumps(measure(size, keep), indent=2))


def measure(size: Size, keep: Path | None = None, asked: int = ASKED) -> Report:
    about = machine.about()
    with kept.book(size, keep) as folder, servers.over(folder) as (running, keys):
        visitor = Visitor(running.port, keys)
        report: Report = {
            "bench": "pages",
            "machine": about,
            "book": {"users": size.users, "accounts": size.accounts, "days": size.days},
            "start_seconds": running.started_in,
        }
        say("a first look back over a year, while events arrive")
        with arriving(visitor):
            report["first_look_back"] = _first_look_back(visitor)
        say("every page a first time, then again")
        report["pages"] = _ask_all(visitor, asked)
        say("the same while events arrive")
        with arriving(visitor):
            report["while_events_arrive"] = _ask_all(visitor, min(asked, WHILE_EVENTS))
        say("every page of the menu and the settings")
        report["every_page"] = every_page.measure(visitor, asked, _ask_until_sure)
        report["of_all_pages"] = every_page.summary(report["every_page"])
        say("how soon an event is in the numbers")
        report["seconds_until_in_the_numbers"] = [_fresh(visitor, turn) for turn in range(FRESH_TRIES)]
        report["memory_mib"] = machine.memory(running.pid)
    report["budgets"] = budgets.judge(budgets.PAGES, _judged(report))
    return report


def _ask_all(visitor: Visitor, asked: int) -> Report:
    report: Report = {"accounts": _ask(asked, visitor.get, _lists(visitor, "accounts"))}
    report["users"] = _ask(asked, visitor.get, _lists(visitor, "users"))
    report["search"] = _ask(asked, visitor.get, (visitor.page("search", q=text) for text in itertools.cycle(FOUND)))
    for kind in ("account", "user"):
        report[f"{kind}_page"] = _ask(asked, visitor.get, itertools.cycle(_of_one(visitor, f"{kind}s")))
    ranges = (visitor.page("", days=days) for days in itertools.cycle(RANGES))
    report["dashboard"] = _ask(asked, visitor.get, ranges)
    report["dashboard_why"] = _ask(asked, visitor.part, itertools.repeat(visitor.page("why")))
    report["dashboard_rest"] = _ask(asked, visitor.get, itertools.repeat(visitor.page("habits", days=30)))
    looks = itertools.cycle(itertools.product(VIEWED, ("users", "accounts")))
    views = (visitor.page("views/events", days=days, who=who) for days, who in looks)
    report["events_view"] = _ask(asked, visitor.get, views)
    report["what_if"] = _ask(asked, visitor.draft, itertools.cycle(range(1, 11)))
    report["api_accounts"] = _ask(
        asked, visitor.api, (f"/api/v2/accounts?offset={20 * turn}" for turn in itertools.count())
    )
    return report


def _ask(times: int, work: Callable[[Any], Any], asked: Iterator[Any]) -> Report:
    """The first answer alone, then the others; ms."""
    first, *rest = _took(times + 1, work, asked)
    return _told(first, rest)


def _first_look_back(visitor: Visitor) -> Report:
    """ms until the dashboard of a month, then of a year, and until the charts of that, which come after the page."""
    month, year = (visitor.page("", days=days) for days in (min(RANGES), max(RANGES)))
    told = {"month_ms": month, "year_ms": year, "charts_ms": f"{year}&whole=1"}
    return {name: round(1000 * seconds_of(partial(visitor.get, page)), 1) for name, page in told.items()}


def _ask_until_sure(times: int, work: Callable[[Any], Any], asked: Iterator[Any]) -> Report:
    """The same, of a page that answers early every time only a few times."""
    few = min(times, LOOKED_AT)
    first, *rest = _took(few + 1, work, asked)
    if max(rest) > EARLY:
        rest += _took(times - few, work, asked)
    return _told(first, rest)


def _took(times: int, work: Callable[[Any], Any], asked: Iterator[Any]) -> list[float]:
    return [1000 * seconds_of(partial(work, each)) for each in itertools.islice(asked, times)]


def _told(first: float, rest: list[float]) -> Report:
    """`asked`: how many answers stand behind the shares; of fewer than twenty the longest is the 95th."""
    return {
        "asked": len(rest),
        "first_ms": round(first, 1),
        **{f"p{round(share * 100)}_ms": round(percentile(rest, share), 1) for share in (0.5, 0.95)},
        "longest_ms": round(max(rest), 1),
    }


def _lists(visitor: Visitor, kind: str) -> Iterator[str]:
    """As people turn them over: sorted, searched, further on."""
    for turn in itertools.count():
        sort, search = SORTS[kind][turn % len(SORTS[kind])], SEARCHES[turn % len(SEARCHES)]
        yield visitor.page(kind, sort=sort, search=search, page=1 + turn % 5 if not search else 1)


def _of_one(visitor: Visitor, kind: str) -> list[str]:
    """The addresses of some, from the list: of the first ones and of others further down."""
    found: list[str] = []
    for page in (1, 4, 20):
        text = visitor.get(visitor.page(kind, page=page))
        found += re.findall(rf'href="(/p/\d+/{kind}/\d+)', text)[:20]
    return list(dict.fromkeys(found))


@contextmanager
def arriving(visitor: Visitor) -> Iterator[None]:
    """Events of people already known come in all the while."""
    done = threading.Event()

    def send() -> None:
        for turn in itertools.count():
            if done.wait(1 / EVENTS_A_SECOND):
                return
            visitor.track(f"user-{turn * 37 % 1000:06}", f"while-{time.time_ns()}")

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    try:
        yield
    finally:
        done.set()
        sender.join()


def _fresh(visitor: Visitor, turn: int) -> float:
    """Seconds from the answer to an event until the points of its user have risen."""
    user = f"user-{turn:06}"
    asked = f"/api/v2/users?{urlencode({'match_type': 'tracking_id', 'match_value': user})}"

    def points() -> int:
        return int(json.loads(visitor.api(asked))["data"][0]["metrics"]["raw_score"])

    before = points()
    visitor.track(user, f"fresh-{time.time_ns()}")
    began = time.perf_counter()
    while points() <= before:
        if time.perf_counter() - began > 60:
            return float("inf")
        time.sleep(0.12)  # the API lets a token ask ten times a second
    return round(time.perf_counter() - began, 3)


def _judged(report: Report) -> dict[str, float | None]:
    pages = report["pages"]
    found: dict[str, float | None] = {name: pages[name]["p95_ms"] for name in budgets.PAGES if name in pages}
    found["what_if_seconds"] = pages["what_if"]["p95_ms"] / 1000
    found["every_page"] = report["of_all_pages"]["slowest_p95_ms"]
    found["fresh"] = max(report["seconds_until_in_the_numbers"])
    return found
