"""A backup that is made while somebody is being deleted, or while days go, holds databases of different moments: the
store, and after it the journal, may know them still, while the application's database, copied last, says that this step
is done."""

from datetime import timedelta

import structlog

from accoil.count.counting import Counting
from accoil.erase.models import Erasure, Retention
from accoil.receive import rewriting

State = Erasure.State

WHILE_BACKED_UP = timedelta(days=1)  # longer than a backup takes

log = structlog.get_logger()


def begin_again(counting: Counting) -> None:
    """With deletions whose calls the journal has not given away."""
    for each in Erasure.objects.filter(finished_at=None).exclude(state=State.JOURNAL):
        noted = each.part("journal")
        if rewriting.taken(counting.journal.path, each.pk) != (noted["removed"], noted["changed"]):
            log.warning("the journal is of before a deletion, which begins again", deletion=each.pk)
            Erasure.objects.filter(pk=each.pk).update(state=State.JOURNAL)


def has_store_of_before(counting: Counting) -> bool:
    """Whether the store was made before a deletion, or days that went, had it made anew, and can be now."""
    counted = Erasure.objects.exclude(state__in=[State.JOURNAL, State.NUMBERS])
    if counting.at_rest() not in {*(each.part("journal")["store"] for each in counted.only("parts")), *_condensed()}:
        return False
    why_not = counting.why_not_rebuild()
    log.warning("the store is of before a deletion, or of before days went, and is made again", why_not=why_not)
    return why_not is None


def _condensed() -> set[str]:
    """Stores that days went from last. Not all there ever were: there is one a month, and a store that was lost begins
    with the first number again."""
    done = Retention.objects.filter(state=Retention.State.DONE).exclude(finished_at=None)
    last = done.order_by("-finished_at").first()
    if last is None or last.finished_at is None:
        return set()
    return set(done.filter(finished_at__gte=last.finished_at - WHILE_BACKED_UP).values_list("store", flat=True))
