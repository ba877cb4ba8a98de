"""Of several users, or accounts, of a product that were matched with one record there: whose it is."""

from collections.abc import Callable, Mapping, Sequence

from django.db import transaction
from django.db.models import Count

from accoil.connect.leaving import EMPTIED, emptied, hand_over
from accoil.connect.ledger import note
from accoil.connect.models import Connection, Entry, Record
from accoil.connect.now import moment
from accoil.count import people
from accoil.count.ids import Kind
from accoil.team.models import Product

Weigh = Callable[[list[int]], Mapping[int, int]]
SURE = {"user": "external id", "account": "company id"}  # a match by these is nobody else's


def settle(connection: Connection, product: Product, kind: Kind, weigh: Weigh) -> None:
    """`weigh`: of these users when each was last active, of accounts how many are active: more is better."""
    own = Record.objects.filter(connection=connection, product=product, kind=kind).exclude(remote_id="")
    groups = own.values("remote_id").annotate(n=Count("pk"))
    contested = set(groups.filter(n__gt=1).values_list("remote_id", flat=True).order_by())
    alone = own.filter(match=Record.Is.AMBIGUOUS).exclude(remote_id__in=contested)  # the other one went away
    for remote_id in [*contested, *alone.values_list("remote_id", flat=True)]:
        weights = weigh(list(own.filter(remote_id=remote_id).values_list("entity", flat=True)))
        with transaction.atomic():
            several = list(own.filter(remote_id=remote_id).order_by("pk").select_for_update())
            if several:
                _choose(several, product, kind, weights)


def _choose(several: Sequence[Record], product: Product, kind: Kind, weights: Mapping[int, int]) -> None:
    """In a transaction that holds them."""

    def worth(record: Record) -> tuple[bool, int, bool, int]:
        by = SURE[kind] in record.matched_by.lower()
        return by, weights.get(record.entity, 0), record.match == Record.Is.MATCHED, -record.entity

    best = max(several, key=worth)
    others = [record for record in several if record is not best]
    takes_over = [_stands_back(record, best, _reason(product, kind, best)) for record in others]
    if best.match != Record.Is.MATCHED:
        best.match, best.reason = Record.Is.MATCHED, ""
        note(best, Entry.What.MATCHED, f"Found by {best.matched_by}.")
    elif not any(takes_over):
        return
    best.next_at = moment()  # what stands there by the others, or not at all, is sent within seconds
    best.save(update_fields=["match", "reason", "unsure", "next_at"])


def _stands_back(record: Record, best: Record, reason: str) -> bool:
    """Whether it did not before."""
    if record.match == Record.Is.AMBIGUOUS and record.reason == reason:
        return False
    hand_over(record, best)
    emptied(record)
    record.match, record.reason = Record.Is.AMBIGUOUS, reason
    record.save(update_fields=["match", "reason", *EMPTIED])
    note(record, Entry.What.SKIPPED, reason)
    return True


def _reason(product: Product, kind: Kind, best: Record) -> str:
    return reason_of(kind, people.names(product.pk, kind, [best.entity]).get(best.entity, str(best.entity)))


def reason_of(kind: str, name: str = "") -> str:
    """`name`: the other one's; "" after a deletion."""
    called = f", {name}," if name else ""
    if kind == "user":
        return f"Another user{called} is on the same record there, and its numbers are written."
    return f"Another account{called} is on the same company there, and its numbers are written."
