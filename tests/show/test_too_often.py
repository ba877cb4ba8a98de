"""Signing in, asking for a link and taking an invitation have their limits; who meets them reads how long to wait."""

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.show.reading import main


@pytest.fixture(autouse=True)
def forget_earlier_attempts(world):
    cache.clear()


def refused(answer, wait: str, seconds: str) -> bool:
    return (answer.status_code, answer["Retry-After"]) == (429, seconds) and f"Wait {wait}, then" in main(answer)


def test_one_network_address_signs_in_30_times_a_minute(client):
    tries = [client.post("/sign-in/", {"login": "a", "password": "b"}) for _ in range(31)]
    assert {each.status_code for each in tries[:30]} == {200}
    assert refused(tries[30], "a minute", "60")
    assert Client(REMOTE_ADDR="127.0.0.9").post("/sign-in/", {"login": "a", "password": "b"}).status_code == 200
    assert client.get("/sign-in/").status_code == 200, "looking is free"


def test_invitations_are_tried_30_times_a_minute(client):
    tries = [client.post("/join/guess") for _ in range(31)]
    assert {each.status_code for each in tries[:30]} == {404}
    assert refused(tries[30], "a minute", "60")
    assert client.get("/join/guess").status_code == 404


def test_one_address_is_sent_five_links_an_hour(client):
    for number in range(5):
        other = Client(REMOTE_ADDR=f"127.0.1.{number}")
        assert other.post("/sign-in/password/reset/", {"email": "ann@example.com"}).status_code == 302
    assert refused(client.post("/sign-in/password/reset/", {"email": "Ann@example.com"}), "an hour", "3600")
    assert client.post("/sign-in/password/reset/", {"email": "bob@example.com"}).status_code == 302
    assert [each.to[0] for each in mail.outbox] == ["ann@example.com"] * 5 + ["bob@example.com"]


def test_an_address_that_nobody_has_is_limited_alike_so_that_nobody_learns_who_is_here(client):
    tries = [client.post("/sign-in/password/reset/", {"email": "nobody@example.com"}) for _ in range(6)]
    assert [each.status_code for each in tries] == [302] * 5 + [429]
