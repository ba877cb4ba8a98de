"""Journeys that most products can begin with. Pure."""

from typing import Any

import msgspec

from accoil.count.ids import Kind

Written = dict[str, Any]

YOUNG = 30  # days


def _metric(name: str, **compared: object) -> Written:
    return {"metric": name, **compared}


ACTIVATED = _metric("activation", at_least=100)
ENGAGED = _metric("score", at_least=50)
STEADY = _metric("change", above=-10)


class ReadyMade(msgspec.Struct, frozen=True):
    """`stages`: name → rule, from the top."""

    key: str
    name: str
    about: str
    stages: dict[str, Written]


def ready_made(scope: Kind) -> list[ReadyMade]:
    status = "status" if scope == "account" else "accountStatus"
    trait = f"{scope}_trait"

    def is_one_of(*names: str) -> Written:
        return {trait: status, "one_of": list(names)}

    return [
        ReadyMade(
            "engagement",
            "Engagement",
            "From the first days to silence, by what people do.",
            {
                "New": {"all": [_metric("tenure", below=YOUNG), {"none": [ACTIVATED, ENGAGED]}]},
                "Activated": {"all": [ACTIVATED, _metric("score", between=[25, 49]), STEADY]},
                "Engaged": {"all": [ENGAGED, STEADY]},
                "Cooling": _metric("raw", above=0),
                "Inactive": {"all": []},
            },
        ),
        ReadyMade(
            "status",
            "Buyer journey",
            f"By the trait {status} that your product sends.",
            {
                "Trial": is_one_of("Trial", "Free"),
                "Paid": is_one_of("Paid"),
                "Cancelled": is_one_of("Cancelled"),
            },
        ),
    ]
