from collections.abc import Iterator

import pytest

from accoil.count.counting import Counting
from accoil.receive.importing import Imports
from tests.receive.importing.running import open_imports


@pytest.fixture
def opened(tmp_path) -> Iterator[tuple[Imports, Counting]]:
    with open_imports(tmp_path / "data") as both:
        yield both
