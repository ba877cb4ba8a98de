"""A past to import: events that are all different, as a file in every form, and what must be counted in the end."""

import csv
import gzip
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from accoil.count import days
from accoil.count.counting import Counting

FIRST = datetime(2025, 3, 1, tzinfo=UTC)
NAMES = ("Report_Created", "Dashboard_Viewed", "Teammate_Invited", "Export “größer” done")
COLUMNS = ("type", "name", "timestamp", "user_id")

Count = Counter[tuple[str, str, str]]  # user, event, day
Row = tuple[str, str, str, str]  # as COLUMNS


def rows(n: int, begin: int = 0) -> Iterator[Row]:
    """Row i differs from all others in its time alone; 40 days, 97 users."""
    for i in range(begin, begin + n):
        at = FIRST + timedelta(days=i % 40, milliseconds=i)
        kind = "page_view" if i % 10 == 9 else "track"
        yield kind, NAMES[i % len(NAMES)], at.isoformat(timespec="milliseconds"), f"user-{i % 97}"


def counted(given: Iterable[Row]) -> Count:
    """What these rows must come to."""
    seen = ((user, name if kind == "track" else f"Viewed {name}", at[:10]) for kind, name, at, user in given)
    return Counter(seen)


def found(counting: Counting, product: int = 1) -> Count:
    """What has come to be counted."""
    table = counting.facts.store.rows(
        "select u.name as who, e.name as what, c.day as day, cast(sum(c.n) as bigint) as n from counts c "
        "join (select distinct id, name from name where kind = 1 and product = :product) u on u.id = c.user_id "
        "join (select distinct id, name from name where kind = 3 and product = :product) e on e.id = c.event_id "
        "where c.product = :product group by all",
        product=product,
    )
    return Counter({(row["who"], row["what"], days.day(row["day"]).isoformat()): row["n"] for row in table})


def as_csv(given: Iterable[Row], columns: tuple[str, ...] = COLUMNS, delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    out = csv.writer(text, delimiter=delimiter)
    out.writerow(columns)
    places = [COLUMNS.index(column) for column in columns]
    out.writerows([row[place] for place in places] for row in given)
    return text.getvalue().encode()


def as_lines(given: Iterable[Row]) -> bytes:
    return b"".join(json.dumps(dict(zip(COLUMNS, row, strict=True))).encode() + b"\n" for row in given)


def as_segment(given: Iterable[Row]) -> bytes:
    """As an archive holds them: with ids, and with `sentAt` long gone by."""
    lines = []
    for number, (kind, name, at, user) in enumerate(given):
        named = {"type": "track", "event": name} if kind == "track" else {"type": "page", "name": name}
        call = {**named, "messageId": f"m-{number}", "userId": user, "timestamp": at, "sentAt": "2025-06-01T00:00:00Z"}
        lines.append(json.dumps({**call, "context": {"library": {"name": "analytics.js"}}, "extra": [1]}) + "\n")
    return "".join(lines).encode()


def zstd(plain: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as out:
        out.write(plain)
    return bytes(sink.getvalue())


PACKINGS: dict[str, Callable[[bytes], bytes]] = {"plain": bytes, "gzip": gzip.compress, "zstd": zstd}


def write(path: Path, given: Iterable[Row]) -> Path:
    """A large one, without holding it."""
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        out.writerows(given)
    return path
