"""Who counts under a definition on a day: made once for all books, histories and explanations of that day."""

import itertools
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from accoil.count import ids
from accoil.count.facts import Facts
from accoil.rule import tree
from accoil.rule.conditions import Rule
from accoil.rule.to_sql import Condition, condition
from accoil.rule.vocabulary import spellings
from accoil.score.definition import Definition
from accoil.score.people import LATEST, people, told_of
from accoil.score.remembered import Lately
from accoil.store.questions import beside, filled
from accoil.store.store import Value

ASK = beside(__file__, "population")

KEPT = 24  # a row per user each
EVERYONE = Condition("true", {}, frozenset())


class Population:
    """Kept tables of one day, made anew when facts came that may change them."""

    def __init__(self, facts: Facts, product_id: int, definition: Definition, day: int, name: str) -> None:
        self._facts, self._product_id, self._day, self._name = facts, product_id, day, name
        self._definition = definition
        self._made = self._people_made = -1
        self._making = threading.RLock()

    def table(self) -> str:
        """`id` and `account_id`, the account in force, of the users who count."""
        with self._making:
            version = self._version
            if self._made < version:
                self._make()
                self._made = version
        return f"kept.{self._name}"

    def people(self) -> str:
        """The people of that day without those who do not count."""
        everyone = people(self._facts, self._product_id, self._day)
        if self._definition.counts_everyone:
            return everyone
        with self._making:
            version = self._version
            if self._people_made < version:
                places = {"people": everyone, "population": self.table()}
                self._facts.store.keep(f"{self._name}_people", ASK["people"], places, **self._given)
                self._people_made = version
        return f"kept.{self._name}_people"

    @property
    def _version(self) -> int:
        """Of the facts when what it hangs on last changed: without a filter that is who there is, and where."""
        changes = self._facts.told if self._definition.filter is None else self._facts.version
        return changes[self._product_id]

    def why_out(self, user_id: int, parts: Sequence[Rule]) -> dict[str, bool] | None:
        """Each reason, true or false: `named`, `of_account`, `internal`, and `part_0`, `part_1` … of these parts of the
        filter those that do not hold. None: not known by that day."""
        held = [_condition(self._definition, part, f"p{place}_") for place, part in enumerate(parts)]
        columns = "".join(f",\n       not ({part.text}) as part_{place}" for place, part in enumerate(held))
        question = filled(ASK["left_out"], parts=columns)
        more = {name: value for part in held for name, value in part.values.items()}
        with self._making, self._everyone(held) as places:
            rows = self._facts.store.rows(question, places, id=user_id, **self._given, **more)
        return rows[0] if rows else None

    def drop(self) -> None:
        for part in ("", "_people"):
            self._facts.store.drop(f"{self._name}{part}")

    @property
    def _given(self) -> dict[str, Value]:
        return left_out(self._product_id, self._definition) | {
            "product": self._product_id, "as_of": self._day, "win": self._definition.window,
            "events": [ids.id_of(self._product_id, ids.EVENT, name) for name in self._definition.events],
        }  # fmt: skip

    @contextmanager
    def _everyone(self, asked: Sequence[Condition]) -> Iterator[dict[str, str]]:
        """The places of a question about everyone. A filter makes the population: to itself all are in it."""
        name = f"{self._name}_everyone"
        ask = (self._facts, self._product_id, self._day)
        with told_of(*ask, _traits(self._definition.filter), f"{self._name}_told") as traits:
            places = {
                "people": self._known(asked), "told": traits, "everyone": f"kept.{name}", "population": f"kept.{name}",
            }  # fmt: skip
            self._facts.store.keep(name, ASK["everyone"], places, **self._given)
            try:
                yield places
            finally:
                self._facts.store.drop(name)

    def _known(self, asked: Sequence[Condition]) -> str:
        """How people were on the day costs more than how they are now, and is looked for only where that matters."""
        matters = self._definition.internal_domains or any("{people}" in each.text for each in asked)
        return people(self._facts, self._product_id, self._day if matters else LATEST)

    def _make(self) -> None:
        held = _condition(self._definition, self._definition.filter, "f")
        question = filled(ASK["population"], holds=held.text)
        with self._everyone([held]) as places:
            self._facts.store.keep(self._name, question, places, **self._given, **held.values)


def left_out(product_id: int, definition: Definition) -> dict[str, Value]:
    """users, accounts (ids), domains."""
    exclude = definition.exclude
    return {
        "users": [ids.id_of(product_id, ids.USER, name) for name in exclude.users],
        "accounts": [ids.id_of(product_id, ids.ACCOUNT, name) for name in exclude.accounts],
        "domains": list(definition.internal_domains),
    }


def _traits(rule: Rule | None) -> list[str]:
    """The keys of the traits it asks for, in all their spellings."""
    if rule is None:
        return []
    asked = tree.mentions(rule)
    return [
        *(key for trait in asked.user_traits for key in spellings("user", trait)),
        *(key for trait in asked.account_traits for key in spellings("account", trait)),
    ]


def _condition(definition: Definition, rule: Rule | None, prefix: str) -> Condition:
    if rule is None:
        return EVERYONE
    return condition(tree.inlined(rule, tree.Names(features=definition.features)), "user", prefix)


_kept = Lately(KEPT, Population.drop)
_numbers = itertools.count(1)


def whom(facts: Facts, product_id: int, definition: Definition, day: int) -> Population:
    key = (facts, product_id, definition.about_whom(), day)
    return _kept.get(key, lambda: Population(facts, product_id, definition, day, f"population_{next(_numbers)}"))


def population(facts: Facts, product_id: int, definition: Definition, day: int) -> str:
    """The name of a kept table, up to date: `id` and `account_id` (in force; null for none) of the users who count.
    Where `definition.counts_everyone` that is every user known by the day, and nobody needs to ask."""
    return whom(facts, product_id, definition, day).table()
