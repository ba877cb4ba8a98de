import pytest
from django.contrib.sessions.backends.db import SessionStore

from accoil.connect.now import sleep
from accoil.connect.oauth import begin, finish, sign_in_address
from accoil.refused import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> SessionStore:
    return SessionStore()


def reopened(session: SessionStore) -> SessionStore:
    session.save()
    return SessionStore(session.session_key)


def test_who_comes_back_is_known_by_the_state(session):
    state = begin(session, tool="intercom", team=1, product=2, region="eu")
    assert finish(reopened(session), state, tool="intercom") == {
        "tool": "intercom",
        "team": 1,
        "product": 2,
        "region": "eu",
    }


def test_a_state_is_used_once_even_if_nothing_is_saved_afterwards(session):
    state = begin(session, tool="intercom", team=1, product=2)
    back = reopened(session)
    finish(back, state, tool="intercom")
    with pytest.raises(Refused, match="taken already"):
        finish(SessionStore(back.session_key), state, tool="intercom")


def test_a_state_of_another_session_connects_nothing(session):
    state = begin(session, tool="intercom", team=1, product=2)
    with pytest.raises(Refused, match="not begun here"):
        finish(SessionStore(), state, tool="intercom")


def test_a_state_for_another_tool_connects_nothing(session):
    state = begin(session, tool="slack", team=1, product=2)
    with pytest.raises(Refused, match="not begun here"):
        finish(reopened(session), state, tool="intercom")


@pytest.mark.parametrize("state", ["", "invented"])
def test_an_invented_state_connects_nothing(session, state):
    begin(session, tool="intercom", team=1, product=2)
    with pytest.raises(Refused, match="not begun here"):
        finish(session, state, tool="intercom")


def test_a_state_lasts_ten_minutes(session, clock):
    early = begin(session, tool="intercom", team=1, product=2)
    late = begin(session, tool="intercom", team=1, product=2)
    sleep(599)
    finish(session, early, tool="intercom")
    sleep(2)
    with pytest.raises(Refused, match="ten minutes"):
        finish(session, late, tool="intercom")


def test_two_tabs_each_come_back_to_their_own_and_nobody_fills_the_session(session, clock):
    states = [begin(session, tool="intercom", team=1, product=product) for product in range(8)]
    assert [finish(session, state, tool="intercom")["product"] for state in states[3:]] == [3, 4, 5, 6, 7]
    with pytest.raises(Refused, match="not begun here"):
        finish(session, states[2], tool="intercom")


def test_the_session_does_not_hold_the_state_itself(session):
    state = begin(session, tool="intercom", team=1, product=2)
    assert state not in str(dict(session))


def test_the_page_to_sign_in_on_gets_what_it_needs():
    page = "https://app.intercom.com/oauth"
    assert sign_in_address(page, client_id="a&b", state="s") == f"{page}?client_id=a%26b&state=s"
    assert sign_in_address(page, client_id="c", state="s", back="https://x.test/done").endswith(
        "&redirect_uri=https%3A%2F%2Fx.test%2Fdone"
    )
