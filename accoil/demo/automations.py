"""What the company has happen by itself: tags in Intercom, for people who could do with a call; and what it reads on
Mondays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accoil.team.models import Product

# As in definition files.
AUTOMATIONS: tuple[dict[str, Any], ...] = (
    {
        "name": "Tag accounts at risk",
        "scope": "account",
        "when": {"enters": "At risk"},
        "then": [{"intercom_tag": {"tag": "at-risk", "on": "company"}}],
    },
    {
        "name": "Tag engaged trials",
        "scope": "account",
        "when": {"score": {"rises_above": 50}},
        "condition": {"account_trait": "status", "is": "Trial"},
        "then": [{"intercom_tag": {"tag": "engaged-trial", "on": "company"}}],
    },
    {
        "name": "Tag people who share reports",
        "scope": "user",
        "when": {"enters": "Reporters"},
        "then": [{"intercom_tag": {"tag": "reporter", "on": "user"}}],
    },
)

MONDAY: dict[str, Any] = {
    "name": "Monday morning",
    "cards": [
        {"card": "movers", "scope": "account", "what": "10"},
        {"card": "entered", "scope": "account", "what": "At risk"},
        {"card": "inactive", "scope": "account"},
        {"card": "new", "scope": "account"},
        {"card": "activated", "scope": "user"},
        {"card": "changed", "scope": "account", "what": "plan"},
    ],
}


def automate(product: Product) -> None:
    """Once, in the first profile; switched off, as nothing is connected yet."""
    from accoil.act.automations import Draft, create

    first = product.profiles.all()[0]
    if not first.automations.exists():
        for automation in AUTOMATIONS:
            create(first, Draft(**automation))


def feed(product: Product) -> None:
    """Once, in the first profile; for the page alone, as nothing is connected yet."""
    from accoil.act import feeds
    from accoil.act.models import Feed

    first = product.profiles.all()[0]
    if not first.feeds.exists():
        feeds.save(Feed(profile=first), feeds.Draft(**MONDAY, is_shared=True))


def switch_on(product: Product) -> None:
    """Those of ours that are there: they fire from now on."""
    from accoil.act.automations import enable

    names = [automation["name"] for automation in AUTOMATIONS]
    for automation in product.profiles.all()[0].automations.filter(name__in=names):
        enable(automation)
