"""From what an operator knows to what it takes: arithmetic on `Measured`, and the simulation of `chain`."""

from math import ceil
from typing import Any

import msgspec

from accoil.plan import chain
from accoil.plan.measured import MEASURED, Measured

SECONDS_A_DAY, DAYS_A_MONTH, WINDOW, OPEN_DAYS = 86_400, 30.4, 30, 35
FULL = 0.6  # of a processor: above that, waiting grows faster than load
AWAY = 60.0  # seconds that nobody counts, in the simulated failure
BOOK_EVERY = 2.0  # seconds: a profile that is looked at while events arrive is computed so often …
LOOKED_AT = 60.0  # … for as long after somebody looked (accoil/score/beside.py)
POST_EVERY = 0.05  # seconds, and what a post takes (accoil/receive/posting.py)
MOST_ADDED = 50_000  # events since the last time, of more of which a book is made anew (accoil/count/facts.py)
STORE_MEMORY = 0.5  # GiB: ACCOIL_STORE_MEMORY
WORKS = 1.0  # loads, and shipments, a second at the bound; there are more of them where there is time
INSERTS = 5  # of a load and its shipment
POSTS = 5.0  # blocks a receiver hands on meanwhile
US_A_COMMIT = 300.0  # of PostgreSQL: an assumption
GIB = 2**30


class Asked(msgspec.Struct, frozen=True):
    """What the operator knows. `peak`: the busiest second ÷ the mean one; `alike`: events of one user, day and name,
    which are one row; `products` of one size; `look`: people who look at pages in the same hour; `pages`: of each of
    them in it; `profiles` of each product that they look at; `seconds`: in which every number of a profile is to be
    made anew."""

    events_a_day: float = 1e6
    users: int = 200_000
    products: int = 1
    months: float = 13
    peak: float = 5
    per: int = 10
    alike: float = 5
    look: int = 20
    pages: float = 60
    profiles: int = 3
    replicas: int = 2
    cores: int = 8
    memory_gib: int = 32
    disk_gib: int = 1_000
    seconds: float = 2.0


class Prices(msgspec.Struct, frozen=True):
    """Of a month, in whatever money: assumptions, nobody's list."""

    core: float = 10.0
    memory_gib: float = 2.5
    gib: float = 0.10  # of disk
    gib_sent: float = 0.01


class Part(msgspec.Struct, frozen=True):
    """One kind of process. `cores` are busy in the peak second; `disk`, in GiB, of all of them together."""

    processes: int
    cores: float
    disk_gib: float
    notes: dict[str, float]


class Plan(msgspec.Struct, frozen=True):
    """`one_process`: how near `accoil serve` alone would be to its bounds (1: there); `binds`: how near several
    processes are to what can't be made more. Nearest first."""

    events_a_second: float
    one_process: dict[str, float]
    parts: dict[str, Part]
    seconds: dict[str, Any]
    network_mbit: dict[str, float]
    binds: dict[str, float]
    nodes: int
    each_billion: float
    one_process_each_billion: float


def plan(asked: Asked, m: Measured = MEASURED, prices: Prices = Prices()) -> Plan:  # noqa: B008  frozen
    peak, mean = _peak(asked), asked.events_a_day / SECONDS_A_DAY
    parts = {what: make(asked, m) for what, make in PARTS.items()}
    machines = {what: _machines(part, asked) for what, part in parts.items()}
    mbit, receivers = _network(asked, m), parts["receivers"].processes
    nodes = max(asked.replicas, ceil(sum(machines.values())))
    usual = chain.simulate(peak, max(1, receivers - 1), m, asked.per)
    failed = chain.simulate(mean, receivers, m, asked.per, 150.0, away=(20.0, 20.0 + AWAY))
    return Plan(
        events_a_second=round(peak, 1), one_process=_nearest_first(whole(asked, m)), parts=parts,
        seconds={
            "answered": usual.answered, "in_the_numbers": usual.in_the_numbers,
            "nobody_counts_for": AWAY, "caught_up_after": failed.caught_up, "events_waiting_then": failed.waiting,
        },
        network_mbit=mbit, binds=_nearest_first(bounds(asked, m)),
        nodes=nodes, each_billion=_cost(asked, prices, nodes, sum(mbit.values())),
        one_process_each_billion=_cost(asked, prices, 1, mbit["calls"]),
    )  # fmt: skip


def bounds(asked: Asked, m: Measured = MEASURED) -> dict[str, float]:
    """What one installation can't have more of by more machines, as a share of what there is."""
    counts = _counts(asked, m)
    return {
        "processor of the one that counts": counts.cores / FULL,
        "memory of the one that counts": counts.notes["memory_gib"] / asked.memory_gib,
        "disk of the one that counts": counts.disk_gib / asked.disk_gib,
    }


def most(machines: int, asked: Asked, m: Measured = MEASURED) -> Asked:
    """The largest load like that one, in all it says, that so many machines carry as one installation: one alone as one
    process, more as several."""
    low, high = 0.0, 1e10 / asked.events_a_day
    for _ in range(60):
        times = (low + high) / 2
        low, high = (times, high) if _fits(grown(asked, times), machines, m) else (low, times)
    return grown(asked, low)


def _fits(asked: Asked, machines: int, m: Measured) -> bool:
    if machines == 1:
        return max(whole(asked, m).values()) <= 1
    return max(asked.replicas, _all_machines(asked, m)) <= machines and max(bounds(asked, m).values()) <= 1


def grown(asked: Asked, times: float) -> Asked:
    """As many times the events, users and people who look."""
    more = {name: max(1, round(getattr(asked, name) * times)) for name in ("users", "look")}
    return msgspec.structs.replace(asked, events_a_day=asked.events_a_day * times, **more)


def _peak(asked: Asked) -> float:
    return asked.events_a_day / SECONDS_A_DAY * asked.peak


def _rows_a_day(asked: Asked) -> float:
    return asked.events_a_day / asked.alike


def whole(asked: Asked, m: Measured = MEASURED) -> dict[str, float]:
    """What `accoil serve` alone would take on one machine, as a share of its bounds. Python has one processor of it,
    the engine what is left."""
    calls = _peak(asked) * (m.whole_us_event + m.whole_us_request / asked.per) / 1e6
    counts, left = _counts(asked, m), max(1, asked.cores - 1)
    anew = _rows_asked(asked) * m.duckdb_us_row / 1e6
    is_added = _peak(asked) / asked.products * BOOK_EVERY <= MOST_ADDED
    book = min(anew, asked.users / asked.products * m.duckdb_us_user / 1e6) if is_added else anew
    return {
        "processor": (calls + _looked(asked) * m.page_ms / 1000) / FULL,
        "other processors": _books(asked, 1, book / left) * book / left / FULL,
        "memory": counts.notes["memory_gib"] / asked.memory_gib,
        "disk": counts.disk_gib / asked.disk_gib,
        "time for every number anew": anew / left / asked.seconds,
    }


def _nearest_first(shares: dict[str, float]) -> dict[str, float]:
    return dict(sorted(((what, round(share, 4)) for what, share in shares.items()), key=lambda each: -each[1]))


def _looked(asked: Asked) -> float:
    """Pages a second."""
    return asked.look * asked.pages / 3600


def _books(asked: Asked, processes: int, book_s: float) -> float:
    """How often a second every number of a profile is made anew while events come. Each process that shows pages has
    its own, and makes those that somebody looked at one after the other; where that takes long, pages make them too."""
    looked_at = min(_looked(asked) * LOOKED_AT, asked.profiles * asked.products * processes)
    return min(looked_at / BOOK_EVERY, processes / max(book_s, 1e-9) + _looked(asked))


def _rows_asked(asked: Asked) -> float:
    """Rows of counts in the window of one product."""
    return _rows_a_day(asked) * WINDOW / asked.products


def _receivers(asked: Asked, m: Measured) -> Part:
    """One more than are needed: any of them may fail."""
    most_commits, most_posts = 1 / m.commit_s, 1 / (POST_EVERY + m.post_s)
    always = receiving(m, 0, 1, most_commits, most_posts)
    needed = ceil(receiving(m, _peak(asked), asked.per) / (FULL - always))
    requests = _peak(asked) / asked.per
    commits, posts = (min(requests, needed * each) for each in (most_commits, most_posts))
    cores = receiving(m, _peak(asked), asked.per, commits, posts)
    kept_s = 600  # seconds that ClickHouse may be away
    return Part(needed + 1, cores, _peak(asked) * m.journal_event * kept_s / GIB, {"of_one": cores / FULL / needed})


def receiving(m: Measured, events: float, per: int, commits: float = 0, posts: float = 0) -> float:
    """Processors that receivers are busy with for so many of each a second."""
    return (
        events * (m.receive_us_event + m.receive_us_request / per) / 1e6
        + commits * m.commit_cpu_s + posts * m.post_cpu_s
    )  # fmt: skip


def _counts(asked: Asked, m: Measured) -> Part:
    """And one that stands by, on the same machine or disk."""
    days = asked.months * DAYS_A_MONTH
    journal = asked.events_a_day * days * m.journal_event / GIB
    messages = asked.events_a_day * OPEN_DAYS / GIB
    store = _rows_a_day(asked) * days * m.store_row / GIB + messages * m.message
    cores = m.idle + WORKS * m.work_cpu_s + _peak(asked) * m.work_us_event / 1e6
    memory = m.memory_mib / 1024 + messages * m.memory_message + STORE_MEMORY
    written = _peak(asked) * m.work_written / 1e6
    notes = {"journal_gib": journal, "store_gib": store, "memory_gib": memory, "written_mb_s": written}
    return Part(2, cores, journal + store, notes)


def _clickhouse(asked: Asked, m: Measured) -> Part:
    """Shards as many as a question needs to be answered in time, or their disks to hold it; each `replicas` times."""
    rows = _rows_a_day(asked) * asked.months * DAYS_A_MONTH
    disk = rows * m.engine_row / GIB
    book = _rows_asked(asked) * m.question_us_row / 1e6  # seconds of one processor
    inserts = WORKS * (INSERTS + POSTS * _receivers(asked, m).processes)
    cores = inserts * m.engine_s_insert + _peak(asked) * m.engine_us_event / 1e6
    shards = max(1, ceil(book / asked.cores / max(0.01, asked.seconds - m.question_s)), ceil(disk / asked.disk_gib))
    question_s = m.question_s + book / shards / asked.cores
    asking = _books(asked, _pages(asked, m).processes, question_s) * (book + shards * m.question_s)
    notes = {
        "shards": shards, "replicas": asked.replicas, "question_s": question_s,
        "slow_ones": 1 - 0.99**shards, "rows": rows, "rows_inserted_s": _peak(asked) * m.rows_event,
        "rows_merged_s": _peak(asked) * m.rows_event * m.merged,
        "written_mb_s": (_peak(asked) * m.engine_written + inserts * m.engine_written_insert) / 1e6,
        "cores_asking": asking,
    }  # fmt: skip
    return Part(shards * asked.replicas, cores * asked.replicas + asking, disk * asked.replicas, notes)


def _pages(asked: Asked, m: Measured) -> Part:
    cores = _looked(asked) * m.page_ms / 1000
    return Part(ceil(cores / FULL) + 1, cores, 0.1, {"pages_s": _looked(asked)})


def _postgresql(asked: Asked, m: Measured) -> Part:
    processes = 2 + _receivers(asked, m).processes + _pages(asked, m).processes
    commits = m.commits_work + (processes - 1) * m.commits
    disk = asked.users * m.database_user * asked.profiles / GIB
    return Part(1, commits * US_A_COMMIT / 1e6, disk, {"commits_s": commits})


PARTS = {
    "receivers": _receivers, "counts": _counts, "clickhouse": _clickhouse, "pages": _pages, "postgresql": _postgresql,
}  # fmt: skip


def _machines(part: Part, asked: Asked) -> float:
    """How much of a machine: by processor or disk, whichever is more."""
    return max(part.cores / FULL / asked.cores, part.disk_gib / asked.disk_gib)


def _all_machines(asked: Asked, m: Measured) -> float:
    return sum(_machines(make(asked, m), asked) for make in PARTS.values())


def _network(asked: Asked, m: Measured) -> dict[str, float]:
    """Megabits in the peak second."""
    come = m.call + m.request / asked.per
    mailbox, shipped = 2 * m.journal_event, m.rows_event * m.shipped_row * asked.replicas
    each = {"calls": come, "mailbox": mailbox * asked.replicas, "shipped": shipped}
    return {what: round(_peak(asked) * size * 8 / 1e6, 2) for what, size in each.items()}


def _cost(asked: Asked, prices: Prices, machines: int, mbit: float) -> float:
    """Of a billion events, on so many whole machines."""
    each = asked.cores * prices.core + asked.memory_gib * prices.memory_gib + asked.disk_gib * prices.gib
    sent = mbit / 8 * 1e6 / asked.peak * SECONDS_A_DAY * DAYS_A_MONTH / GIB
    month = machines * each + sent * prices.gib_sent
    return round(month / (asked.events_a_day * DAYS_A_MONTH) * 1e9, 2)
