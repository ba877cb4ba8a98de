"""Whom a rule in a form holds for today, in a sentence."""

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from accoil.count.ids import Kind
from accoil.count.people import known_events
from accoil.refused import Refused
from accoil.rule.tree import EVERYTHING, Names, Rule, check, inlined, mentions, words
from accoil.score.book import Book
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
    except Refused as wrong:
        return {"refusal": str(wrong), "says": "", "whole": None}
    found = sees.page(scope, rule=whole, limit=EXAMPLES)
    everyone = sees.summary[f"{scope}s"]
    return {
        "refusal": "",
        "says": words(rule, scope),
        "holds": holds(found.total, everyone, scope),
        "examples": found.rows,
        "share": round(100 * found.total / everyone) if everyone else 0,
        "unseen": unseen(rule, sees.book),
        "whole": whole,
    }


def holds(some: int, everyone: int, scope: Kind) -> SafeString:
    """It holds for 12 of 200 accounts today."""
    if not some:
        return format_html("It holds for none of {} today.", bold(small.count(everyone, scope)))
    return format_html("It holds for {} today.", bold(f"{small.number(some)} of {small.count(everyone, scope)}"))


def unseen(rule: Rule, book: Book) -> Sequence[str]:
    """Events it names that never arrived: perhaps misspelt, perhaps still to come."""
    named = mentions(rule).events
    known = {row["event"] for row in known_events(book.product_id, book.as_of)} if named else set()
    return [event for event in named if event not in known]
