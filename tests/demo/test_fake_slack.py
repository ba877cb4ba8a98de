"""`accoil demo --with-fake-slack`: a stand-in beside the demo, that automations and feeds write to."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest

from accoil.act.models import Feed
from accoil.demo import fake_slack, stand_in
from accoil.demo import feeds as demo
from accoil.refused import Refused
from accoil.score.models import Profile
from accoil.team.models import Product, Team
from tests import whole

FEEDS = "select name, channel, every from act_feed where channel != '' order by hour"


def test_shared_feeds_and_alerts_go_there_while_it_is_there(tmp_path: Path) -> None:
    words = ("demo", "--with-fake-slack", "--users", "20", "--days", "3", "--port", str(whole.free_port()))
    serving = whole.begin(tmp_path, *words)
    try:
        said = whole.said_until_it_serves(serving)
        (address,) = (line.split()[2] for line in said.splitlines() if line.startswith("Its Slack"))
        with urllib.request.urlopen(address, timeout=10) as answer:
            page = answer.read().decode()
        assert "#customer-success" in page and "#sales" in page
        assert whole.rows(tmp_path, FEEDS) == [
            ("Success, every morning", "#customer-success", "day"),
            ("Sales, on Mondays", "#sales", "week"),
        ]
        assert whole.rows(tmp_path, "select count(*) from act_automation where enabled") == [(2,)]
    finally:
        serving.terminate()
        serving.communicate(timeout=whole.PATIENCE)
    assert whole.rows(tmp_path, "select count(*) from connect_connection") == [(0,)], "it forgets at the end"
    assert whole.rows(tmp_path, FEEDS) == []
    assert whole.rows(tmp_path, "select count(*), count(case when is_shared then 1 end) from act_feed") == [(3, 2)]


@pytest.mark.django_db
def test_feeds_and_channels_of_the_same_names_elsewhere_stay_as_they_are() -> None:
    made = {}
    for name in ("Ledgerly", "Real"):
        product = Product.objects.create(team=Team.objects.create(name=name), name=name)
        profile = Profile.objects.create(product=product, name="Everyday")
        made[name] = Feed.objects.create(profile=profile, **demo.FEEDS[0])
    fake_slack.forget(made["Ledgerly"].profile.product)
    assert dict(Feed.objects.values_list("profile__product__name", "every")) == {"Ledgerly": "", "Real": "day"}


def test_without_a_clone_of_the_source_it_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stand_in, "CLONE", tmp_path)
    with pytest.raises(Refused, match="--with-fake-slack needs a clone"), fake_slack.beside(0):
        pass
