"""`accoil bench inbox`: 200 teammates who open a conversation at once, and over a second, over an invented book."""

import itertools
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from accoil.bench import budgets, kept, machine, opens, servers
from accoil.bench.figures import percentile, ratio
from accoil.bench.invented import Size
from accoil.bench.opens import Round
from accoil.bench.pages import arriving
from accoil.bench.progress import say
from accoil.bench.servers import Running
from accoil.bench.visitor import Visitor
from accoil.refused import Refused

TEAMMATES = 200
ROUNDS = 20

Report = dict[str, Any]


def run(size: Size, keep: Path | None = None) -> None:
    """Prints the report as JSON."""
    print(json.dumps(measure(size, keep), indent=2))


def measure(size: Size, keep: Path | None = None, teammates: int = TEAMMATES, rounds: int = ROUNDS) -> Report:
    about = machine.about()
    with kept.book(size, keep) as folder, servers.over(folder) as (running, keys):
        report: Report = {
            "bench": "inbox",
            "machine": about,
            "book": {"users": size.users, "accounts": size.accounts, "days": size.days},
            "teammates": teammates,
        }
        say("conversations are opened")
        report["quiet"] = quiet = _ask(running, size, teammates, rounds)
        say("the same while events arrive")
        with arriving(Visitor(running.port, keys)):
            report["while_events_arrive"] = _ask(running, size, teammates, rounds)
        report["memory_mib"] = machine.memory(running.pid)
    judged = {"at_once": quiet["at_once"]["p95_ms"], "busy": report["while_events_arrive"]["in_a_second"]["p95_ms"]}
    report["budgets"] = budgets.judge(budgets.INBOX, judged)
    return report


def _ask(running: Running, size: Size, teammates: int, rounds: int) -> Report:
    """Every conversation is with somebody else. Beside it the least that the same server can answer."""
    people, port = _people(size), running.port

    def bodies() -> list[bytes]:
        return [opens.request(next(people), each) for each in range(teammates)]

    _wait_for_the_book(port, bodies()[0])
    bare = opens.run(port, [Round([opens.health()] * teammates) for _ in range(rounds)])
    used = machine.cpu_seconds(running.pid)
    together = opens.run(port, [Round(bodies()) for _ in range(rounds)])
    used_now = machine.cpu_seconds(running.pid)
    spread = opens.run(port, [Round(bodies(), seconds=1.0) for _ in range(rounds)])
    alone = opens.run(port, [Round([opens.request(next(people), 0)]) for _ in range(rounds)])
    for each in itertools.chain(*together, *spread, *alone):
        check(each[1])
    told = {
        "at_once": _told(together),
        "in_a_second": _told(spread),
        "alone": _told(alone),
        "bare_at_once": _told(bare),
    }
    if used is not None and used_now is not None:
        told["at_once"]["cpu_ms_each_round"] = round((used_now - used) * 1000 / rounds, 1)
    return {**told, "ratio_to_bare": ratio(told["at_once"]["p95_ms"], told["bare_at_once"]["p95_ms"])}


def _wait_for_the_book(port: int, body: bytes) -> None:
    """A server that has just started has none yet, and says so within three seconds."""
    until = time.monotonic() + servers.STARTS_WITHIN
    while b"Engagement" not in opens.run(port, [Round([body])])[0][0][1] and time.monotonic() < until:
        pass


def _people(size: Size) -> Iterator[str]:
    chance = random.Random(size.users)
    while True:
        yield f"user-{chance.randrange(size.users):06}"


def check(answer: bytes) -> None:
    """That the numbers are in it. Raises Refused."""
    if b"Engagement" not in answer:
        raise Refused(f"A conversation was opened and no numbers came: {answer[:600]!r}")


def _told(rounds: list[list[tuple[float, bytes]]]) -> Report:
    took = [seconds * 1000 for each in rounds for seconds, _ in each]
    shares = {f"p{round(share * 100)}_ms": round(percentile(took, share), 1) for share in (0.5, 0.95, 0.99)}
    best = min(percentile([seconds * 1000 for seconds, _ in each], 0.95) for each in rounds)
    return {**shares, "longest_ms": round(max(took), 1), "best_round_p95_ms": round(best, 1)}
