"""`match_type` and `match_value`: the one user or account that somebody knows by something else than our id."""

from ninja import Schema
from pydantic import Field

from accoil.count import ids, people
from accoil.count.ids import Kind
from accoil.score.found import by_shown, by_trait
from accoil.show.api.asked import Opened, Text
from accoil.show.api.errors import Wrong

# Beside these, any trait. E-mail addresses and domains are the same in small and large letters.
TYPES = ("tracking_id", "name", "email", "domain", "intercom_id", "salesforce_id")
ANY_CASE = frozenset({"email", "domain"})


class Match(Schema):
    match_type: Text | None = Field(
        None, min_length=1, description=f"{', '.join(TYPES)}, or any trait; with `match_value`.", examples=["email"]
    )
    match_value: Text | None = Field(None, description="Exactly what it is.", examples=["jane@example.com"])


def matched(opened: Opened, asked: Match, kind: Kind) -> list[int] | None:
    """At most one id; None when nothing is to be matched. Of several the one with the highest score."""
    if (asked.match_type is None) != (asked.match_value is None):
        raise Wrong(400, "missing_match_parameter", "match_type and match_value go together.")
    if asked.match_type is None or asked.match_value is None:
        return None
    found = _candidates(opened, kind, asked.match_type, asked.match_value)
    best = opened.book.page(kind, ids=found, limit=1).rows if found else []
    return [row["id"] for row in best]


def _candidates(opened: Opened, kind: Kind, what: str, value: str) -> list[int]:
    product = opened.product.pk
    if what == "tracking_id":
        return [ids.id_of(product, people.KINDS[kind], value)]
    if what == "name" or (what == "email" and kind == "user"):
        return by_shown(product, kind, what, value, opened.as_of)
    return by_trait(product, kind, what, value, opened.as_of, any_case=what in ANY_CASE)
