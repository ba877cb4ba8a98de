"""Browser clients on a bad way to the server: what they say still counts, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.clients.conftest import Visit
from tests.browser.clients.test_rudder import BUNDLED, TALK
from tests.browser.clients.test_segment import COUNTED, LOAD, UMD
from tests.browser.clients.test_segment import TALK as SEGMENTS_TALK
from tests.clients.way import MISHAPS, each_once, way

# Without waiting for each call: one that must be sent again would hold up the next.
SEGMENT = f"async (options) => {{ await ({LOAD})(options); ({SEGMENTS_TALK.replace('await ', '')})() }}"


def segment(options: str) -> tuple[str, str]:
    return UMD, f"async () => {{ await ({SEGMENT})({options}) }}"


def rudder(options: str) -> tuple[str, str]:
    return BUNDLED, TALK.replace("OPTIONS", options)


@pytest.mark.parametrize("client", [segment, rudder])
def test_retries_and_repetitions_count_once(visit: Visit, client: Callable[[str], tuple[str, str]]) -> None:
    file, script = client("{}")
    with way(visit.door.address, each_once()) as bad:
        visit.address = bad.address
        visit.carry(file)
        visit.run(script)
        visit.counts(COUNTED)
        assert {mishap for mishap in MISHAPS if bad.happened[mishap]} == set(MISHAPS)
    assert len({call["messageId"] for call in visit.calls()}) == 29 < len(visit.calls())
    visit.complaints.clear()  # the browser tells of each request that failed
