"""`accoil demo --with-fake-segment`: a stand-in for Segment beside the demo, with a page of what came."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from accoil.demo.company import Company
from accoil.demo.memory import EMAIL
from accoil.demo.stand_in import SWITCHED_ON, forget_own, is_free, library

if TYPE_CHECKING:
    from accoil.connect.models import Connection
    from accoil.team.models import Product


@contextmanager
def beside(port: int) -> Iterator[Any]:
    """The stand-in while it listens, at `port` if that is free. The setting that leads to it is in the environment, so
    this comes before it is read. Raises Refused where there is no clone of the source."""
    theirs = library("segment", "connect.segment.stand_in")
    made = theirs.Segment(time.time)
    with theirs.running(made, port if is_free(port) else 0):
        os.environ["ACCOIL_SEGMENT_URL"] = made.address
        yield made


def connect(product: Product, stand_in: Any) -> Connection:
    """As an owner would, by the write key of a source, then two profiles switched on."""
    from accoil.connect.models import Mode
    from accoil.connect.segment.connecting import by_key
    from accoil.connect.sync import set_mode
    from accoil.team.models import User

    owner = User.objects.get(email=EMAIL)
    connection = by_key(product.team, owner, {"write_key": stand_in.source.key, "region": "us"})
    for profile in product.profiles.all()[:SWITCHED_ON]:
        set_mode(connection, profile, Mode.ALL)
    return connection


def join(product: Product, company: Company, stand_in: Any, address: str) -> str:
    connect(product, stand_in)
    return "with what came"


def forget(product: Product) -> None:
    forget_own(product, "segment")
