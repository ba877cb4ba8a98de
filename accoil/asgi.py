"""The server: ingest paths go to the front door, everything else to the pages; around them journal, loader, clock."""

import gc
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path

import structlog
import uvicorn
from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from accoil import backup, health, importing, metrics
from accoil.clock import Clock
from accoil.control import Control
from accoil.count.counting import Counting
from accoil.count.load import checksums
from accoil.erase.carrying import Erasing
from accoil.erase.keeping import Keeping
from accoil.following import Following
from accoil.looked_up import LookedUp
from accoil.postgresql.alone import Alone
from accoil.receive import answers, bodies, tracker
from accoil.receive.answers import refusal, respond
from accoil.receive.app import JSON, FrontDoor, Receive, Scope, Send
from accoil.receive.bounds import bounds
from accoil.receive.direct import Direct
from accoil.receive.heard import heard
from accoil.receive.http import Serving
from accoil.receive.keys import KeyRing
from accoil.receive.place import Place
from accoil.refused import Refused
from accoil.score.configuration import configurations
from accoil.score.freezing import Freezing
from accoil.show.inbox import door as inbox
from accoil.show.inbox import opened
from accoil.show.inbox.desk import Desk
from accoil.show.mcp import reach
from accoil.team import audit
from accoil.team.keys import remember_last_seen
from accoil.watch.running import Watch

PAGE_THREADS = 4
STOPS_WITHIN = 5  # seconds that requests on their way are given when the server is told to stop
# The event loop must get its turn soon after a thread that counts or draws a page; 5 ms, the default, is a p99.
SWITCH_INTERVAL = 0.0005

log = structlog.get_logger()


class App:
    """One ASGI application for the whole server."""

    def __init__(self, door: FrontDoor, counting: Counting, desk: Desk, told: metrics.Metrics) -> None:
        self._door = door
        self._counting = counting
        self._desk = desk
        self._metrics = told
        self._pages = WSGIMiddleware(get_wsgi_application(), workers=PAGE_THREADS)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if path := self._door.takes(scope):
            await self._door(scope, receive, send, path)
        elif scope["type"] == "http" and scope["path"] in (tracker.PATH, settings.INGEST_PREFIX + tracker.PATH):
            await tracker.answer(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == "/health":
            await respond(send, 200, health.told(self._counting), [JSON, (health.SERVER.encode(), health.ID.encode())])
        elif scope["type"] == "http" and scope["path"] == metrics.PATH:
            await self._metrics.answer(scope, send)
        elif scope["type"] == "http" and scope["path"] in inbox.PATHS:
            await inbox.answer(self._desk, scope, receive, send)
        elif scope["type"] == "http":
            await self._page(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            receive = await bodies.ahead(receive)
        except bodies.Gone:
            return
        except answers.Refused as refused:
            return await respond(send, refused.status, refusal(refused.code, str(refused)), [JSON, *refused.headers])
        await self._pages(scope, receive, send)  # type: ignore[arg-type]


class Server:
    """Everything in one process. `start` returns when it listens, `stop` when all that was accepted is safe."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        folder = Path(settings.DATA)
        self._looked_up = LookedUp()
        self.freezing = Freezing(lambda: self.wait_counted(5))
        self._told_of_gaps = False
        self._last_seen: dict[int, float] = {}  # key → when it was last used, as the database has it
        self.ring = KeyRing(self._looked_up.ring)
        self.ring.refresh()
        self.counting = Counting(folder, lambda: self._looked_up.zones, lambda: self.freezing.since)
        self._configure()
        self.watch = Watch(self.counting)
        self._looked_up.full = lambda: self.watch.full
        self.imports = importing.imports(folder, self.counting)
        self._control = Control(
            folder,
            {
                "rebuild": self._rebuild,
                "checksums": self._checksums,
                "copy_store": partial(backup.copy_store_of, self.counting),
                "events": health.known_events,
                "progress": lambda: health.progress(self.counting),
                **importing.answers(self.imports),
                **reach.answers(),
            },
        )
        self._alone = Alone()
        often = [
            ("keep the database to itself", self._alone.hold, 15),
            ("look for new keys and products", self.ring.refresh, 2),
            ("keep when keys were last used", self._keep_last_seen, 5),
            ("keep when the inbox widget was last opened", opened.keep, 5),
            ("hear which traits mean what", self._configure, 2),
            ("count anew what a setting changed", self._follow_settings, 10),
            ("seal days past the open window", self.counting.seal, 30),
            ("sum up days that are over", self.freezing.look, 15),
            ("forget the audit log of two years ago", audit.forget_old, 3600),
            *self.watch.acts,
        ]
        self._clock = Clock(often)
        self._erasing = Erasing(self.counting, self.ring.refresh, self._importing, self.imports)
        self._keeping = Keeping(self.counting, self.ring.refresh)
        self._following = Following(self.counting, self._importing, self._erasing.step, self._keeping.step)
        self._desk = Desk()
        self._metrics = metrics.Metrics(self.counting, lambda: self._clock.failing)
        door = FrontDoor(self.counting.journal, self.ring, _place(), self.watch.debugger)
        config = uvicorn.Config(
            App(door, self.counting, self._desk, self._metrics),
            host=host, port=port, lifespan="off", access_log=False, log_config=None, log_level="warning",
            server_header=False, timeout_graceful_shutdown=STOPS_WITHIN, backlog=4096,
            http=partial(Direct, door=door, bounds=bounds()),  # type: ignore[arg-type]  # it is called, nothing else
        )  # fmt: skip
        self._http = Serving(config, self.counting.journal.shed_if_stalled, self.counting.journal.shed)
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port it listens on, also when it was asked for any (0)."""
        return int(self._http.servers[0].sockets[0].getsockname()[1])

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self, timeout: float = 20) -> None:
        self._start_parts()
        self._thread = threading.Thread(target=self._http.run, name="http", daemon=True)
        self._thread.start()
        until = time.monotonic() + timeout
        while not self._http.started:
            if not self._thread.is_alive() or time.monotonic() > until:
                self._stop_parts()
                raise self._no_port()
            self._thread.join(0.01)

    def stop(self) -> None:
        self._http.should_exit = True
        if self._thread:
            self._thread.join()
        self._stop_parts()

    def run(self) -> None:
        """Serves until the process is told to stop (Ctrl-C, SIGTERM); says where, once it listens."""
        self._http.listening = lambda: print(
            f"Accoil is at http://{self.host}:{self.port} (Ctrl-C stops it).", flush=True
        )
        # uvicorn ends by raising the signal again: by default that would end us before the rest has stopped.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: sys.exit(0))
        self._start_parts()
        try:
            self._http.run()
        except SystemExit as ended:
            raise self._no_port() if ended.code and not self._http.started else ended from None
        finally:
            self._stop_parts()

    def _no_port(self) -> Refused:
        return Refused(f"Port {self._http.config.port} on {self.host} can't be used; is something else there?")

    def wait_counted(self, timeout: float = 30) -> bool:
        """Whether everything accepted until now is in every number."""
        return self.counting.wait_counted(timeout)

    def _start_parts(self) -> None:
        self._alone.hold()
        sys.setswitchinterval(SWITCH_INTERVAL)
        # Calls come and go by the hundred thousand and hold no cycles: looking for some that often is wasted.
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        self.watch.start()
        self.freezing.start()
        self.counting.start()
        self.imports.open()
        self._control.start()
        self._clock.start()
        self._following.start()

    def _stop_parts(self) -> None:
        self._erasing.stop()
        self._keeping.stop()
        self._clock.stop()
        self._following.stop()
        self._desk.stop()
        self._metrics.stop()
        self.freezing.stop()
        self._control.stop()
        self.imports.close()
        self.counting.stop()
        self.watch.stop()
        self._alone.stop()

    def _importing(self) -> set[int]:
        """Products that a file is being imported for."""
        return {
            product
            for product in self._looked_up.zones
            if any(not each.is_finished for each in self.imports.all(product))
        }

    def _keep_last_seen(self) -> None:
        now = heard.times()
        remember_last_seen({key: at for key, at in now.items() if self._last_seen.get(key) != at})
        self._last_seen = now

    def _configure(self) -> None:
        self.counting.facts.configure(configurations())

    def _follow_settings(self) -> None:
        """Days are counted in a zone, and memberships read from a trait, when calls are counted: when one of them
        changes, all calls are."""
        facts = self.counting.facts
        zones = any(facts.zones.get(product, zone) != zone for product, zone in self._looked_up.zones.items())
        traits = any(facts.configured(id).account_id != trait for id, trait in facts.account_traits.items())
        if not zones and not traits:
            return
        what = "a time zone" if zones else "the trait that names accounts"
        if self.counting.journal.gaps:
            if not self._told_of_gaps:
                log.error(f"{what} changed; nothing is counted anew", reason=self.counting.why_not_rebuild())
            self._told_of_gaps = True
            return
        log.info(f"{what} changed: counting anew")
        self.counting.rebuild()

    def _rebuild(self, *anyway: str) -> list[dict[str, object]]:
        if not anyway and (why_not := self.counting.why_not_rebuild()):
            raise Refused(why_not)
        self.counting.rebuild()
        return self._checksums()

    def _checksums(self) -> list[dict[str, object]]:
        self.wait_counted()
        return self.counting.asked(checksums)


def _place() -> Place:
    pretends = {"refuse": (), "segment": (200,), "accoil": (202,)}[settings.UNKNOWN_KEY]
    return Place(settings.PUBLIC_URL, settings.INGEST_PREFIX, frozenset(pretends), settings.STRICT)


def start(host: str = "127.0.0.1", port: int = 0) -> Server:
    """A server in threads of this process, listening when this returns. Raises Refused."""
    server = Server(host, port)
    server.start()
    return server


def serve(host: str, port: int) -> None:
    """Serves until stopped. Raises Refused."""
    Server(host, port).run()
