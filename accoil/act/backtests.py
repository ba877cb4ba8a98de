"""Backtests of a profile's score that are under way, and those that were done lately."""

from accoil.act import running
from accoil.act.groups import Segments, titles
from accoil.act.running import LOOKING_BACK, Runs
from accoil.rule.tree import Rule, Scope, inlined, written
from accoil.score.backtest import Backtest, Question, backtest
from accoil.score.models import Profile
from accoil.segment.askable import check_askable
from accoil.segment.built_ins import with_built_ins
from accoil.segment.watched import names, watched

Run = running.Run[Backtest]

runs: Runs[Backtest] = Runs()


def run(profile: Profile, scope: Scope, outcome: Rule, days: int, periods: int) -> Run:
    """The one that was asked lately, or one begun now. `outcome` may name features, segments and stages.
    Raises Refused for a name that means nothing, and when too many wait."""
    definition, today = profile.current.parsed, profile.product.today()
    own = with_built_ins(profile)
    meant = inlined(outcome, names(profile, scope, definition, own))
    question = Question(profile.product_id, definition, scope, meant, today, days, periods)
    segments = Segments(scope, titles(own), watched(profile, scope, definition, own))
    check_askable(profile, question.dates[0], definition, [written(meant)])
    key = (profile.pk, definition.digest(), scope, repr(meant), days, periods, today)
    return runs.get(
        key, lambda: Run(LOOKING_BACK, lambda told: backtest(question, segments, told), len(question.dates))
    )
