"""`accoil demo`: makes the team, sends the company's life through the front door, and serves it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console

from accoil.demo import fakes
from accoil.demo.automations import automate
from accoil.demo.company import ZONE
from accoil.demo.deliver import send
from accoil.demo.feeds import feed
from accoil.demo.memory import EMAIL, Memory
from accoil.demo.profiles import features, profiles
from accoil.demo.segments import furnish
from accoil.demo.tell import how_many, told
from accoil.refused import Refused

if TYPE_CHECKING:
    from accoil.asgi import Server
    from accoil.team.models import Product

NAME = "Ledgerly"
HOST = "127.0.0.1"
COUNTED_WITHIN = 120.0  # seconds
FILLED_DAYS = 60  # of past membership of segments


def run(
    port: int = 8000,
    serve: bool = True,
    users: int = 2000,
    days: int = 90,
    stand_ins: Mapping[str, Any] | None = None,
) -> None:
    """Fills the data folder with the demo company and serves it. A later run only tells what happened since.
    `stand_ins`: for tools, by name, that listen, to be filled with the company's people and connected."""
    from django.conf import settings

    from accoil import asgi

    now, console = datetime.now(UTC), Console(highlight=False)
    memory = Memory.recall(settings.DATA / "demo.json", users, days, now)
    if (memory.users, memory.days) != (users, days):
        console.print(
            f"The demo of {memory.users:,} users and {memory.days} days stays; for another, use another --data."
        )
    key, memory = _prepare(memory)
    fakes.forget(_product())
    server = asgi.start(HOST, port if serve else 0)  # any free port will do for sending
    try:
        if not memory.is_fresh(now):
            memory = _tell(memory, now, server, key, console)
        furnish(_product(), min(memory.days, FILLED_DAYS))
        automate(_product())
        feed(_product())
        at = server.address if serve else f"accoil serve --port {port}"
        console.print(f"\n{NAME} is ready:  {at}\nSign in with      {EMAIL}   {_password(memory)}")
        for line in fakes.join(_product(), memory.company(), stand_ins or {}, server.address):
            console.print(line)
        if serve:
            stopped = _listen_for_stop()
            console.print("Ctrl-C stops it.")
            stopped.wait()
    finally:
        server.stop()
        fakes.forget(_product())


def _tell(memory: Memory, now: datetime, server: Server, key: str, console: Console) -> Memory:
    """Sends what is new up to now and waits until it is in every number."""
    company = memory.company()
    total = how_many(company, now, memory.until)
    sent = send(told(company, now, memory.until), server.address, key, total)
    if not server.wait_counted(COUNTED_WITHIN):
        raise Refused("The server took the demo but did not count it within two minutes: see its log above.")
    memory = memory.told(now)
    memory.keep()
    console.print(f"{sent:,} messages about {len(company.people):,} users of {len(company.accounts):,} accounts.")
    return memory


def _prepare(memory: Memory) -> tuple[str, Memory]:
    """Team, product, owner, key and profiles, all or nothing. The memory is kept before anything is made or sent, so
    that a run that was interrupted goes on with the same company and password."""
    from django.db import transaction

    from accoil.team.beginning import Wanted, begin
    from accoil.team.models import Product

    memory.keep()
    with transaction.atomic():
        begun = begin(Wanted(NAME, NAME, EMAIL, memory.password, ZONE.key))
        product = Product.objects.get(pk=begun.product_id)
        if begun.ingest_key:
            _make_profiles(product)
    if begun.ingest_key:  # new, so nothing has been told to it, whatever we remember
        memory = memory.told(None)
        memory.keep()
    return begun.ingest_key or _key_of(product), memory


def _product() -> Product:
    from accoil.team.models import Product

    return Product.objects.get(team__name=NAME, name=NAME)


def _key_of(product: Product) -> str:
    from accoil.team.models import IngestKey

    found = IngestKey.objects.filter(product=product, disabled_at=None).first()
    if not found:
        raise Refused(f"Every ingest key of {NAME} is disabled; make one in Settings, or use another --data.")
    return found.key


def _make_profiles(product: Product) -> None:
    from accoil.score.definition import Definition
    from accoil.score.features import edit, read_all
    from accoil.score.models import Profile

    edit(product, lambda _: read_all(features()))
    for profile in profiles():
        definition = {key: value for key, value in profile.items() if key != "name"}
        Profile.create(product, profile["name"], Definition.check(definition), note="Made for the demo")


def _password(memory: Memory) -> str:
    from accoil.team.models import User

    same = User.objects.get(email=EMAIL).check_password(memory.password)
    return memory.password if same else "and the password you have set since"


def _listen_for_stop() -> threading.Event:
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped
