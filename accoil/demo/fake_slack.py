"""`accoil demo --with-fake-slack`: a stand-in for Slack beside the demo, with a page of what was written to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from accoil.demo.automations import switch_on
from accoil.demo.company import Company
from accoil.demo.feeds import CHANNELS, keep_unsent, send_to_slack
from accoil.demo.memory import EMAIL
from accoil.demo.stand_in import forget_own, is_free, library

if TYPE_CHECKING:
    from accoil.connect.models import Connection
    from accoil.team.models import Product

WORKSPACE, NAME = "T0LEDGERLY", "Ledgerly (stand-in)"


@contextmanager
def beside(port: int) -> Iterator[Any]:
    """The stand-in while it listens, at `port` if that is free. Settings that lead to it are in the environment, so
    this comes before they are read. Raises Refused where there is no clone of the source."""
    made = library("slack").Slack(team_id=WORKSPACE, name=NAME)
    for name in CHANNELS:
        made.channel(name.removeprefix("#"))
    with library("slack").running(made, port if is_free(port) else 0):
        os.environ["ACCOIL_SLACK_URL"] = made.address
        os.environ["ACCOIL_SLACK_CLIENT_ID"] = made.client_id
        os.environ["ACCOIL_SLACK_CLIENT_SECRET"] = made.client_secret
        yield made


def connect(product: Product, stand_in: Any) -> Connection:
    """As an owner would, by token."""
    from accoil.connect.slack.connecting import by_token
    from accoil.team.models import User

    return by_token(product.team, User.objects.get(email=EMAIL), stand_in.token())


def join(product: Product, company: Company, stand_in: Any, address: str) -> str:
    connect(product, stand_in)
    switch_on(product, "slack")
    send_to_slack(product)
    return "with its messages"


def forget(product: Product) -> None:
    forget_own(product, "slack", workspace=WORKSPACE)
    keep_unsent(product)
