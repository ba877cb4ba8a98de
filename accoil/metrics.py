"""`/metrics`: what Prometheus asks every few seconds, in its text format. Measures that only this process knows are in
`measured`; the rest is looked up here, from what costs next to nothing: no question over facts, no list of people.

No label ever holds a customer's name, address or key, and none the number of a product or team."""

import asyncio
import hmac
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import structlog
from django.conf import settings
from django.db import connections
from django.db.models import Count, Min
from django.utils import timezone

from accoil import __version__, measured
from accoil.act.models import Delivery
from accoil.connect.models import Connection
from accoil.connect.models import State as Connected
from accoil.count.counting import Counting
from accoil.receive.answers import Send, refusal, respond
from accoil.receiver import Receiver
from accoil.roles import Role

PATH = "/metrics"
PREFIX = "accoil_"

JSON = (b"content-type", b"application/json")
NOT_HERE = refusal("not_found", "There are no metrics here: set ACCOIL_METRICS_TOKEN.")
NOT_YOU = refusal("unauthorized", "Send ACCOIL_METRICS_TOKEN as a bearer token.")

# Of every store; `kept` tables of pages are not among them.
ROWS = """select table_name as name, estimated_size as n from duckdb_tables() where database_name = 'facts'"""

log = structlog.get_logger()

Scope = Any
Labelled = Mapping[Any, float]  # by the values of the labels, a tuple


class Measured(Protocol):
    """The server, whatever it does; what it does not do is None."""

    role: Role
    folder: Path

    @property
    def counting(self) -> Counting | None: ...

    @property
    def receiver(self) -> Receiver | None: ...

    @property
    def shown_block(self) -> int: ...

    @property
    def wrong(self) -> list[str]: ...

    @property
    def failing(self) -> int: ...


class Metrics:
    """Collects in a thread of its own, one scrape at a time: the event loop waits for no database."""

    def __init__(self, server: Measured) -> None:
        self._server = server
        self._pool = ThreadPoolExecutor(1, "metrics")

    async def answer(self, scope: Scope, send: Send) -> None:
        wanted = settings.METRICS_TOKEN
        if not wanted:
            return await respond(send, 404, NOT_HERE, [JSON])
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        if not hmac.compare_digest(given, b"Bearer " + wanted.encode()):
            return await respond(send, 401, NOT_YOU, [JSON, (b"www-authenticate", b"Bearer")])
        from prometheus_client.exposition import CONTENT_TYPE_LATEST

        text = await asyncio.get_running_loop().run_in_executor(self._pool, self.text)
        kind = (b"content-type", CONTENT_TYPE_LATEST.encode())
        await respond(send, 200, text, [kind, (b"cache-control", b"no-store")])

    def stop(self) -> None:
        self._pool.submit(connections.close_all)
        self._pool.shutdown(wait=True)

    def text(self) -> bytes:
        from prometheus_client import ProcessCollector
        from prometheus_client.exposition import generate_latest
        from prometheus_client.registry import CollectorRegistry

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        ProcessCollector(registry=registry)
        return bytes(generate_latest(registry))

    def collect(self) -> Iterator[Any]:
        """Families of metrics; what can't be looked up just now is left out, as when the disk is gone."""
        for look in (self._door, self._positions, self._sizes, self._work, self._connections):
            try:
                yield from list(look())
            except Exception:
                log.exception("some metrics can't be told", which=look.__name__.strip("_"))

    def _door(self) -> Iterator[Any]:
        yield _gauge("info", "The version that runs; always 1.", {(__version__,): 1}, "version")
        yield _gauge("role", "What this server does; always 1.", {(self._server.role.value,): 1}, "role")
        yield _counter("calls_acknowledged", "Calls that are on disk.", {(): measured.acknowledged.calls})
        yield _counter(
            "calls_rejected", "Calls left out of what was taken.", measured.calls_rejected.counts(), "reason"
        )
        yield _counter(
            "requests_refused", "Requests turned away as a whole.", measured.requests_refused.counts(), "reason"
        )
        yield _seconds("acknowledgement_seconds", "Requests from their arrival until on disk.", measured.acknowledged)
        yield _counter(
            "sign_ins_failed", "Attempts to sign in that failed.", measured.sign_ins_failed.counts(), "reason"
        )

    def _positions(self) -> Iterator[Any]:
        yield _gauge("wrong", "What /health says is wrong; 0: all is well.", {(): len(self._server.wrong)})
        yield _gauge("work_failing", "Things done by the clock that failed last time.", {(): self._server.failing})
        holder = self._server.counting or self._server.receiver
        if holder is not None:
            yield _gauge("journal_block", "The last block that is on disk.", {(): holder.journal.last})
            yield _gauge("calls_waiting", "Calls that wait for the disk.", {(): holder.journal.calls_waiting})
        posting = self._server.receiver.posting if self._server.receiver else None
        waiting, lying = (posting.waiting, posting.lying) if posting else (0, 0)
        yield _gauge("blocks_waiting", "Blocks of a receiver that are on its disk alone.", {(): waiting})
        yield _gauge("blocks_lying", "Blocks of a receiver that were handed on and not taken.", {(): lying})
        yield _gauge("shown_block", "The last counted block in the numbers it shows.", {(): self._server.shown_block})
        counting = self._server.counting
        yield _gauge("counts", "Whether this server counts.", {(): counting is not None})
        if counting:
            counted, shipping = counting.loader.loaded, counting.sharing.shipping
            yield _gauge("counted_block", "The last block that is in every number.", {(): counted})
            behind = {(): counting.journal.last - counted}
            yield _gauge("blocks_behind", "Blocks that are on disk and in no number yet.", behind)
            unsent = {(): max(0, counted - shipping.shipped) if shipping else 0}
            yield _gauge("blocks_unsent", "Blocks that are counted and not in ClickHouse yet.", unsent)
            yield _gauge(
                "blocks_left_out",
                "Blocks that are not counted, or not all.",
                {(): len(counting.loader.set_aside)},
            )

    def _sizes(self) -> Iterator[Any]:
        if counting := self._server.counting:
            rows = {(row["name"],): row["n"] for row in counting.facts.store.rows(ROWS)}
            yield _gauge("rows", "Rows of the store, about.", rows, "table")
        folder, sizes = self._server.folder, dict[tuple[str, ...], float]()
        for path in folder.iterdir():
            with suppress(OSError):
                if (kind := _kind(path.name)) and path.is_file():
                    sizes[kind,] = sizes.get((kind,), 0) + path.stat().st_size
        yield _gauge("file_bytes", "What files take, logs of the same database among them.", sizes, "file")
        disk = shutil.disk_usage(folder)
        yield _gauge("disk_free_bytes", "Room where the data folder is.", {(): disk.free})
        yield _gauge("disk_bytes", "Size of the disk that the data folder is on.", {(): disk.total})

    def _work(self) -> Iterator[Any]:
        yield _seconds("page_seconds", "Pages and answers of the API, by their address.", measured.pages, "page")
        yield _seconds("scoring_seconds", "Making the numbers that pages show.", measured.scored, "of")
        yield _counter("sync_runs", "Runs of the sync.", measured.sync_runs.counts(), "tool", "of", "result")
        yield _counter(
            "deliveries_ended", "Deliveries that are over.", measured.deliveries_ended.counts(), "state", "tool"
        )
        waiting = Delivery.objects.filter(state__in=(Delivery.State.WAITING, Delivery.State.TAKEN)).order_by()
        found = waiting.values_list("state", "connection__tool").annotate(n=Count("pk"))
        queue = {(str(state), str(tool or "none")): n for state, tool, n in found}
        yield _gauge("deliveries", "Deliveries that are not over yet.", queue, "state", "tool")
        now = timezone.now()
        due = Delivery.objects.filter(state=Delivery.State.WAITING).aggregate(at=Min("next_at"))["at"]
        late = max(0.0, (now - due).total_seconds()) if due else 0.0
        yield _gauge("delivery_late_seconds", "How long the oldest delivery is due.", {(): late})

    def _connections(self) -> Iterator[Any]:
        found = Connection.objects.exclude(state=Connected.DISCONNECTED).order_by().values_list("tool", "state")
        states = {(str(tool), str(state)): n for tool, state, n in found.annotate(n=Count("pk"))}
        yield _gauge("connections", "Connections to other tools.", states, "tool", "state")


def _kind(name: str) -> str | None:
    """Which file of the data folder it is, or belongs to."""
    kinds = {"journal.sqlite3": "journal", "app.sqlite3": "application database", "facts-": "store"}
    return next((kind for begins, kind in kinds.items() if name.startswith(begins)), None)


def _gauge(name: str, words: str, values: Labelled, *labels: str) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(PREFIX + name, words, labels=labels)
    for place, value in sorted(values.items()):
        family.add_metric(place, value)
    return family


def _counter(name: str, words: str, counts: Labelled, *labels: str) -> Any:
    from prometheus_client.core import CounterMetricFamily

    family = CounterMetricFamily(PREFIX + name, words, labels=labels)
    for place, n in sorted(counts.items()):
        family.add_metric(place, n)
    return family


def _seconds(name: str, words: str, seconds: measured.Seconds | measured.Door, *labels: str) -> Any:
    from prometheus_client.core import HistogramMetricFamily

    family = HistogramMetricFamily(PREFIX + name, words, labels=labels)
    for label, times in sorted(seconds.times().items()):
        buckets, below = [], 0
        for bound, n in zip([*map(str, seconds.bounds), "+Inf"], times.counts, strict=True):
            below += n
            buckets.append((bound, float(below)))
        family.add_metric((label,) if labels else (), buckets, times.total)
    return family
