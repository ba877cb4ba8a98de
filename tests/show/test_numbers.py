"""Every number says on click what it means and what it is made of."""

import pytest

from accoil.show import columns, meanings
from accoil.show.made_of import SAYINGS
from tests.show.reading import words
from tests.show.test_pages import id_of  # noqa: F401
