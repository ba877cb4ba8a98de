"""A product asked as a client asks it, over numbers that the real engine made: ann and bob are at acme, cyd nowhere."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.team.models import ApiToken, Product, Team
from tests.reference_facts import Message
from tests.world import engine

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
EVENTS = {"Report_Created": 9, "Dashboard_Viewed": 3}


def at(days_ago: int) -> int:
    return int((TODAY - timedelta(days=days_ago)).timestamp() * 1000)


def done(user: str, event: str, days_ago: int, times: int = 1) -> list[Message]:
    return [Message("event", f"{user}-{event}-{days_ago}-{n}", at(days_ago), user, None, event) for n in range(times)]


MESSAGES = [
    Message("identify", "i1", at(40), "ann", None, None, {"email": "ann@acme.example", "name": "Ann", "role": "admin"}),
    Message("group", "g1", at(40), "ann", "acme", None, {"name": "Acme", "plan": "pro", "mrr": 500000}),
    Message("group", "g2", at(40), "bob", "acme", None, {}),
    Message("identify", "i2", at(40), "cyd", None, None, {"email": "cyd@globex.example"}),
    *done("ann", "Report_Created", 0, 4),
    *done("ann", "Dashboard_Viewed", 3, 2),
    *done("ann", "Dashboard_Viewed", 20, 5),
    *done("bob", "Dashboard_Viewed", 1),
    *done("bob", "Never_Scored", 1, 7),
    *done("cyd", "Report_Created", 2),
]


class Asking:
    def __init__(self, product: Product, token: str) -> None:
        self.product, self.token = product, token
        self.profile = Profile.create(product, "Everyone", Definition(window=7, events=EVENTS, benchmark=50.0))
        self.client = Client()

    def asked(self, path: str, /, accept: str = "", **parameters: object) -> HttpResponseBase:
        headers = {"Authorization": f"Bearer {self.token}"} | ({"Accept": accept} if accept else {})
        return self.client.get(path, parameters or None, headers=headers)

    def get(self, path: str, status: int = 200, /, **parameters: object) -> dict:
        answer = self.asked(path, **parameters)
        assert answer.status_code == status, answer.content
        return json.loads(answer.content)

    def workspace(self, path: str, status: int = 200, /, **parameters: object) -> dict:
        return self.get(path, status, workspace_id=self.profile.pk, **parameters)

    def one(self, kind: str, tracking_id: str) -> dict:
        found = self.workspace(f"/api/v2/{kind}", match_type="tracking_id", match_value=tracking_id)["data"]
        assert [row["tracking_id"] for row in found] == [tracking_id]
        return found[0]


@pytest.fixture
def ask(db):
    with engine(MESSAGES, "UTC") as running:
        product = Product.objects.create(pk=running.product_id, team=Team.objects.create(name="T"), name="P")
        yield Asking(product, ApiToken.issue(product, "tests"))
