"""Rules asked of a real store: the tables a condition reads, made as the book makes them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from accoil.count import days
from accoil.count.facts import facts
from accoil.rule.to_sql import condition
from accoil.rule.tree import Rule, Scope, check
from accoil.score import values
from accoil.score.book import Book, open_book
from accoil.score.definition import Definition
from accoil.score.people import people, told
from accoil.store import questions

POPULATION = """
select p.id, s.account_id
from {people} as p
left join span as s
  on s.product = :product and s.user_id = p.id and s.from_day <= :as_of and s.until_day > :as_of
where p.kind = 1 and (:only is null or p.tracking_id in (select unnest(:only)))
"""
# Until steps are drawn too, some fraction of each: of user and account alike the length of the tracking id, in sixths.
WITH_ACTIVATION = """
select * exclude (activation),
       case when length(tracking_id) % 3 = 0 then null else (length(tracking_id) % 7) / 6.0 end as activation
from {table}
"""


def activation(tracking_id: str) -> float | None:
    return None if len(tracking_id) % 3 == 0 else (len(tracking_id) % 7) / 6


class Asked:
    """A product's book and population as of a day. `only`: tracking ids of the users who count; None is everyone."""

    def __init__(self, product: int, definition: Definition, as_of: date, only: list[str] | None = None) -> None:
        self.product, self.definition, self.as_of = product, definition, as_of
        self.store = facts().store
        self.given: dict[str, Any] = {**values.of(product, definition), "as_of": days.number(as_of)}
        day = (facts(), product, days.number(as_of))
        self.places = {"people": people(*day), "told": told(*day)}
        self.store.keep("rule_population", POPULATION, self.places, only=only, **self.given)
        self.places["population"] = "kept.rule_population"
        book = self._book(as_of)
        for part in ("users", "accounts"):
            self.store.keep(f"rule_{part}", WITH_ACTIVATION, {"table": book._places[part]})
            self.places[part] = f"kept.rule_{part}"

    def matching(self, rule: Rule, scope: Scope, in_book: bool = False) -> set[str]:
        """Tracking ids of those for whom an inlined rule holds."""
        return self.each_matching([rule], scope, in_book)[0]

    def each_matching(self, rules: Sequence[Rule], scope: Scope, in_book: bool = False) -> list[set[str]]:
        """The same of several, in one question."""
        held = [condition(rule, scope, f"v{place}_", in_book) for place, rule in enumerate(rules)]
        given = dict(self.given)
        for each in held:
            assert set(each.values) <= questions.values_in(each.text)
            given |= each.values
            for back in each.back:
                book = self._book(self.as_of - timedelta(days=back))
                for part in ("users", "accounts"):
                    self.places[f"{part}_back_{back}"] = book._places[part]
        columns = ", ".join(f"{each.text} as holds_{place}" for place, each in enumerate(held))
        among = "x.id in (select id from {population})" if scope == "user" else "true"
        question = f"select x.tracking_id, {columns} from {{{scope}s}} as x where {among}"
        rows = self.store.rows(question, self.places, **given)
        assert not any(None in row.values() for row in rows)
        return [{row["tracking_id"] for row in rows if row[f"holds_{place}"]} for place in range(len(rules))]

    def matching_raw(self, raw: Any, scope: Scope) -> set[str]:
        return self.matching(check(raw, scope), scope)

    def _book(self, day: date) -> Book:
        return open_book(self.product, self.definition, day)
