"""A trigger that is a rule has a segment of its own, which is nobody's business."""

import pytest

from accoil.act import automations
from accoil.act.automations import Draft
from accoil.definition_files import definitions
from accoil.refused import Refused
from accoil.score.book import open_book
from accoil.segment import keeping, reading
from accoil.segment.models import Segment, Stay
from accoil.segment.rounds import Rounds
from accoil.segment.within import within
from tests.api.test_what_if import SAME, post


@pytest.fixture
def hidden(ask) -> Segment:
    """Ann is in it."""
    then = [{"intercom_tag": {"tag": "busy", "on": "user"}}]
    draft = Draft(name="Busy", scope="user", when={"becomes": {"metric": "raw", "at_least": 20}}, then=then)
    automations.create(ask.profile, draft, enabled=True)
    Rounds().step()
    found = Segment.every.get(kind="trigger")
    assert Stay.objects.filter(segment=found).exists()
    return found


def test_no_answer_of_the_read_api_knows_of_it(ask, hidden):
    for scope in ("user", "account"):
        listed = ask.workspace("/api/v2/segments", scope=scope, limit=100)["data"]
        assert listed
        assert hidden.name not in [each["name"] for each in listed]
    ask.get(f"/api/v2/segments/{hidden.pk}", 404)
    ask.get(f"/api/v2/segments/{hidden.pk}/members", 404)
    ann = ask.one("users", "ann")
    assert hidden.name not in str(ann)
    assert hidden.name not in str(post(ask, {**SAME, "events": {"Report_Created": 1}})["segments"])


def test_no_rule_file_or_reader_knows_of_it(ask, hidden):
    with pytest.raises(Refused, match="There is no segment"):
        keeping.create(ask.profile, "user", "Like it", {"segment": hidden.name})
    assert hidden.name not in definitions(ask.product)
    assert hidden.pk not in [move.segment.pk for move in reading.moves(ask.profile)]
    entity = Stay.objects.get(segment=hidden).entity
    assert hidden.pk not in [stay.segment_id for stay in reading.of_entity(ask.profile, "user", entity)]
    own = keeping.of_scope(ask.profile, "user")
    book = open_book(ask.product.pk, ask.profile.current.parsed, ask.product.today())
    assert hidden not in within(ask.profile, "user", book, own, entity)
