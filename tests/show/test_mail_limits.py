"""How much mail somebody can have sent, to himself and to others."""

import pytest
from django.core import mail
from django.core.cache import cache

from tests.show.reading import main, words


@pytest.fixture(autouse=True)
def where_mail_is_sent(settings):
    cache.clear()  # earlier attempts
    settings.MAIL_IS_SENT = True


def test_nobody_floods_strangers_with_invitations(ann, bob, busy):
    home = f"/p/{busy.web.pk}/settings/team/invite"
    for number in range(20):
        assert ann.post(home, {"email": f"kim{number}@example.com", "role": "member"}).status_code == 200
    page = ann.post(home, {"email": "tom@example.com", "role": "member"})
    assert page.status_code == 429 and page["Retry-After"] == "3600" and "go on in an hour at the latest" in main(page)
    assert len(mail.outbox) == 20 and not busy.web.team.invitations.filter(email="tom@example.com").exists()
    assert bob.post(home, {"email": "tom@example.com", "role": "member"}).status_code == 200, "others may go on"


def test_without_mail_nobody_is_flooded_and_nothing_is_limited(ann, busy, settings):
    settings.MAIL_IS_SENT = False
    home = f"/p/{busy.web.pk}/settings/team/invite"
    for number in range(21):
        assert ann.post(home, {"email": f"kim{number}@example.com", "role": "member"}).status_code == 200


def test_the_mail_that_confirms_an_address_is_sent_once_in_three_minutes(ann, bob, world):
    assert "on its way to ann@example.com" in words(ann.post("/you/confirm", follow=True))
    assert "Wait three minutes before you ask for another link to ann@example.com." in words(
        ann.post("/you/confirm", follow=True)
    )
    assert [each.to for each in mail.outbox] == [["ann@example.com"]]
    assert "on its way to bob@example.com" in words(bob.post("/you/confirm", follow=True))
