"""The stand-ins that a demo can have beside it, each with a page of its own at a port after the demo's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from accoil.demo import (
    fake_hubspot,
    fake_intercom,
    fake_mail,
    fake_salesforce,
    fake_segment,
    fake_slack,
    fake_webhooks,
)

if TYPE_CHECKING:
    from accoil.demo.company import Company
    from accoil.team.models import Product

# Name → beside (port: the stand-in while it listens; raises Refused where there is no clone of the source), join (what
# its line says) and forget. The place is that of the port after the demo's.
FAKES: dict[str, Any] = {
    "intercom": fake_intercom,
    "hubspot": fake_hubspot,
    "slack": fake_slack,
    "salesforce": fake_salesforce,
    "segment": fake_segment,
    "mail": fake_mail,
    "webhooks": fake_webhooks,
}
CALLED = {"intercom": "Intercom", "hubspot": "HubSpot", "slack": "Slack", "salesforce": "Salesforce",
          "segment": "Segment", "mail": "mail", "webhooks": "webhooks"}  # fmt: skip


@contextmanager
def beside(port: int, asked: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Those while they listen, at the ports after that one. Raises Refused."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(fake.beside(port + after))
            for after, (name, fake) in enumerate(FAKES.items(), 1)
            if name in asked
        }


def join(product: Product, company: Company, made: Mapping[str, Any], address: str) -> Iterator[str]:
    """Fills and connects each; a line about it. `address`: of the demo."""
    for name, each in made.items():
        said = FAKES[name].join(product, company, each, address)
        at = each.address + ("/inbox" if name == "intercom" else "")
        yield f"{f'Its {CALLED[name]}':<17} {at}   (a stand-in, {said})"


def forget(product: Product) -> None:
    for fake in FAKES.values():
        fake.forget(product)
