"""The sentences above the lists of segments and of journeys."""

import pytest

from accoil.segment.models import Journey, Segment
from accoil.segment.sizes import Figures
from accoil.show.segment_words import journeys, overview


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


def test_those_who_do_not_get_on_are_those_of_the_journey_that_is_named():
    def journey(name: str, *stages: tuple[int, int]) -> dict[str, object]:
        told = [{"figures": Figures(members, 0, None), "stuck": stuck} for members, stuck in stages]
        return {"journey": Journey(name=name), "stages": told}

    several = [journey("Engagement", (12, 3), (55, 25)), journey("Buyer journey", (146, 122))]
    said = "<b>67 accounts</b> in <b>Engagement</b>; <b>28</b> have been in a stage more than twice as long as usual."
    assert str(journeys(several, "account")) == said
