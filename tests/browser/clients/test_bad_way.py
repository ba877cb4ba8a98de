"""Browser clients on a bad way to the server: what they say still counts, once."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.browser.clients.conftest import Visit
from tests.browser.clients.test_rudder import BUNDLED, TALK
from tests.browser.clients.test_segment import COUNTED, LOAD, UMD
from tests.browser.clients.test_segment import TALK as SEGMENTS_TALK
from tests.clients.way import MISHAPS, Passed, Way, each_once, way
from tests.waiting import until

# Without waiting for each call: one that must be sent again would hold up the next.
SEGMENT = f"async (options) => {{ await ({LOAD})(options); ({SEGMENTS_TALK.replace('await ', '')})() }}"


def segment(options: str) -> tuple[str, str]:
    return UMD, f"async () => {{ await ({SEGMENT})({options}) }}"


def rudder(options: str) -> tuple[str, str]:
    return BUNDLED, TALK.replace("OPTIONS", options)


def posts(bad: Way) -> list[Passed]:
    return [passed for passed in bad.passed if passed.method == "POST"]


def taken(bad: Way) -> set[str]:
    """The ids of single calls that the page was told are safe."""
    return {json.loads(passed.body)["messageId"] for passed in posts(bad) if passed.answer.status == 200}


@pytest.mark.parametrize("client", [segment, rudder])
def test_retries_and_repetitions_count_once(visit: Visit, client: Callable[[str], tuple[str, str]]) -> None:
    file, script = client("{}")
    with way(visit.door.address, each_once()) as bad:
        visit.address = bad.address
        visit.carry(file)
        visit.run(script)
        until(lambda: len(taken(bad)) == 29, said=lambda: f"{len(taken(bad))} calls were taken")
        visit.counts(COUNTED)
        assert {mishap for mishap in MISHAPS if bad.happened[mishap]} == set(MISHAPS)
        assert len(posts(bad)) > 29
    visit.complaints.clear()  # the browser tells of each request that failed
