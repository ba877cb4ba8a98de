"""Who the rules of many segments hold for, in one question: a row per entity, a column `b…` per segment."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.rule.to_sql import Condition, condition
from accoil.score.book import Book
from accoil.segment.watched import Watched

_numbered = itertools.count(1)


@contextmanager
def kept(book: Book, asked: Condition) -> Iterator[str]:
    """The answer as a table, as long as it is needed."""
    name = f"asked_{next(_numbered)}"
    try:
        book.keep(name, asked)
        yield f"kept.{name}"
    finally:
        facts().store.drop(name)


def question(scope: Kind, segments: Sequence[Watched]) -> Condition:
    """What a book must be asked."""
    held = {each.id: condition(each.rule, scope, prefix=f"s{each.id}_", in_book=True) for each in segments}
    holds = ", ".join(f"({each.text}) as r{id}" for id, each in held.items())
    inside = ", ".join(f"{_inside(each)} as b{each.id}" for each in segments)
    text = f"select id, {inside} from (select x.id, {holds} from {{{scope}s}} as x) as looked"  # noqa: S608  bound
    values = {name: value for each in held.values() for name, value in each.values.items()}
    return Condition(text, values, frozenset(back for each in held.values() for back in each.back))


def _inside(each: Watched) -> str:
    if not each.after:
        return f"r{each.id}"
    return f"(r{each.id} and not ({' or '.join(f'r{above}' for above in each.after)}))"
