"""`filter`: only those for whom a rule holds."""

import msgspec
from ninja import Schema
from pydantic import Field

from accoil.refused import Refused
from accoil.rule.tree import Names, Rule, Scope, check, inlined
from accoil.segment.built_ins import with_built_ins
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
        return inlined(check(written, scope), _names(opened, scope))
    except Refused as no:
        raise invalid("filter", f"filter: {no}") from None


def _names(opened: Opened, scope: Scope) -> Names:
    """What features, segments and stages mean in rules of this profile."""
    return names(opened.profile, scope, opened.definition, with_built_ins(opened.profile))
