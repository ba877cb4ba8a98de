"""Forgets what was done long ago. The lines of run logs stay: they tell who was new once."""

from datetime import timedelta

from accoil.act.models import Batch, Delivery
from accoil.connect import passes
from accoil.connect.models import Connection
from accoil.connect.now import moment

KEPT = timedelta(days=90)
AT_ONCE = 5_000  # rows: others want to write too


def forget_old() -> None:
    """Deliveries that ended, with what they told; the ledgers and the runs of connections."""
    before = moment() - KEPT
    ended = Delivery.objects.filter(ended_at__lt=before)
    while some := list(ended.values_list("pk", flat=True)[:AT_ONCE]):
        Delivery.objects.filter(pk__in=some).delete()
    Batch.objects.filter(created_at__lt=before, deliveries=None).delete()
    for connection in Connection.objects.all():
        passes.forget_old(connection)
