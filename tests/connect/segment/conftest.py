"""A product whose profile is synced to the stand-in for Segment, over HTTP, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from accoil.connect.now import Driven, driven, now
from accoil.connect.segment.connecting import by_key
from accoil.connect.segment.speaking import doors
from tests.connect.segment.stand_in import Segment, Source, running
from tests.connect.stepped import Stepped, acme, closing

START = "Accoil_Everyday_"


@dataclass(kw_only=True)
class Synced(Stepped):
    segment: Segment

    @property
    def source(self) -> Source:
        return self.segment.source

    def stands(self, user: str) -> dict[str, Any]:
        """The user's traits, without the start of their names."""
        return _short(self.source.traits["identify"].get(user, {}))

    def stands_at(self, account: str) -> dict[str, Any]:
        return _short(self.source.traits["group"].get(account, {}))


def _short(traits: dict[str, Any]) -> dict[str, Any]:
    return {name.removeprefix(START): value for name, value in traits.items()}


def given(key: str, region: str = "eu", **more: str) -> dict[str, str]:
    return {"write_key": key, "region": region, **more}


@pytest.fixture
def clock() -> Iterator[Driven]:
    with driven() as it:
        yield it


@pytest.fixture
def segment(settings: Any, clock: Driven) -> Iterator[Segment]:
    with running(Segment(now)) as it:
        settings.SEGMENT_URL = it.address
        yield it


@pytest.fixture
def synced(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, segment: Segment, clock: Driven
) -> Iterator[Synced]:
    """Ann and bob of acme, carla of none. No profile is on yet."""
    with acme(monkeypatch) as (looked, author):
        connection = by_key(looked.product.team, author, given(segment.source.key))
        yield from closing(Synced(looked, connection, clock, forget=doors.forget, segment=segment))
