"""A backup that is made while somebody is being deleted, or while days go, holds databases of different moments: the
store, and after it the journal, may know them still, while the application's database, copied last, says that this step
is done."""

from datetime import datetime, timedelta

import structlog
from django.db.models import Max, Q
from django.utils import timezone

from accoil.count.counting import Counting
from accoil.erase.models import Erasure, Retention
from accoil.receive import rewriting

State = Erasure.State

WHILE_BACKED_UP = timedelta(days=1)  # longer than a backup takes

log = structlog.get_logger()


def begin_again(counting: Counting) -> None:
    """With deletions whose calls the journal has not given away; and with what is kept beside, where it is not known
    that nothing stands there: files of imports are copied before the application's database."""
    for each in Erasure.objects.filter(finished_at=None).exclude(state=State.JOURNAL):
        noted = each.part("journal")
        if rewriting.taken(counting.journal.path, each.pk) != (noted["removed"], noted["changed"]):
            log.warning("the journal is of before a deletion, which begins again", deletion=each.pk)
            Erasure.objects.filter(pk=each.pk).update(state=State.JOURNAL)
        elif each.state == State.TOOLS:
            Erasure.objects.filter(pk=each.pk).update(state=State.RECORDS)


def has_store_of_before(counting: Counting) -> bool:
    """Whether the store was made before a deletion, or days that went, had it made anew, and can be now."""
    if counting.at_rest() not in _replaced():
        return False
    why_not = counting.why_not_rebuild()
    log.warning("the store is of before a deletion, or of before days went, and is made again", why_not=why_not)
    return why_not is None


def _replaced() -> set[str]:
    """Stores that had to go, of the time that a backup takes before the last thing that was done. Not all there ever
    were: a store that was lost begins with the first number again."""
    done = Retention.objects.filter(state=Retention.State.DONE).exclude(finished_at=None).exclude(store="")
    counted = Erasure.objects.exclude(state__in=[State.JOURNAL, State.NUMBERS])
    ended = [some.aggregate(last=Max("finished_at"))["last"] for some in (done, counted)]
    since = max((at for at in ended if at is not None), default=timezone.now()) - WHILE_BACKED_UP
    lately = done.filter(finished_at__gte=since)
    found = [(each.finished_at, each.store) for each in lately if each.finished_at is not None]
    for each in counted.filter(Q(finished_at=None) | Q(finished_at__gte=since)).only("parts"):
        if "store" in (journal := each.part("journal")) and "at" in (numbers := each.part("numbers")):
            found.append((datetime.fromisoformat(numbers["at"]), journal["store"]))
    last = max((at for at, _ in found), default=since)
    return {store for at, store in found if at >= last - WHILE_BACKED_UP}
