"""What a server is made of ends as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from accoil.count.counting import lock
from accoil.parts import Parts
from accoil.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_part_that_fails_to_stop_keeps_no_other_one_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise OSError("no disk")

    parts = Parts(tmp_path, Role.EVERYTHING)
    parts.start()
    for part in parts._made:
        if part is not parts._counts:
            monkeypatch.setattr(part, "stop", fails)
    with pytest.raises(OSError, match="no disk"):
        parts.stop()
    lock(tmp_path).close()  # raises InUse while it counts
