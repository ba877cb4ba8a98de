from collections.abc import Iterator

import pytest

from tests.intercom import Intercom, running
from tests.intercom.asking import Asking


@pytest.fixture
def intercom() -> Iterator[Intercom]:
    """A stand-in that listens, with one empty workspace."""
    with running() as it:
        yield it


@pytest.fixture
def asking(intercom: Intercom) -> Asking:
    return Asking(intercom)
