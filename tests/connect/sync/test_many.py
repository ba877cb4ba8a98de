"""Everyone of a large product, within the limits of the stand-in, and then nothing more."""

import resource
import time
from collections.abc import Iterator

import pytest

from accoil.connect.models import Mode, Pass, Record
from accoil.connect.now import now
from tests.connect.sync.conftest import Synced
from tests.intercom import Intercom, running
from tests.small_worlds import at, did, identified, joins

OF_EACH = 10  # users of an account


@pytest.fixture
def intercom(settings, clock) -> Iterator[Intercom]:
    with running(Intercom(clock=now, checks=False)) as it:
        settings.INTERCOM_URL = it.address
        yield it


def fill(synced: Synced, users: int) -> None:
    """So many users, ten of each account, who all are in Intercom with their company."""
    workspace, product = synced.workspace, synced.looked.product.pk
    told = []
    for number in range(users):
        name, account = f"user{number}", f"account{number // OF_EACH}"
        if number % OF_EACH == 0:
            company = workspace.company(account, account)
        workspace.contact(f"{name}@many.example", [company], role="user")
        told += [identified(name, at(1), email=f"{name}@many.example"), joins(name, account, at(2))]
        told += did(name, "Report_Created" if number % 3 else "Dashboard_Viewed", at(28 + number % 3), 1 + number % 2)
    synced.looked.facts.receive(product, told, per_block=5000)


def megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.parametrize("users", [500, pytest.param(20_000, marks=pytest.mark.soak)])
def test_everyone_is_written_once_and_then_nobody(synced: Synced, users: int) -> None:
    fill(synced, users)
    synced.looked.look()
    synced.switch(Mode.ALL)
    started, real, memory = synced.clock.now(), time.process_time(), megabytes()
    synced.settle()
    took, real_took = synced.clock.now() - started, time.process_time() - real
    written = synced.workspace.per_record("contact"), synced.workspace.per_record("company")
    print(f"{users} users: {took:.0f} s as told by the clock, {real_took:.0f} s of the processor with the stand-in, "
          f"{memory} → {megabytes()} MB, peak {synced.intercom.limits.peak} calls in a window")  # fmt: skip
    assert len(written[0]) == users + 2 and len(written[1]) == users // OF_EACH + 1
    assert set(written[0].values()) == set(written[1].values()) == {1}
    assert synced.intercom.limits.refused == 0
    assert synced.intercom.limits.peak <= synced.intercom.limits.per_window * 0.5 + 20
    assert Record.objects.filter(match=Record.Is.MATCHED).count() == users + 2 + users // OF_EACH + 1

    calls = len(synced.workspace.writes)
    synced.clock.advance(7 * 3600)
    real = time.process_time()
    synced.settle()
    print(f"a second pass: {time.process_time() - real:.0f} s of the processor")
    assert len(synced.workspace.writes) == calls
    full = Pass.objects.filter(connection=synced.connection, of=Pass.Of.FULL).first()
    assert full and full.counts["unchanged"] == full.of_total == users + 3 + users // OF_EACH
