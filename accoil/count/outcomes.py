"""What became of the last calls of a product: what the front door knows, and what is known since they were counted."""

from collections.abc import Iterable
from datetime import date
from itertools import chain, islice

from accoil.count import ids, people
from accoil.count.duplicates import Again
from accoil.count.facts import facts
from accoil.receive.calls import EVENT
from accoil.receive.debugger import MOST, debugger
from accoil.receive.lines import ACCEPTED, DUPLICATE, UNATTRIBUTED, Line, lines


def last_calls(product_id: int, today: date) -> list[Line]:
    """The last 1,000 calls, newest first. An event is unattributed when its user has no account today, and it names
    none itself."""
    told = list(islice(chain.from_iterable(map(lines, debugger().visits(product_id))), MOST))
    _tell_duplicates(product_id, told, facts().duplicates.lately(product_id))
    _tell_accounts(product_id, told, today)
    return told


def _tell_duplicates(product_id: int, told: Iterable[Line], again: Again) -> None:
    if not again:
        return
    for line in told:  # the newest first: of twins in one request the last ones were the duplicates
        if line.message:
            place = (ids.message_hash(product_id, line.message), line.received)
            if again[place] > 0:
                again[place] -= 1
                _tell(line, DUPLICATE)


def _tell_accounts(product_id: int, told: Iterable[Line], today: date) -> None:
    alone = [line for line in told if line.kind == EVENT and line.user and not line.account]
    accounts = people.accounts_of(product_id, {line.user for line in alone}, today)
    for line in alone:
        line.account = accounts.get(line.user, "")
        line.by_membership = bool(line.account)
        if not line.account and DUPLICATE not in line.outcomes:
            _tell(line, UNATTRIBUTED, first=False)


def _tell(line: Line, outcome: str, first: bool = True) -> None:
    others = [each for each in line.outcomes if each != ACCEPTED]
    line.outcomes = [outcome, *others] if first else [*others, outcome]
