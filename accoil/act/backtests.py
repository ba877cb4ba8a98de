"""Backtests that are under way, and those that were done lately. Nothing of them is stored: they can be run again."""

import threading
import time
from collections import OrderedDict
from datetime import UTC, datetime

import structlog

from accoil.act.what_if import Segments, titles
from accoil.count.facts import Facts, facts
from accoil.rule.tree import Rule, Scope, inlined
from accoil.score.backtest import Backtest, Question, backtest
from accoil.score.models import Profile
from accoil.segment.built_ins import with_built_ins
from accoil.segment.watched import names, watched

KEPT = 20
FRESH_FOR = 600.0  # seconds
AT_ONCE = 0.8  # seconds that whoever asks waits for an answer

log = structlog.get_logger()

_turn = threading.Lock()  # one at a time: pages need the store too


class Run:
    """`found` when it is done; `failed` says why there will be nothing."""

    def __init__(self, question: Question, segments: Segments) -> None:
        self.question = question
        self.done, self.of = 0, len(question.dates)
        self.found: Backtest | None = None
        self.failed: str | None = None
        self.computed_at = datetime.now(UTC)
        self.facts: Facts = facts()
        self._began = time.monotonic()
        self._segments = segments
        self._thread = threading.Thread(target=self._run, name="backtest", daemon=True)
        self._thread.start()

    @property
    def is_old(self) -> bool:
        return self.failed is not None or time.monotonic() - self._began > FRESH_FOR

    def wait(self, seconds: float = AT_ONCE) -> bool:
        """Whether it is over within so many seconds."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            with _turn:
                self.found = backtest(self.question, self._segments, self._heard)
        except Exception as wrong:
            log.exception("a backtest failed")
            self.failed = f"{type(wrong).__name__}: {str(wrong).splitlines()[0]}"

    def _heard(self, done: int, of: int) -> None:
        self.done, self.of = done, of


_runs: OrderedDict[tuple[object, ...], Run] = OrderedDict()
_finding = threading.Lock()


def run(profile: Profile, scope: Scope, outcome: Rule, days: int, periods: int) -> Run:
    """The one that was asked lately, or one begun now. `outcome` may name features, segments and stages.
    Raises Refused for a name that means nothing."""
    definition, today = profile.current.parsed, profile.product.today()
    own = with_built_ins(profile)
    meant = inlined(outcome, names(profile, scope, definition, own))
    question = Question(profile.product_id, definition, scope, meant, today, days, periods)
    key = (profile.pk, definition.digest(), scope, repr(meant), days, periods, today)
    with _finding:
        found = _runs.get(key)
        if found is None or found.facts is not facts() or found.is_old:
            found = _runs[key] = Run(question, Segments(scope, titles(own), watched(profile, scope, definition, own)))
        _runs.move_to_end(key)
        while len(_runs) > KEPT:
            _runs.popitem(last=False)
    return found
