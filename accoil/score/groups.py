"""Rules that are asked together: who of a book is in which of several groups, in one question."""

from collections.abc import Mapping
from functools import cached_property
from typing import Protocol

from accoil.rule.to_sql import Condition, condition
from accoil.rule.tree import Rule, Scope


class Groups(Protocol):
    """Groups of users, or of accounts: `names` by number. `question` asks a book for a row for each of its
    own: `id`, and a truth `b…` for each number."""

    names: Mapping[int, str]

    @property
    def question(self) -> Condition: ...


class Rules:
    """A group for each inlined rule, numbered as they come."""

    def __init__(self, scope: Scope, rules: Mapping[str, Rule]) -> None:
        self.names: Mapping[int, str] = dict(enumerate(rules))
        self._scope: Scope = scope
        self._rules = list(rules.values())

    @cached_property
    def question(self) -> Condition:
        held = [condition(rule, self._scope, f"g{number}_", in_book=True) for number, rule in enumerate(self._rules)]
        inside = "".join(f", ({each.text}) as b{number}" for number, each in enumerate(held))
        values = {name: value for each in held for name, value in each.values.items()}
        text = f"select x.id{inside} from {{{self._scope}s}} as x"  # noqa: S608  ours, with values bound
        return Condition(text, values, frozenset(back for each in held for back in each.back))
