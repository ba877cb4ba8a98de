"""What the plan says of a load beside what `accoil bench several` measured of it."""

from collections.abc import Iterator
from statistics import median
from typing import Any

from accoil.plan import chain
from accoil.plan.measured import Measured
from accoil.plan.model import INSERTS, receiving

Report = dict[str, Any]
Pair = tuple[str, float, float]  # what, predicted, measured


def beside(report: Report, m: Measured) -> Iterator[Pair]:
    wanted, seconds, events = report["wanted"], report["seconds"], report["events"]
    rate, receivers, per = wanted["rate"], wanted["receivers"], wanted["per"]
    seen = chain.simulate(rate, receivers, m, per)
    goes = {
        what: 1e6 * often * wanted["seconds"] / events for what, often in seen.works.items()
    }  # µs, of a second each
    of, lags = report["each_event"], report["seconds_until_in_the_numbers"]
    still = {who: told.get("cpu_us", 0) * seconds / events for who, told in report["idle_each_second"].items()}
    receive = 1e6 * receiving(m, 1, per, goes["committed"] / 1e6, goes["posted"] / 1e6)
    inserts = goes["posted"] + goes["counted"] + (INSERTS - 1) * goes["shipped"]
    engine = m.engine_us_event + m.engine_s_insert * inserts
    written = m.engine_written + m.engine_written_insert * inserts / 1e6
    yield "receivers, µs an event", receive + still["receive"], of["receive"]["cpu_us"]
    yield (
        "the one that counts, µs an event",
        m.work_us_event + goes["counted"] * m.work_cpu_s + still["work"],
        of["work"]["cpu_us"],
    )
    yield "ClickHouse, µs an event", engine + still["clickhouse"], of["clickhouse"]["cpu_us"]
    yield "journal, bytes an event", m.journal_event, of["work"]["journal_bytes"]
    yield "rows sent to ClickHouse for an event", m.rows_event, of["clickhouse"]["rows_inserted"]
    yield "written by ClickHouse, bytes an event", written, of["clickhouse"]["bytes_written"]
    if lags:
        yield "in the numbers after, s (half)", seen.in_the_numbers[0], median(lags)
        yield "in the numbers after, s (99 %; longest)", seen.in_the_numbers[1], max(lags)
    yield "answered after, ms (half)", 1000 * seen.answered[0], report["answered_ms"]["p50"]
