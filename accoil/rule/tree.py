"""Rules: the one language of filters, segments, activation steps, triggers and conditions. This is its door; what the
conditions mean is in docs/reference/rules.md and, once, in `to_sql.py`."""

from accoil.refused import Refused
from accoil.rule.checking import check, size
from accoil.rule.conditions import Event, Group, Metric, Rule, Scope, Segment, Stage, Trait
from accoil.rule.doubts import Known, doubts
from accoil.rule.inlining import Names, inlined
from accoil.rule.vocabulary import EVERYTHING, IN_FILTER, IN_STEPS, Allowed
from accoil.rule.words import words
from accoil.rule.writing import Mentions, mentions, renamed, written

__all__ = [
    "EVERYTHING", "IN_FILTER", "IN_STEPS", "Allowed", "Event", "Group", "Known", "Mentions", "Metric", "Names",
    "Refused", "Rule", "Scope", "Segment", "Stage", "Trait", "check", "doubts", "inlined", "mentions", "renamed",
    "size", "words", "written",
]  # fmt: skip
