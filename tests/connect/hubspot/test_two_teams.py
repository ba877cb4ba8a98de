"""Two teams of one server, each with an account of HubSpot: nothing of one is seen or written by the other."""

from accoil.connect.hubspot.connecting import by_token
from accoil.connect.models import Mode, Record
from accoil.connect.sync import opened
from accoil.connect.syncer import Syncer
from accoil.team.models import Team, User
from tests.connect.hubspot.conftest import Synced


def test_each_team_writes_to_its_own_account_with_its_own_token(synced: Synced) -> None:
    theirs = synced.hubspot.add_portal()
    theirs.contact("ann@acme.example")
    other = Team.objects.create(name="Other")
    joined = by_token(other, User.objects.create(email="eve@other.example"), synced.hubspot.token(theirs))
    synced.switch(Mode.ALL)
    syncer = Syncer(joined.pk, opened)
    synced.syncers.append(syncer)
    for _ in range(3):
        syncer.step()
    synced.syncers.insert(0, synced.syncers.pop())  # the first team's is made when it is asked for
    synced.restart()
    synced.settle()
    assert len(synced.portal.writes) == 3 and theirs.writes == []
    assert not theirs.in_use("contacts") and "accoil" not in theirs.groups["contacts"]
    assert not Record.objects.filter(connection=joined).exists()
    assert joined.secrets["token"] != synced.connection.secrets["token"]
