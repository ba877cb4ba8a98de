"""What an automation would have done in the past days, before it is switched on: “would have fired 12 times in the last
90 days, for 9 accounts”. Today's definition and rules are asked what they say of the end of each of those days."""

import itertools
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec

from accoil.act.automations import Checked, Draft, check_draft
from accoil.act.models import Automation
from accoil.act.running import LOOKING_BACK, Run, Runs, Told
from accoil.act.triggers import Trigger, meant
from accoil.count.facts import facts
from accoil.rule.tree import EVERYTHING, Rule, Scope, check, written
from accoil.score.book import Book
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.score.wording import count
from accoil.segment.askable import check_askable
from accoil.segment.built_ins import with_built_ins
from accoil.segment.inside import Inside, Move
from accoil.segment.watched import Watched, watched

DAYS = 90
MOST_DAYS = 366

_numbered = itertools.count(1)


class Fired(msgspec.Struct, frozen=True):
    day: date
    entity: int


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """`fired`: oldest first. Of those who moved besides: for how many the condition did not hold (`not_held`), and how
    many came too soon after the last time (`cooling`)."""

    scope: Scope
    days: int
    fired: list[Fired]
    not_held: int = 0
    cooling: int = 0

    @property
    def entities(self) -> list[int]:
        """Each once, in the order in which it first fired."""
        return list(dict.fromkeys(each.entity for each in self.fired))

    @property
    def words(self) -> str:
        """Would have fired 12 times in the last 90 days, for 9 accounts."""
        lasting = count(self.days, "day")
        if not self.fired:
            return f"Would not have fired in the last {lasting}{self._aside}."
        whom = count(len(self.entities), self.scope)
        return f"Would have fired {_times(len(self.fired))} in the last {lasting}, for {whom}{self._aside}."

    @property
    def _aside(self) -> str:
        told = [f"{_times(self.not_held)} the condition did not hold"] if self.not_held else []
        told += [f"{_times(self.cooling)} it was too soon after the last time"] if self.cooling else []
        return f"; {' and '.join(told)}" if told else ""


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """All that decides, with nothing left to be looked up. `rules`: the last one is followed, those before it are the
    stages above."""

    product_id: int
    definition: Definition
    scope: Scope
    way: str
    rules: tuple[Watched, ...]
    also: Rule | None = None
    condition: Rule | None = None
    once: bool = False
    cool_down_hours: int = 24
    as_of: date
    days: int = DAYS


runs: Runs[Backtest] = Runs()


def automation_backtest(
    profile: Profile, draft: Draft, days: int = DAYS, itself: Automation | None = None, person: int | None = None
) -> Run[Backtest]:
    """The one that was asked lately, or one begun now; wait for it. Of one automation only the newest is worked out,
    and of those that are not saved yet the newest of a `person`. Raises Refused for a draft that makes no sense, for
    days that are gone, and when too many wait."""
    question = question_of(profile, check_draft(profile, draft, itself), days)
    rules = [*(each.rule for each in question.rules), question.also, question.condition]
    begins = question.as_of - timedelta(days=question.days)
    check_askable(profile, begins, question.definition, [written(rule) for rule in rules if rule])
    about = ("automation", itself.pk) if itself else ("person", profile.pk, person) if person else None
    return runs.get(
        repr(question),
        lambda: Run(LOOKING_BACK, lambda told: backtest(question, told), question.days, about=about),
    )


def question_of(profile: Profile, checked: Checked, days: int) -> Question:
    trigger, definition = checked.trigger, profile.current.parsed
    scope: Scope = trigger.scope
    condition = checked.condition
    return Question(
        product_id=profile.product_id,
        definition=definition,
        scope=scope,
        way=trigger.way,
        rules=_followed(profile, trigger, definition),
        also=meant(trigger.also, profile, scope) if trigger.also else None,
        condition=meant(check(condition, scope, EVERYTHING), profile, scope) if condition else None,
        once=trigger.once,
        cool_down_hours=checked.cool_down_hours,
        as_of=profile.product.today(),
        days=max(1, min(days, MOST_DAYS)),
    )


def _followed(profile: Profile, trigger: Trigger, definition: Definition) -> tuple[Watched, ...]:
    if trigger.segment is None:
        assert trigger.rule is not None
        return (Watched(id=0, rule=meant(trigger.rule, profile, trigger.scope), digest=""),)
    own = {each.id: each for each in watched(profile, trigger.scope, definition, with_built_ins(profile))}
    followed = own[trigger.segment.pk]
    return (*(own[above] for above in followed.after), followed)


def backtest(question: Question, told: Told = lambda done, of: None) -> Backtest:
    """Takes about as long as opening a book for each day."""
    trying = _Trying(question)
    try:
        for back in range(question.days, -1, -1):
            told(question.days - back, question.days)
            trying.day(question.as_of - timedelta(days=back))
        return trying.found()
    finally:
        trying.drop()


class _Trying:
    def __init__(self, question: Question) -> None:
        self._question = question
        self._inside = Inside(facts(), question.scope, from_nothing=True)
        self._name = f"trying_{next(_numbered)}"
        self._first = True
        self._waiting: dict[int, date] = {}  # since when: those whom a minimum stay lets in later
        self._known: set[int] = set()
        self._last: dict[int, date] = {}  # when it last fired
        self._fired: list[Fired] = []
        self._not_held = self._cooling = 0

    def day(self, day: date) -> None:
        book = Book(self._question.product_id, self._question.definition, day, self._name)
        book.catch_up()
        try:
            moves = self._inside.find(book, self._question.rules)
            followed = self._question.rules[-1].id
            move = next((each for each in moves if each.segment.id == followed), Move(self._question.rules[-1], [], []))
            entered, left = self._with_stay(move, day)
            self._inside.settle(self._question.rules)
            if not self._first:  # those inside on the day before the first did not move
                self._act(book, day, entered if self._question.way == "entered" else left)
            self._known.update(entered)
            self._first = False
        finally:
            book.drop()

    def found(self) -> Backtest:
        question = self._question
        return Backtest(
            scope=question.scope, days=question.days, fired=self._fired, not_held=self._not_held, cooling=self._cooling
        )

    def drop(self) -> None:
        self._inside.drop()

    def _with_stay(self, move: Move, day: date) -> tuple[Sequence[int], Sequence[int]]:
        stay = move.segment.stay_days
        if not stay or self._first:
            return move.entered, move.left
        self._waiting |= dict.fromkeys(move.entered, day)
        left = [entity for entity in move.left if self._waiting.pop(entity, None) is None]
        due = [entity for entity, since in self._waiting.items() if (day - since).days >= stay]
        for entity in due:
            del self._waiting[entity]
        return due, left

    def _act(self, book: Book, day: date, moved: Iterable[int]) -> None:
        question = self._question
        moved = [entity for entity in moved if not (question.once and entity in self._known)]
        if not moved:
            return
        if question.also:
            still = set(book.matching(question.also, question.scope))
            moved = [entity for entity in moved if entity in still]
        if question.condition:
            holding = set(book.matching(question.condition, question.scope))
            self._not_held += sum(entity not in holding for entity in moved)
            moved = [entity for entity in moved if entity in holding]
        for entity in sorted(moved):
            self._fire(entity, day)

    def _fire(self, entity: int, day: date) -> None:
        before = self._last.get(entity)
        if before is not None and (day - before).days * 24 < self._question.cool_down_hours:
            self._cooling += 1
            return
        self._last[entity] = day
        self._fired.append(Fired(day, entity))
