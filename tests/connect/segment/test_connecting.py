"""A team and a source of Segment: by its write key, in its region, never two to one."""

from typing import Any

import pytest
from django.db import connection as db

from accoil.connect.connection import SignInAgain
from accoil.connect.models import Connection, State
from accoil.connect.segment import speaking
from accoil.connect.segment.connecting import by_key
from accoil.connect.segment.session import SegmentSession
from accoil.refused import Refused
from accoil.team.models import Team, User
from tests.connect.segment.conftest import given
from tests.connect.segment.stand_in import Segment


def test_a_write_key_connects_and_nothing_is_sent(team: Team, author: User, segment: Segment) -> None:
    made = by_key(team, author, given(f" {segment.source.key} "))
    assert (made.state, made.workspace_name) == (State.CONNECTED, "Source …stuv (EU)")
    assert segment.source.messages == [] and [call.body for call in segment.heard] == [{"batch": []}]
    with db.cursor() as cursor:
        cursor.execute("select * from connect_connection")
        assert segment.source.key not in str(cursor.fetchall())


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"write_key": " "}, "Write key: this is not one"),
        ({"write_key": "with a space in its middle"}, "Write key: this is not one"),
        ({"region": "mars"}, "Region: choose"),
        ({"region": "other"}, "Address: write where"),
        ({"region": "other", "host": "http://10.0.0.1/v1"}, "Address: 10.0.0.1 on port 80 is not an address"),
        ({"left_out": ",".join(map(str, range(30)))}, "Destinations left out: 30"),
    ],
)
def test_what_is_wrong_is_said_by_the_name_of_its_field(
    team: Team, author: User, segment: Segment, typed: dict[str, str], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        by_key(team, author, given(segment.source.key) | typed)
    assert not Connection.objects.exists()


def test_a_key_that_segment_refuses_is_refused(team: Team, author: User, segment: Segment) -> None:
    segment.source.revoked = True
    with pytest.raises(Refused, match="Write key: Segment does not take it"):
        by_key(team, author, given(segment.source.key))


def test_a_source_belongs_to_one_team_and_a_team_has_one(team: Team, author: User, segment: Segment) -> None:
    own = by_key(team, author, given(segment.source.key))
    other, second = Team.objects.create(name="Other"), segment.add_source()
    with pytest.raises(Refused, match="This Segment source is connected to another team"):
        by_key(other, author, given(segment.source.key))
    with pytest.raises(Refused, match="Your team is connected to the Segment source “Source …stuv"):
        by_key(team, author, given(second.key))
    assert by_key(other, author, given(second.key)).pk != own.pk
    assert by_key(team, author, given(segment.source.key, left_out="Webhooks (Actions)")).pk == own.pk


def test_each_region_has_its_own_host_and_another_one_is_asked_with_care(settings: Any) -> None:
    settings.SEGMENT_URL = ""
    assert speaking.place("us", "") == ("https://api.segment.io", False)
    assert speaking.place("eu", "") == ("https://events.eu1.segmentapis.com", False)
    assert speaking.place("other", "https://proxy.example") == ("https://proxy.example", True)


def test_another_address_is_taken_without_the_path_that_all_have(
    team: Team, author: User, segment: Segment, settings: Any
) -> None:
    import ipaddress

    settings.WEBHOOK_NETWORKS, settings.SEGMENT_URL = [ipaddress.ip_network("127.0.0.0/8")], ""
    made = by_key(team, author, given(segment.source.key, "other", host=f"{segment.address}/v1/"))
    assert made.options["host"] == segment.address and made.workspace_name == "Source …stuv (127.0.0.1)"
    SegmentSession(made).write("user", "ann", {"Score": 1})
    assert segment.source.traits["identify"]["ann"] == {"Score": 1}


def test_a_stand_ins_key_is_not_told_to_anybody_else(team: Team, author: User, segment: Segment, settings: Any) -> None:
    made = by_key(team, author, given(segment.source.key))
    settings.SEGMENT_URL = "http://127.0.0.1:1"
    with pytest.raises(SignInAgain, match="at another address"):
        SegmentSession(made)


def test_destinations_that_lead_back_are_left_out(team: Team, author: User, segment: Segment) -> None:
    made = by_key(team, author, given(segment.source.key, left_out="Webhooks (Actions), Own Hook"))
    SegmentSession(made).write("user", "ann", {"Score": 1})
    assert segment.source.messages[0]["integrations"] == {
        "All": True, "Accoil Analytics": False, "Webhooks (Actions)": False, "Own Hook": False,
    }  # fmt: skip
