"""What somebody at the company has made for himself: two segments and two journeys, with their past worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accoil.team.models import Product

AT_RISK = {
    "all": [
        {"metric": "score", "below": 25},
        {
            "any": [
                {"metric": "mrr", "at_least": 20_000},
                {"account_trait": "plan", "one_of": ["Business", "Enterprise"]},
            ]
        },
    ]
}
REPORTERS = {"any": [{"event": "Report_Shared", "at_least": 2, "within_days": 30}, {"event": "Budget_Created"}]}


def furnish(product: Product, days: int) -> None:
    """Once, when the company's life is told: before, there was no past to work out."""
    from accoil.count.days import number
    from accoil.segment import filling, journeys, keeping
    from accoil.segment.built_ins import with_built_ins
    from accoil.segment.ready_made import ready_made

    first, *_ = profiles = list(product.profiles.all())
    if first.journeys.exists():
        return
    keeping.create(first, "account", "At risk", AT_RISK, filled_days=days)
    keeping.create(first, "user", "Reporters", REPORTERS, filled_days=days)
    for ready in ready_made("account"):
        stages = [journeys.Stage(name, rule) for name, rule in ready.stages.items()]
        journeys.create(first, "account", ready.name, stages, filled_days=days)
    for profile in profiles:
        built_in = [segment for segment in with_built_ins(profile) if segment.is_built_in]
        filling.want(built_in, number(product.today()) - days)
