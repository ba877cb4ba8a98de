"""`accoil demo --with-fake-segment`: a stand-in for Segment beside the demo, with a page of what came."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from accoil.demo.company import Company
from accoil.demo.stand_in import forget_own, library, listening, owner, with_profiles

if TYPE_CHECKING:
    from accoil.connect.models import Connection
    from accoil.team.models import Product


def beside(port: int) -> AbstractContextManager[Any]:
    theirs = library("segment", "connect.segment.stand_in")
    return listening(theirs, theirs.Segment(time.time), port, "SEGMENT")


def connect(product: Product, stand_in: Any) -> Connection:
    """As an owner would, by the write key of a source, then two profiles switched on."""
    from accoil.connect.segment.connecting import by_key

    given = {"write_key": stand_in.source.key, "region": "us"}
    return with_profiles(by_key(product.team, owner(), given), product)


def join(product: Product, company: Company, stand_in: Any, address: str) -> str:
    connect(product, stand_in)
    return "with what came"


def forget(product: Product) -> None:
    forget_own(product, "segment")
