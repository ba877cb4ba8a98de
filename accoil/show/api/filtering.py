"""`filter`: only those for whom a rule holds."""

import msgspec
from ninja import Schema
from pydantic import Field

from accoil.refused import Refused
from accoil.rule.tree import Rule, Scope, check, inlined, mentions
from accoil.rule.tree import written as as_written
from accoil.score.askable import refuse_gone
from accoil.segment.watched import names
from accoil.show.api.asked import Opened
from accoil.show.api.errors import invalid

EXAMPLE = '{"metric": "score", "below": 25}'


class Filter(Schema):
    filter: str = Field(
        "", max_length=10_000, description="A rule as JSON: only those for whom it holds.", examples=[EXAMPLE]
    )


def rule_of(opened: Opened, asked: Filter, scope: Scope) -> Rule | None:
    if not asked.filter:
        return None
    try:
        written = msgspec.json.decode(asked.filter)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise invalid("filter", f"filter is not JSON; write a rule such as {EXAMPLE}.") from None
    try:
        asks = check(written, scope)
        # Who may try traits one letter after the other soon knows them.
        named = mentions(asks)
        for kind, traits in (("users", named.user_traits), ("accounts", named.account_traits)):
            if traits:
                opened.asker.needs(kind)
        rule = inlined(asks, names(opened.profile, scope, opened.definition, opened.segments))
        refuse_gone(opened.product, as_written(rule), opened.as_of)
    except Refused as no:
        raise invalid("filter", f"filter: {no}") from None
    return rule
