"""What one user or account did, put aside while much is asked about it: all counts are looked through once."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from accoil.count import days
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.score.definition import Definition
from accoil.score.in_force import in_force
from accoil.score.models import Profile
from accoil.store.questions import beside

ASK = beside(__file__, "done")

_numbers = itertools.count(1)


@contextmanager
def done_by(profile: Profile, definition: Definition, kind: Kind, id: int, first: date, last: date) -> Iterator[str]:
    """The table that stands for `counts` in questions about scores of that user or account from first to last, under
    that definition or any that was in force then."""
    under = [definition, *(version.parsed for version, *_ in in_force(profile, first, last))]
    question = f"by_{kind}"
    if kind == "account" and any(each.daily_cap is not None for each in under):
        question = "by_people_of_account"
    since = days.number(first) - max(each.window for each in under) + 1
    store, name = facts().store, f"done_by_{next(_numbers)}"
    try:
        store.keep(name, ASK[question], product=profile.product_id, id=id, first=since, last=days.number(last))
        yield f"kept.{name}"
    finally:
        store.drop(name)
