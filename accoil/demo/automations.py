"""What the company has happen by itself: tags in Intercom, for people who could do with a call, and words in Slack."""

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
    {
        "name": "Tell sales whose trial warms up",
        "scope": "account",
        "when": {"score": {"rises": 15}},
        "condition": {"account_trait": "status", "is": "Trial"},
        "then": [{"slack": {"channel": "#sales"}}],
    },
    {
        "name": "Tell success who falls silent",
        "scope": "account",
        "when": {"enters": "Recently Inactive"},
        "then": [{"slack": {"channel": "#customer-success", "text": "{{ account.name }} was last here a month ago."}}],
    },
    {
        "name": "Tell the owner who is activated",
        "scope": "account",
        "when": {"activation": {"reaches": 100}},
        "then": [{"email": {"to": "owner"}}],
    },
)


def automate(product: Product) -> None:
    """Once, in the first profile; switched off, as nothing is connected yet."""
    from accoil.act.automations import Draft, create

    first = product.profiles.all()[0]
    if not first.automations.exists():
        for automation in AUTOMATIONS:
            create(first, Draft(**automation))


def switch_on(product: Product, action: str) -> None:
    """Those of ours that are there and do that: they fire from now on."""
    from accoil.act.automations import enable

    names = [automation["name"] for automation in AUTOMATIONS if action in automation["then"][0]]
    for automation in product.profiles.all()[0].automations.filter(name__in=names):
        enable(automation)
