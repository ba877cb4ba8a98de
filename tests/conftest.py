"""Every run has its own data folder: no test ever touches the one of the person who runs it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import pytest
from _pytest.nodeid import coerce_node_id

_folder = tempfile.TemporaryDirectory(prefix="accoil-tests-")

_KEPT = ("ACCOIL_CONTRACTS", "ACCOIL_TEST_DATABASE_URL")

# Settings are read from the environment when Django loads, so this must come before anything of ours is imported.
# Where the contracts of other tools lie is for the stand-ins, not for us.
_database = os.environ.get("ACCOIL_TEST_DATABASE_URL")
for _name in [name for name in os.environ if name.startswith("ACCOIL_") and name not in _KEPT]:
    del os.environ[_name]
if _database:
    from tests.postgresql import new_database

    os.environ["ACCOIL_DATABASE_URL"] = new_database(_database)  # each process of a run has its own
os.environ["ACCOIL_DATA"] = _folder.name
os.environ["ACCOIL_INTERCOM_URL"] = "http://127.0.0.1:1"  # nobody is there: no test ever asks Intercom itself
os.environ["DJANGO_SETTINGS_MODULE"] = "accoil.settings"
django.setup()
# A run in several processes hands its environment on: with this in it, they would load the settings before their own
# conftest gives them a folder of their own.
del os.environ["DJANGO_SETTINGS_MODULE"]

if TYPE_CHECKING:
    from accoil.asgi import Server
    from tests.door import Door
    from tests.postgresql import Cluster
    from tests.world import Engine

_status = pytest.StashKey[int]()
_shared: list[Server] = []  # while it runs


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What stands on one dear thing (a group) is run by one process. pytest-xdist 3.8 writes the group where pytest
    9.2 does not look any more, so it is written again."""
    if not config.getoption("loadgroup", False):
        return
    for item in items:
        if mark := item.get_closest_marker("xdist_group"):
            item._id = coerce_node_id(f"{item.nodeid}@{mark.args[0]}")  # type: ignore[attr-defined]


def _static_files_are_looked_for_once() -> None:
    """Each test client makes its middlewares anew, and WhiteNoise looked through the same folders each time: as long as
    a page takes."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    look, found = WhiteNoiseMiddleware.add_files_from_finders, dict[str, Any]()

    def look_once(self: WhiteNoiseMiddleware) -> None:
        if not found:
            look(self)
            found.update(self.files)
        self.files.update(found)

    WhiteNoiseMiddleware.add_files_from_finders = look_once


_static_files_are_looked_for_once()


def _passwords_cost_little() -> None:
    """Hashed as ever, but in a few microseconds: each hash of a test would fill 100 MB, since it is to be dear. Servers
    in processes of their own take that time."""
    from django.contrib.auth.hashers import Argon2PasswordHasher as Hasher

    Hasher.time_cost, Hasher.memory_cost, Hasher.parallelism = 1, 8, 1


_passwords_cost_little()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """The database of this run. pytest-django's own makes none where no test asks for `db` by name, and `server`
    must not: what it serves is seen by other threads, so it can't live in one test's transaction."""
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    from tests import migrated

    in_a_file = connection.vendor == "sqlite"
    with django_db_blocker.unblock():
        if in_a_file:
            migrated.take(Path(connection.settings_dict["TEST"]["NAME"]))
        made = setup_databases(verbosity=0, interactive=False, keepdb=in_a_file)
        if in_a_file:
            migrated.keep()
    yield
    with django_db_blocker.unblock():
        _send_away_whoever_is_left()
        teardown_databases(made, verbosity=0)


def _send_away_whoever_is_left() -> None:
    """PostgreSQL removes no database that somebody is in: threads that ended, and workers that wait for more."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session")
def _running(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    from django.test import override_settings

    from accoil.asgi import start
    from accoil.count import load
    from accoil.receive import keys

    # Each test makes a product, sends, and waits: until the key is looked up, and for the load after the next.
    keys.LOOK_UP_AT_MOST_EVERY, load.LONGEST_REST = 0.02, 0.05
    # Between tests too: a thread of the server's that is refused the database in the middle of a transaction leaves it
    # open, and everybody else is locked out.
    with django_db_blocker.unblock():
        with override_settings(DATA=tmp_path_factory.mktemp("server")):
            running = start()
        _shared.append(running)
        yield running
        _shared.remove(running)
        running.stop()


@pytest.fixture
def server(_running: Server, django_db_blocker: Any) -> Iterator[Server]:
    """The whole server in threads of this process, listening on a port of its own. All tests share it."""
    from accoil import importing
    from accoil.count.facts import open_facts

    with django_db_blocker.unblock():
        assert _running.parts.counts
        # Another test may have asked facts, or begun imports, of its own.
        open_facts(_running.counting.facts)
        importing._own = _running.parts.counts.imports
        yield _running


@pytest.fixture
def apart() -> Iterator[None]:
    """The server that tests share follows nobody meanwhile: it would delete, in its own store, what a test with a store
    of its own lets go."""
    for running in _shared:
        running.counting.is_asked = False
    yield
    for running in _shared:
        running.counting.is_asked = True


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> None:
    """Connections and teams of other tests had the same ids."""
    from tests.remembered import forget

    forget()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Facts without a server, for the tests of one file: messages go through the journal and the loader, by hand."""
    from accoil.count.facts import open_facts
    from tests.world import Engine

    engine = Engine(tmp_path_factory.mktemp("facts"))
    yield engine
    open_facts(None)
    engine.facts.store.close()


@pytest.fixture
def new_product(server: Server) -> Callable[[], Door]:
    """Makes a product of a team of its own."""
    from tests.door import make_product

    return lambda: make_product(server)


@pytest.fixture
def door(new_product: Callable[[], Door]) -> Door:
    """The ways in and out of a product that is new and empty."""
    return new_product()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """One for all tests that ask for it."""
    from tests.postgresql import cluster, why_not

    if reason := why_not():
        pytest.skip(reason)
    with cluster() as made:
        yield made


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[_status] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """DuckDB's binding prints a page of warnings about itself when the interpreter is torn down, under which the
    result of the run would be lost: leave without that, with the run's own status."""
    _folder.cleanup()
    is_worker = hasattr(config, "workerinput")  # of a run in several processes, whose result is told by the first
    if "duckdb" in sys.modules and _status in config.stash and not is_worker:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[_status])
