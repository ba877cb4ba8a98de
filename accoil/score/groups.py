"""Rules that are asked together: who of a book is in which of several groups, in one question."""

from collections.abc import Mapping
from typing import Protocol

from accoil.rule.to_sql import Condition, condition
from accoil.rule.tree import Rule, Scope
from accoil.score.book import Book
from accoil.store.store import Value


class Groups(Protocol):
    """Groups of users, or of accounts: `names` by number. `keep` keeps a table with a row for each of a book, its `id`
    and a truth `b…` for each number."""

    scope: Scope
    names: Mapping[int, str]

    def keep(self, book: Book, name: str) -> None: ...


class Rules:
    """A group for each inlined rule, numbered as they come."""

    def __init__(self, scope: Scope, rules: Mapping[str, Rule]) -> None:
        self.scope: Scope = scope
        self.names: Mapping[int, str] = dict(enumerate(rules))
        self._values: dict[str, Value] = {}
        self._back: set[int] = set()
        inside = [f"{self._holds(number, rule)} as b{number}" for number, rule in enumerate(rules.values())]
        self._question = f"select x.id{''.join(f', {each}' for each in inside)} from {{{scope}s}} as x"  # noqa: S608  ours

    def keep(self, book: Book, name: str) -> None:
        book.keep(name, Condition(self._question, self._values, frozenset(self._back)))

    def _holds(self, number: int, rule: Rule) -> str:
        made = condition(rule, self.scope, prefix=f"g{number}_", in_book=True)
        self._values |= made.values
        self._back |= made.back
        return f"({made.text})"
