"""The sentence above the list of segments."""

import pytest

from accoil.segment.models import Segment
from accoil.show.segment_words import overview


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        (4, "At risk</b> grew by <b>4</b> in a week."),
        (-4, "At risk</b> shrank by <b>4</b> in a week."),
        (0, "none of your own has changed in size this week."),
        (None, "a week from now this says which of your own grew or shrank."),  # nobody knows who was inside then
    ],
)
def test_it_says_which_of_ones_own_moved_and_claims_nothing_that_is_not_known(gain, said):
    rows = [{"segment": Segment(name="At risk", kind="custom"), "gain": gain}]
    assert str(overview(rows, "account")).endswith(said)
