"""`accoil demo --with-fake-webhooks`: a server of the company's own beside the demo, with a page of what came."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from accoil.demo.company import Company
from accoil.demo.stand_in import is_free, library

if TYPE_CHECKING:
    from accoil.team.models import Product

NAME = "Tell our own server who is at risk"
OWN = "127.0.0.1/32"  # the only network of this computer that webhooks may go to then


@contextmanager
def beside(port: int) -> Iterator[Any]:
    with library("webhooks", "receiver").open_receiver(port if is_free(port) else 0) as made:
        told = os.environ.get("ACCOIL_WEBHOOK_NETWORKS", "")
        os.environ["ACCOIL_WEBHOOK_NETWORKS"] = ",".join(filter(None, (told, OWN)))
        yield made


def join(product: Product, company: Company, stand_in: Any, address: str) -> str:
    """An automation of ours goes there, and a first test, as an owner would send one."""
    from django.utils import timezone

    from accoil.act.automations import Draft, create, enable
    from accoil.connect.connection import Message
    from accoil.connect.webhook.endpoints import endpoint
    from accoil.connect.webhook.tool import Webhook

    then = [{"webhook": {"url": stand_in.hook}}]
    made = create(product.profiles.all()[0], Draft(name=NAME, scope="account", when={"enters": "At risk"}, then=then))
    enable(made)
    there = endpoint(product.team, stand_in.hook)
    stand_in.secret = there.secrets["secret"]
    said = {"automation": NAME, "product": product.name}
    Webhook(there).send("webhook", {}, Message(key="demo-test", type="test", at=timezone.now(), data=said))
    return "with what came"


def forget(product: Product) -> None:
    for profile in product.profiles.all():
        profile.automations.filter(name=NAME).delete()
    own = product.team.connections.filter(tool="webhook")
    own.filter(options__url__startswith="http://127.0.0.1").delete()
