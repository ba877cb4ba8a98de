"""Automations of the busy product, made and fired, for the pages that tell of them."""

import threading
from typing import Any

from accoil.act import automations
from accoil.act.acting import Acting
from accoil.act.automations import Draft
from accoil.act.deliveries import work
from accoil.act.models import Automation, Delivery
from accoil.segment.rounds import Rounds
from tests.show.conftest import World, receive
from tests.small_worlds import at, did

HTMX = {"headers": {"HX-Request": "true"}}
TAG = [{"intercom_tag": {"tag": "hot", "on": "company"}}]
BUSY = {"metric": "raw", "at_least": 40}


def made(world: World, when: Any = None, then: Any = TAG, scope: Any = "account", **more: Any) -> Automation:
    enabled = more.pop("enabled", False)
    more.setdefault("name", "Tell Rita")
    draft = Draft(scope=scope, when=when or {"becomes": BUSY}, then=then, **more)
    return automations.create(world.profile, draft, world.ann, enabled)


def fire(world: World, engine) -> None:
    """Globex becomes busy; what follows from it is done."""
    receive(engine, world.web, [did("gus", "Report_Created", at(31), 5)])
    Rounds().look(world.profile)
    Acting().step()
    for connection in {each.connection_id for each in Delivery.objects.all()}:
        work(connection, threading.Event())
