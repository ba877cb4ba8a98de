"""Whom a rule in a form holds for today, in a sentence."""

from datetime import date
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from accoil.count.ids import Kind
from accoil.count.people import all_names, known_events
from accoil.refused import Refused
from accoil.rule.tree import EVERYTHING, Known, Names, Rule, check, doubts, inlined, mentions, words, written
from accoil.score.askable import refuse_gone
from accoil.show import words as small
from accoil.show.rules.telling import Typed
from accoil.show.seen import Seen
from accoil.show.sentences import bold

EXAMPLES = 5

Values = dict[str, Any]


def told(each: Typed, scope: Kind, names: Names, sees: Seen) -> Values:
    """`says` in words, `holds` for how many, `examples` of them; or `refusal`, what is still wrong. `whole` is the rule
    itself, naming nothing any more; None while it is unfinished."""
    try:
        raw = each.written()
        if raw is None:
            return {"refusal": "", "says": "", "whole": None}
        rule = check(raw, scope, EVERYTHING)
        whole = inlined(rule, names)
        refuse_gone(sees.frame.product, written(whole))
    except Refused as wrong:
        return {"refusal": str(wrong), "says": "", "whole": None}
    found = sees.page(scope, rule=whole, limit=EXAMPLES)
    everyone = sees.summary[f"{scope}s"]
    return {
        "refusal": "",
        "says": words(rule, scope),
        "holds": holds(found.total, everyone, scope),
        "examples": found.rows,
        "share": small.in_percent(found.total / everyone) if everyone else 0,
        "doubts": doubted(sees.frame.product.pk, sees.frame.today, rule),
        "whole": whole,
    }


def holds(some: int, everyone: int, scope: Kind) -> SafeString:
    """It holds for 12 of 200 accounts today."""
    if not some:
        return format_html("It holds for none of {} today.", bold(small.count(everyone, scope)))
    return format_html("It holds for {} today.", bold(f"{small.number(some)} of {small.count(everyone, scope)}"))


def doubted(product_id: int, today: date, *rules: Rule) -> list[str]:
    """A sentence for each event and trait in them that was never received: perhaps misspelt, perhaps still to come.
    Only the kinds of names that they mention are looked up."""
    named = mentions(*rules)
    return doubts(
        Known(
            {row["event"] for row in known_events(product_id, today)} if named.events else (),
            all_names(product_id, "user_traits") if named.user_traits else (),
            all_names(product_id, "account_traits") if named.account_traits else (),
        ),
        *rules,
    )
