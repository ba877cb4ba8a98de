"""Two teams of one server, each with an organisation of Salesforce: nothing of one is seen or written by the other."""

from accoil.connect.models import Mode, Record
from accoil.team.models import Team, User
from tests.connect.salesforce.conftest import Synced, join, make_fields
from tests.connect.stepped import step


def test_each_team_writes_to_its_own_organisation_with_its_own_token(synced: Synced) -> None:
    theirs = synced.salesforce.add_org()
    make_fields(theirs)
    theirs.contact("ann@acme.example")
    other = Team.objects.create(name="Other")
    joined = join(other, User.objects.create(email="eve@other.example"), synced.salesforce, theirs)
    synced.switch(Mode.ALL)
    step(joined)
    synced.settle()
    assert len(synced.org.writes) == 3 and theirs.writes == []
    assert not Record.objects.filter(connection=joined).exists()
    assert joined.secrets["token"] != synced.connection.secrets["token"]
