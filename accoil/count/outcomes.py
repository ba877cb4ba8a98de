"""What became of the last calls of a product: what the front door knows, and what is known since they were counted."""

from collections.abc import Iterable
from datetime import date
from itertools import chain, islice

from accoil.count import ids, people
from accoil.count.duplicates import Again
from accoil.count.facts import facts
from accoil.receive.calls import EVENT
from accoil.receive.debugger import MOST, debugger
from accoil.receive.lines import ACCEPTED, ANONYMOUS, DUPLICATE, UNATTRIBUTED, Line, lines


def last_calls(product_id: int, today: date) -> list[Line]:
    """The last 1,000 calls, newest first. An event is unattributed when its user has no account today, and it names
    none itself."""
    told = list(islice(chain.from_iterable(map(lines, debugger().visits(product_id))), MOST))
    _tell_duplicates(product_id, told, facts().duplicates.lately(product_id))
    adopters = people.adopters(product_id, {line.user or line.anonymous for line in told} - {""})
    _tell_adopters(told, adopters)
    _tell_accounts(product_id, told, today, adopters)
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


def _tell_adopters(told: Iterable[Line], adopters: dict[str, str]) -> None:
    """What came without a user counts once the id it came with is somebody's."""
    for line in told:
        if ANONYMOUS in line.outcomes and line.anonymous in adopters:
            line.user, line.by_adoption = adopters[line.anonymous], True
            line.outcomes = [each for each in line.outcomes if each != ANONYMOUS] or [ACCEPTED]


def _tell_accounts(product_id: int, told: Iterable[Line], today: date, adopters: dict[str, str]) -> None:
    alone = [line for line in told if line.kind == EVENT and line.user and not line.account]
    whose = {line.user: adopters.get(line.user, line.user) for line in alone}
    accounts = people.accounts_of(product_id, set(whose.values()), today)
    for line in alone:
        line.account = accounts.get(whose[line.user], "")
        line.by_membership = bool(line.account)
        if not line.account and DUPLICATE not in line.outcomes:
            _tell(line, UNATTRIBUTED, first=False)


def _tell(line: Line, outcome: str, first: bool = True) -> None:
    others = [each for each in line.outcomes if each != ACCEPTED]
    line.outcomes = [outcome, *others] if first else [*others, outcome]
