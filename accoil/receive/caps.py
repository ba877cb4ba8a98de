"""A product has only so many event names and trait keys: names made by a program ("Opened_4711") would bury all others.

Whoever is full is known to the ring (`Handling`); for everybody else this costs nothing."""

from accoil.receive.calls import EVENT, GROUP, Call
from accoil.receive.handling import PLAIN, Handling

TOO_MANY_EVENTS = "This event name is new, and the product has as many as it may have: see Settings > Ingest health."


def cap(call: Call, handling: Handling) -> str | None:
    """The reason to reject a call that would bring one event name too many. Traits of a new name are left out, and
    the call counts without them. To be asked when the call's name and pairs are final."""
    if handling is PLAIN:
        return None
    if call.kind == EVENT:
        return TOO_MANY_EVENTS if handling.events is not None and call.event not in handling.events else None
    may_come = handling.account_traits if call.kind == GROUP else handling.user_traits
    if may_come is not None and call.pairs:
        call.pairs = [pair for pair in call.pairs if pair[0] in may_come]
    return None
