"""What is kept of somebody beside the facts: in segments, in the logs of automations, of connections and of people.

All of it can be done again: what is found then is what came in between."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accoil.act.actions import action_of
from accoil.act.claims import under_way
from accoil.act.models import Delivery, Firing
from accoil.connect.leaving import leave
from accoil.connect.models import Left, Record
from accoil.erase import mentions
from accoil.erase.models import Erasure, Holding
from accoil.refused import Refused
from accoil.segment.models import Stay
from accoil.segment.models import Waiting as Waits


def sweep(erasure: Erasure) -> bool:
    """Removes all of it, and notes how much. Whether nothing is left: what is being done elsewhere is, until that is
    over."""
    with transaction.atomic():
        found = Counter(erasure.part("records").get("counts", {}))
        found.update(_of_segments(erasure))
        found.update(_of_automations(erasure))
        found.update(_of_connections(erasure))
        Holding.objects.filter(product=erasure.product).delete()  # also of others, who may be with them
        told, of_feeds = mentions.in_feeds(erasure)
        erasure.sent = [*erasure.sent, *_sent(told)]
        found["lines of feeds"] += of_feeds
        found["texts of other deliveries"] += mentions.in_other_deliveries(erasure)
        found["lines of other ledgers"] += mentions.in_other_ledgers(erasure)
        found["versions of profiles"] += mentions.in_definitions(erasure)
        found["lines of the audit log"] += mentions.in_audit_log(erasure)
        erasure.note("records", counts={what: n for what, n in found.items() if n})
        erasure.save(update_fields=["parts", "sent", "left"])
        return not _is_being_told(erasure)


def _of_segments(erasure: Erasure) -> dict[str, int]:
    own = Q(segment__profile__product=erasure.product, segment__scope=erasure.kind, entity__in=erasure.entities)
    stays = Stay.objects.filter(own).delete()[0]
    return {"stays in segments": stays + Waits.objects.filter(own).delete()[0]}


def _is_being_told(erasure: Erasure) -> bool:
    return _deliveries(erasure).filter(under_way()).exists() or mentions.are_being_told(erasure)


def _firings(erasure: Erasure) -> QuerySet[Firing]:
    return Firing.objects.filter(
        automation__profile__product=erasure.product, automation__scope=erasure.kind, entity__in=erasure.entities
    )


def _deliveries(erasure: Erasure) -> QuerySet[Delivery]:
    own = Q(kind=erasure.kind, entity__in=erasure.entities) | Q(firing__in=_firings(erasure))
    return Delivery.objects.filter(own, product=erasure.product)


def _of_automations(erasure: Erasure) -> dict[str, int]:
    deliveries = _deliveries(erasure).exclude(under_way())
    erasure.sent = [*erasure.sent, *_sent(deliveries.select_related("firing__automation", "feed").order_by("ended_at"))]
    counts = {"deliveries": deliveries.count()}
    deliveries.delete()
    firings = _firings(erasure).filter(deliveries=None)
    counts["lines of run logs"] = firings.count()
    firings.delete()
    return counts


def _sent(deliveries: Iterable[Delivery]) -> list[dict[str, Any]]:
    """What was done elsewhere already: it cannot be called back."""
    done = [each for each in deliveries if each.state == Delivery.State.DONE]
    return [
        {
            "what": _what(each.action),
            "at": each.ended_at.isoformat(timespec="seconds") if each.ended_at else None,
            "by": _by(each),
        }
        for each in done
    ]


def _by(delivery: Delivery) -> str:
    if delivery.feed:
        return f"the feed “{delivery.feed}”"
    return f"the automation “{delivery.firing.automation}”" if delivery.firing else "by hand"


def _what(action: str) -> str:
    try:
        tool, offered = action_of(action)
    except Refused:
        return action
    return f"{tool.name}: {offered.label}"


def _of_connections(erasure: Erasure) -> dict[str, int]:
    """What stands in other tools is left to be emptied, as of anybody who is matched no longer."""
    records = Record.objects.select_for_update().filter(
        product=erasure.product, kind=erasure.kind, entity__in=erasure.entities
    )
    counts = Counter({"matches with other tools": 0, "lines of ledgers": 0})
    for record in records:
        if leave(record):
            row = Left.objects.get(connection=record.connection_id, kind=record.kind, remote_id=record.remote_id)
            erasure.left = sorted({*erasure.left, row.pk})
        counts["matches with other tools"] += 1
        counts["lines of ledgers"] += record.ledger.count()
        record.delete()
    return counts
