"""What is kept of somebody beside the facts: in segments, in the logs of automations, of connections and of people.

All of it can be done again: what is found then is what came in between."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import connection as database
from django.db import transaction
from django.db.models import Q, QuerySet

from accoil.act.actions import action_of
from accoil.act.models import Delivery, Firing
from accoil.connect.leaving import leave
from accoil.connect.models import Left, Record
from accoil.erase.models import Erasure
from accoil.refused import Refused
from accoil.score.models import Version
from accoil.segment.models import Stay
from accoil.segment.models import Waiting as Waits
from accoil.team.audit import AuditLine

SOMEBODY = {"user": "a deleted user", "account": "a deleted account"}
NAMED_IN = ("exclude-user", "include-user", "exclude-account", "include-account", "apply")  # actions that name people


def sweep(erasure: Erasure) -> None:
    """Removes all of it, and notes how much."""
    with transaction.atomic():
        found = Counter(erasure.part("records").get("counts", {}))
        found.update(_of_segments(erasure))
        found.update(_of_automations(erasure))
        found.update(_of_connections(erasure))
        found.update(_of_definitions(erasure))
        found["lines of the audit log"] += _of_audit_log(erasure)
        erasure.note("records", counts={what: n for what, n in found.items() if n})
        erasure.save(update_fields=["parts", "sent", "left"])


def clean() -> None:
    """Empties the log of the application database, where older states of rows stand."""
    with database.cursor() as cursor:
        cursor.execute("pragma wal_checkpoint(truncate)")


def _of_segments(erasure: Erasure) -> dict[str, int]:
    own = Q(segment__profile__product=erasure.product, segment__scope=erasure.kind, entity__in=erasure.entities)
    stays = Stay.objects.filter(own).delete()[0]
    return {"stays in segments": stays + Waits.objects.filter(own).delete()[0]}


def _of_automations(erasure: Erasure) -> dict[str, int]:
    firings = Firing.objects.filter(
        automation__profile__product=erasure.product, automation__scope=erasure.kind, entity__in=erasure.entities
    )
    deliveries = Delivery.objects.filter(product=erasure.product).filter(
        Q(kind=erasure.kind, entity__in=erasure.entities) | Q(firing__in=firings)
    )
    erasure.sent = [*erasure.sent, *_sent(deliveries)]
    counts = {"deliveries": deliveries.count(), "lines of run logs": firings.count()}
    deliveries.delete()
    firings.delete()
    if erasure.kind == "account":
        counts["texts of other deliveries"] = _forget_texts(erasure)
    return counts | _of_feeds(erasure)


def _of_feeds(erasure: Erasure) -> dict[str, int]:
    """A feed tells of many at once: what was sent, or waits to be, with the name of who is deleted in it goes."""
    naming = Q()
    for name in _as_json(erasure):
        naming |= Q(told__icontains=name)
    found = Delivery.objects.filter(product=erasure.product).exclude(feed=None)
    found = found.filter(naming) if naming else found.none()
    erasure.sent = [*erasure.sent, *_sent(found)]
    gone = found.delete()[0]
    return {"feeds that were sent": gone} if gone else {}


def _sent(deliveries: QuerySet[Delivery]) -> list[dict[str, Any]]:
    """What was done elsewhere already: it cannot be called back."""
    done = (
        deliveries.filter(state=Delivery.State.DONE).select_related("firing__automation", "feed").order_by("ended_at")
    )
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


def _forget_texts(erasure: Erasure) -> int:
    """Deliveries of its users told of the account."""
    names = Q()
    for name in erasure.told["names"]:
        names |= Q(answer__icontains=name)
    for name in _as_json(erasure):
        names |= Q(told__icontains=name) | Q(values__icontains=name)
    if not names:
        return 0
    of_users = Delivery.objects.filter(product=erasure.product, kind="user").exclude(ended_at=None)
    return of_users.filter(names).update(told={}, values={}, answer="")


def _as_json(erasure: Erasure) -> list[str]:
    """The names as they stand in a column of JSON: letters such as ü are escaped there."""
    return [json.dumps(name)[1:-1] for name in erasure.told["names"]]


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


def _of_definitions(erasure: Erasure) -> dict[str, int]:
    """Whoever was left out of a profile by name stands in its versions."""
    told, place = erasure.told, f"{erasure.kind}s"
    versions = Version.objects.filter(profile__product=erasure.product)
    changed = 0
    for version in versions.filter(Q(definition__exclude__has_key=place) | Q(note__contains=told["id"])):
        definition = dict(version.definition)
        exclude = definition.pop("exclude", {})
        note = _without(version.note, [told["id"]], SOMEBODY[erasure.kind])
        if told["id"] not in exclude.get(place, []) and note == version.note:
            continue
        kept = {who: [each for each in names if who != place or each != told["id"]] for who, names in exclude.items()}
        if kept := {who: names for who, names in kept.items() if names}:
            definition["exclude"] = kept
        changed += versions.filter(pk=version.pk).update(definition=definition, note=note)
    return {"versions of profiles": changed}


def _of_audit_log(erasure: Erasure) -> int:
    """Lines stay, without the name."""
    changed = 0
    lines = AuditLine.objects.filter(team=erasure.product.team, action__in=NAMED_IN)
    for line in lines:
        what = _without(line.what, erasure.told["names"], SOMEBODY[erasure.kind])
        if what != line.what:
            changed += lines.filter(pk=line.pk).update(what=what)
    return changed


def _without(text: str, names: Iterable[str], instead: str) -> str:
    """The text without names that stand there as words of their own."""
    for name in sorted((name for name in names if name), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", instead, text)
    return text
