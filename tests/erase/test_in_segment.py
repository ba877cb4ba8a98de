"""What was written to Segment of somebody who is deleted is emptied there, of accounts as of users."""

import pytest

from accoil.connect.models import Left, Mode
from accoil.count.ids import Kind
from accoil.erase import elsewhere, records
from accoil.erase.asking import begin
from tests.connect.segment.conftest import Synced, clock, segment, synced  # noqa: F401  the fixtures


@pytest.mark.parametrize(("kind", "id"), [("user", "carla"), ("account", "acme")])
def test_the_deletion_ends_when_segment_was_told(synced: Synced, kind: Kind, id: str) -> None:  # noqa: F811
    synced.switch(Mode.ALL)
    synced.settle()
    stands = synced.stands if kind == "user" else synced.stands_at
    assert stands(id)
    erasure = begin(synced.looked.product, kind, id, [id])
    records.sweep(erasure)
    assert elsewhere.why_not_done(erasure) == "Segment is being cleared."
    synced.settle()
    assert stands(id) == {} and not Left.objects.exists()
    assert elsewhere.why_not_done(erasure) is None
