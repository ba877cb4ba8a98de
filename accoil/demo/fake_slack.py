"""`accoil demo --with-fake-slack`: a stand-in for Slack beside the demo, with a page of what was written to it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from accoil.demo.automations import switch_on
from accoil.demo.company import Company
from accoil.demo.feeds import CHANNELS, keep_unsent, send_to_slack
from accoil.demo.stand_in import forget_own, library, listening, owner

if TYPE_CHECKING:
    from accoil.connect.models import Connection
    from accoil.team.models import Product

WORKSPACE, NAME = "T0LEDGERLY", "Ledgerly (stand-in)"


def beside(port: int) -> AbstractContextManager[Any]:
    theirs = library("slack")
    made = theirs.Slack(team_id=WORKSPACE, name=NAME)
    for name in CHANNELS:
        made.channel(name.removeprefix("#"))
    return listening(theirs, made, port, "SLACK", CLIENT_ID=made.client_id, CLIENT_SECRET=made.client_secret)


def connect(product: Product, stand_in: Any) -> Connection:
    """As an owner would, by token."""
    from accoil.connect.slack.connecting import by_token

    return by_token(product.team, owner(), stand_in.token())


def join(product: Product, company: Company, stand_in: Any, address: str) -> str:
    connect(product, stand_in)
    switch_on(product, "slack")
    send_to_slack(product)
    return "with its messages"


def forget(product: Product) -> None:
    forget_own(product, "slack", workspace=WORKSPACE)
    keep_unsent(product)
