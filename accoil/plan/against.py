"""What the plan says of a load beside what `accoil bench several` measured of it."""

from collections.abc import Iterator
from statistics import median
from typing import Any

from accoil.plan import chain
from accoil.plan.measured import Measured

Report = dict[str, Any]
Pair = tuple[str, float, float]  # what, predicted, measured


def beside(report: Report, m: Measured) -> Iterator[Pair]:
    wanted, seconds, events = report["wanted"], report["seconds"], report["events"]
    rate, receivers, per = wanted["rate"], wanted["receivers"], wanted["per"]
    seen = chain.simulate(rate, receivers, m)
    each = {what: often * wanted["seconds"] / events for what, often in seen.works.items()}  # goes for an event
    of, lags = report["each_event"], report["seconds_until_in_the_numbers"]
    still = {
        role: told["cpu_us"] * seconds / events for role, told in report["idle_each_second"].items() if "cpu_us" in told
    }
    receive = m.receive_us_event + m.receive_us_request / per + 1e6 * m.post_s * each["posted"]
    work = m.work_us_event + 1e6 * (m.count_s * each["counted"] + m.ship_s * each["shipped"])
    inserts = each["posted"] + each["counted"] + 3 * each["shipped"]
    yield "receivers, µs an event", receive + still["receive"], of["receive"]["cpu_us"]
    yield "the one that counts, µs an event", work + still["work"], of["work"]["cpu_us"]
    yield (
        "ClickHouse, µs an event",
        m.engine_us_event + 1e6 * m.engine_s_insert * inserts + still["clickhouse"],
        of["clickhouse"]["cpu_us"],
    )
    yield "journal, bytes an event", m.journal_event, of["work"]["journal_bytes"]
    yield "rows sent to ClickHouse for an event", m.rows_event, of["clickhouse"]["rows_inserted"]
    yield "written by ClickHouse, bytes an event", m.engine_written, of["clickhouse"]["bytes_written"]
    if lags:
        yield "in the numbers after, s (half)", seen.half, median(lags)
        yield "in the numbers after, s (longest)", seen.p99, max(lags)
    half, _ = chain.answered(rate / receivers, per, m)
    yield "answered after, ms (half)", 1000 * half, report["answered_ms"]["p50"]
