"""The run log of an automation: who moved, why, and what came of it."""

from typing import Any

from django.db.models import Q, QuerySet

from accoil.act import queue
from accoil.act.models import Automation, Delivery, Firing
from accoil.count.ids import Kind
from accoil.count.people import names
from accoil.show.automations import saying
from accoil.show.frame import Frame
from accoil.show.whole import whole

SHOWN = 50  # lines of the run log on a page
ONLY = {"": "All", "fired": "Fired", "not": "Did not fire", "failed": "Failed"}

Values = dict[str, Any]


def log(frame: Frame, found: Automation) -> Values:
    """The newest lines of the run log, or those before one that the address names."""
    asked = frame.request.GET
    only = asked.get("only", "") if asked.get("only", "") in ONLY else ""
    lines, before = _lines(found, only), _line_of(found, asked.get("before", ""))
    if before:
        lines = lines.filter(Q(at__lt=before.at) | Q(at=before.at, pk__lt=before.pk))
    shown = list(lines.prefetch_related("deliveries__connection")[: SHOWN + 1])
    scope: Kind = found.scope  # type: ignore[assignment]
    known = names(frame.product.pk, scope, [line.entity for line in shown])
    counts = queue.counts(queue.of_automation(found))
    return {
        "lines": [_line(frame, scope, line, known) for line in shown[:SHOWN]],
        "only": [
            {"title": title, "link": frame.link("automation", found.pk, only=key), "here": key == only}
            for key, title in ONLY.items()
        ],
        "filtered": bool(only),
        "older": frame.link("automation", found.pk, only=only, before=shown[SHOWN - 1].pk)
        if len(shown) > SHOWN
        else "",
        "is_newest": not before,
        "log_link": frame.link("automation-log", found.pk, only=only, before=before.pk if before else ""),
        "failed": counts["failed"],
        "waiting": counts["waiting"] + counts["taken"],
    }


def _line(frame: Frame, scope: Kind, line: Firing, known: dict[int, str]) -> Values:
    return {
        "line": line,
        "name": known.get(line.entity, "somebody"),
        "link": frame.link(scope, line.entity),
        "fired": line.became == Firing.Became.FIRED,
        "became": Firing.Became(line.became).label,
        "results": [saying.result(each, frame.may_change) for each in line.deliveries.all()],
    }


def _line_of(found: Automation, pk: str) -> Firing | None:
    return found.firings.filter(pk=whole(pk)).first()


def _lines(found: Automation, only: str) -> QuerySet[Firing]:
    lines = found.firings.order_by("-at", "-pk")
    match only:
        case "fired":
            return lines.filter(became=Firing.Became.FIRED)
        case "not":
            return lines.exclude(became=Firing.Became.FIRED)
        case "failed":
            return lines.filter(deliveries__state=Delivery.State.FAILED).distinct()
    return lines
