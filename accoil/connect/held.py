"""Records as they are now, held until the end of the transaction: the sync of a connection, the queue's workers and
pages all write to them, and what one wrote down must not be undone by what another had read before."""

from collections.abc import Iterable

from accoil.connect.models import Record


def held(keys: Iterable[int]) -> dict[int, Record]:
    """By key; those that were deleted are left out. In a transaction."""
    return {record.pk: record for record in Record.objects.select_for_update().filter(pk__in=[*keys]).order_by("pk")}


def still(record: Record, now: Record | None) -> Record | None:
    """`now`, unless somebody else stands for it there by now: then what was asked there is not about it."""
    same = now is not None and (now.match, now.remote_id) == (record.match, record.remote_id)
    return now if same else None
