"""Two teams of one server, each with a source of Segment: nothing of one is seen or written by the other."""

from accoil.connect.models import Mode, Record
from accoil.connect.segment.connecting import by_key
from accoil.team.models import Team, User
from tests.connect.segment.conftest import Synced, given
from tests.connect.stepped import step


def test_each_team_sends_to_its_own_source_with_its_own_key(synced: Synced) -> None:
    theirs = synced.segment.add_source()
    other = Team.objects.create(name="Other")
    joined = by_key(other, User.objects.create(email="eve@other.example"), given(theirs.key))
    synced.switch(Mode.ALL)
    step(joined)
    synced.settle()
    assert len(synced.source.messages) == 4 and theirs.messages == []
    assert not Record.objects.filter(connection=joined).exists()
    # An id that both know is another one's record in each: what is emptied of one stays of the other.
    synced.session.write("user", "ann", {"Accoil_Everyday_Score": 1})
    assert theirs.traits["identify"] == {}
