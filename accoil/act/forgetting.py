"""Forgets what was done long ago: run logs, deliveries, ledgers and runs of connections.

Who is new once is told by stays in segments and not by run logs, so nothing of those is needed for it."""

from datetime import timedelta

from accoil.act.models import Automation, Batch, Delivery, Firing
from accoil.connect import passes
from accoil.connect.models import Connection
from accoil.connect.now import moment

KEPT = timedelta(days=90)
AT_ONCE = 5_000  # rows: others want to write too


def forget_old() -> None:
    before = moment() - KEPT
    ended = Delivery.objects.filter(ended_at__lt=before)
    while some := list(ended.values_list("pk", flat=True)[:AT_ONCE]):
        Delivery.objects.filter(pk__in=some).delete()
    Batch.objects.filter(created_at__lt=before, deliveries=None).delete()
    for automation in Automation.objects.all():
        _forget_lines(automation)
    for connection in Connection.objects.all():
        passes.forget_old(connection)


def _forget_lines(automation: Automation) -> None:
    """Of a run log. A longer cool-down still has to know when it fired; the last time is always told."""
    fired = Firing.Became.FIRED
    kept = max(KEPT, timedelta(hours=automation.cool_down_hours))
    lines = automation.firings.order_by()
    last = automation.firings.filter(became=fired).order_by("-at", "-pk").values_list("pk", flat=True).first()
    old = lines.filter(at__lt=moment() - KEPT, deliveries=None).exclude(pk=last or 0)
    old = old.exclude(became=fired, at__gte=moment() - kept)
    while some := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        Firing.objects.filter(pk__in=some).delete()
