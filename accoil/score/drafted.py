"""Books of drafts: made in full once, then again for other weights, another benchmark or curve from what was summed."""

import itertools
import threading
import time
from collections import OrderedDict
from datetime import date

import msgspec

from accoil.count.facts import facts
from accoil.rule.tree import Scope
from accoil.score.book import Book
from accoil.score.definition import Definition
from accoil.score.groups import Groups
from accoil.score.reading import SCOPES
from accoil.score.sums import ASK, Sums, ids_of
from accoil.store.questions import filled
from accoil.store.store import Value

BASES_KEPT = 3  # each holds its sums and a row per user and account
DRAFTS_KEPT = 2  # of each: the definition in force, and the last draft
FRESH_FOR = 60.0  # seconds: while somebody moves sliders, the facts under them hold still

_numbered = itertools.count(1)
_said: dict[str, tuple[str, str]] = {}  # kept table of groups → what was asked


class Drafted(Book):
    """A book that differs from its base in weights, benchmark and curve alone."""

    def __init__(self, base: "Base", definition: Definition) -> None:
        super().__init__(base.book.product_id, definition, base.book.as_of, f"draft_{next(_numbered)}")
        self._base = base
        self._places["pairs"] = base.book._places["pairs"]

    def _make_parts(self, places: dict[str, str], given: dict[str, Value]) -> None:
        store, base, sums = self._facts.store, self._base.book, self._base.sums
        moved = self._base.moved_by(self.definition)
        places |= {"base": base._places["parts"]}
        if sums.of_all:
            store.keep(f"{self._name}_parts", ASK["parts"], {**places, "sums": f"kept.{sums.of_all}"}, **given)
        elif moved:
            tables = {f"sums_{place}": f"kept.{table}" for place, table in enumerate(sums.tables(moved))}
            text = " union all ".join(f"from {{{table}}}" for table in tables)
            more: dict[str, Value] = {"moved": ids_of(base.product_id, moved), "moved_by": list(moved.values())}
            store.keep(f"{self._name}_parts", filled(ASK["parts_moved"], sums=text), {**places, **tables}, **more)
        else:
            self._places["parts"] = places["parts"] = base._places["parts"]

    def _make_pairs(self, places: dict[str, str], given: dict[str, Value]) -> None:
        """The base's."""

    def _make_steps(self, scope: Scope, places: dict[str, str], given: dict[str, Value]) -> None:
        """Those that the base has found."""
        found = {"rows": places[f"{scope}s"], "steps": self._base.book.table(scope)}
        many = len(self.definition.activation.steps(scope))
        self._facts.store.keep(f"{self._name}_{scope}s", ASK["with_steps"], found, how_many=many)


def kept_groups(book: Book, scope: Scope, groups: Groups) -> str:
    """A kept table of who is in which group of a book of `books`; worked out once, however often it is asked."""
    asked = groups.question
    said = (asked.text, repr(asked.values))
    name = f"{book._name}_{scope}_groups"
    if _said.get(name) != said:
        book.keep(name, asked)
        _said[name] = said
    return f"kept.{name}"


def _drop(book: Book) -> None:
    _forget_groups(book)
    book.drop()


def _forget_groups(book: Book) -> None:
    for scope in SCOPES:
        name = f"{book._name}_{scope}_groups"
        if _said.pop(name, None):
            book._facts.store.drop(name)


class Base:
    """What hangs on no weight, of one window, set of events, population, cap and steps."""

    def __init__(self, product_id: int, definition: Definition, as_of: date) -> None:
        self.facts = facts()
        self.book = Book(product_id, definition, as_of, f"base_{next(_numbered)}")
        self.sums = Sums(self.book)
        self.version = -1
        self.made = float("-inf")
        self._drafts: OrderedDict[str, Drafted] = OrderedDict()

    @property
    def is_old(self) -> bool:
        return self.version < self.facts.version[self.book.product_id] and time.monotonic() - self.made > FRESH_FOR

    def make(self) -> None:
        """Anew, with the facts of now."""
        self.forget()
        version, self.version = self.facts.version[self.book.product_id], -1  # until all of it is there
        self.book.make()
        self.version, self.made = version, time.monotonic()

    def book_of(self, definition: Definition) -> Book:
        """Those of other weights come from sums, and so does the base's own where facts were received before these were
        made: they are not to be taken for a difference."""
        digest, sums = definition.digest(), self.sums
        if digest == self.book.definition.digest() and (not sums.of_all or sums.version == self.version):
            return self.book
        if not sums.of_all and not sums.find(self.moved_by(definition)):
            self._forget_drafts()  # those made of the book's own facts
            sums.find_all()
        if digest not in self._drafts:
            drafted = Drafted(self, definition)
            drafted.make()
            self._drafts[digest] = drafted
        self._drafts.move_to_end(digest)
        return self._drafts[digest]

    def moved_by(self, definition: Definition) -> dict[str, int]:
        """Event → how much more it weighs, where that is not as in the base."""
        weights = self.book.definition.events
        return {name: weight - weights[name] for name, weight in definition.events.items() if weight != weights[name]}

    def tidy(self) -> None:
        """Lets go of drafts nobody asked for lately."""
        while len(self._drafts) > DRAFTS_KEPT:
            _drop(self._drafts.popitem(last=False)[1])

    def forget(self) -> None:
        self._forget_drafts()
        _forget_groups(self.book)
        self.sums.forget()

    def _forget_drafts(self) -> None:
        for drafted in self._drafts.values():
            _drop(drafted)
        self._drafts.clear()

    def drop(self) -> None:
        self.forget()
        self.book.drop()


_bases: OrderedDict[tuple[int, str, date], Base] = OrderedDict()
making = threading.RLock()  # held while books of drafts are made or read


def books(product_id: int, definitions: list[Definition], as_of: date) -> list[Book]:
    """A book for each, of the same facts. Ask while holding `making`, and read before letting go of it."""
    bases = [_base(product_id, definition, as_of) for definition in definitions]
    newest = max(base.version for base in bases)
    for base in bases:
        if base.version < newest:
            base.make()
    found = [base.book_of(definition) for base, definition in zip(bases, definitions, strict=True)]
    if len({id(base) for base in bases}) < len(definitions):  # two of one base: see book_of
        found = [base.book_of(definition) for base, definition in zip(bases, definitions, strict=True)]
    for base in bases:
        base.tidy()
    return found


def _base(product_id: int, definition: Definition, as_of: date) -> Base:
    key = (product_id, weightless(definition).digest(), as_of)
    base = _bases.get(key)
    if base is None or base.facts is not facts():
        base = _bases[key] = Base(product_id, definition, as_of)
    _bases.move_to_end(key)
    while len(_bases) > BASES_KEPT:
        _bases.popitem(last=False)[1].drop()
    if base.version < 0 or base.is_old:
        base.make()
    return base


def weightless(definition: Definition) -> Definition:
    """What is the same for all that differ in weights, benchmark and curve alone."""
    events = dict.fromkeys(sorted(definition.events), 1)
    return msgspec.structs.replace(definition, events=events, benchmark=None, curve="exponential")
