"""An action done by hand to many records, as people follow it: how far it is, and a result per record."""

import hashlib
from collections import Counter
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from accoil.act.actions import all_actions
from accoil.act.models import Batch, Delivery
from accoil.connect.connection import Action, Tool
from accoil.connect.models import Record
from accoil.count.ids import Kind
from accoil.count.people import names
from accoil.show import lists
from accoil.show.frame import Frame
from accoil.show.words import count, duration, number

State = Delivery.State
UNDER_WAY = (State.WAITING, State.TAKEN)
SHOWS = ("", "done", "absent", "failed", "waiting")  # "absent": not in the other tool


def told(frame: Frame, batch: Batch) -> dict[str, Any]:
    tool, action = action_of(batch)
    counts = outcomes(batch)
    total, done = sum(counts.values()), counts["done"] + counts["absent"] + counts["failed"]
    show = frame.request.GET.get("show", "")
    show = show if show in SHOWS else ""
    kind, rows, pages = listed(frame, batch, show)
    told = {
        "batch": batch,
        "tool": tool,
        "action": action,
        "kind": kind,
        "counts": counts,
        "total": total,
        "done": done,
        "moving": done < total,
        "retriable": counts["absent"] + counts["failed"],
        "list_link": frame.link(f"{kind}s"),
        "pace": pace(batch, done, total),
        "tabs": tabs(frame, batch, counts, show),
        "rows": rows,
        "pages": pages,
        "title": title(batch, action, total, kind),
    }
    marks = [(row["id"], row["mark"], row["said"]) for row in rows]
    return told | {"known": hashlib.blake2b(repr((counts, marks)).encode(), digest_size=8).hexdigest()}


def action_of(batch: Batch) -> tuple[Tool | None, Action | None]:
    return all_actions().get(batch.action, (None, None))


def title(batch: Batch, action: Action | None, total: int, kind: Kind) -> str:
    """Add Intercom Tag “at-risk” to 3 accounts"""
    values = ", ".join(f"“{value}”" for key, value in batch.values.items() if key != "on" and value)
    called = (action.by_hand or action.label) if action else batch.action
    return f"{called} {values} to {count(total, kind)}".replace("  ", " ")


def outcomes(batch: Batch) -> Counter[str]:
    """waiting, done, failed; absent are those that failed since nobody there was matched with them."""
    counts: Counter[str] = Counter()
    for row in batch.deliveries.values("state").annotate(n=Count("id")).order_by():
        counts["waiting" if row["state"] in UNDER_WAY else row["state"]] += row["n"]
    counts["absent"] = failed(batch).filter(~there()).count()
    counts["failed"] -= counts["absent"]
    return counts


def failed(batch: Batch) -> QuerySet[Delivery]:
    """All that may be tried again: also who was not there, since matching goes on."""
    return batch.deliveries.filter(state=State.FAILED)


def there() -> Exists:
    """Whether somebody in the other tool is matched with the record."""
    return Exists(
        Record.objects.filter(
            connection=OuterRef("connection"), product=OuterRef("product"), kind=OuterRef("kind"),
            entity=OuterRef("entity"), match=Record.Is.MATCHED,
        )
    )  # fmt: skip


def shown(batch: Batch, show: str) -> QuerySet[Delivery]:
    if show == "absent":
        return failed(batch).filter(~there())
    if show == "failed":
        return failed(batch).filter(there())
    if show == "waiting":
        return batch.deliveries.filter(state__in=UNDER_WAY)
    return batch.deliveries.filter(state=State.DONE) if show == "done" else batch.deliveries.all()


def listed(frame: Frame, batch: Batch, show: str) -> tuple[Kind, list[dict[str, Any]], dict[str, object]]:
    wanted = lists.wanted(frame.request.GET, ())
    found = shown(batch, show)
    page = list(found[wanted.offset : wanted.offset + lists.PAGE])
    away = set(failed(batch).filter(~there(), pk__in=[each.pk for each in page]).values_list("pk", flat=True))
    first = page[0] if page else batch.deliveries.first()
    kind: Kind = first.kind if first else "account"  # type: ignore[assignment]
    called = names(batch.product_id, kind, [each.entity for each in page]) if page else {}
    rows = [row(frame, each, kind, called.get(each.entity, ""), each.pk in away) for each in page]

    def link(**query: object) -> str:
        return frame.link("batch", batch.pk, show=show, page=query.get("page", ""))

    return kind, rows, lists.pages(wanted, len(rows), found.count(), link)


def row(frame: Frame, delivery: Delivery, kind: Kind, name: str, is_away: bool) -> dict[str, Any]:
    mark, outcome = result(delivery, is_away)
    return {
        "id": delivery.pk,
        "name": name or f"a {kind} that is not known any more",
        "link": frame.link(kind, delivery.entity) if name else "",
        "mark": mark,
        "outcome": outcome,
        "said": delivery.answer,
        "can_retry": delivery.state == State.FAILED,
    }


def result(delivery: Delivery, is_away: bool) -> tuple[str, str]:
    """Its mark and its words."""
    if delivery.state == State.DONE:
        return "good", "Done"
    if delivery.state == State.FAILED:
        return ("fair", "Not there") if is_away else ("bad", "Failed")
    later = delivery.attempts and delivery.next_at > timezone.now()
    return "", "Is tried again soon" if later else "Waits"


def tabs(frame: Frame, batch: Batch, counts: Counter[str], show: str) -> list[dict[str, Any]]:
    said = {"": "All", "done": "Done", "absent": "Not there", "failed": "Failed", "waiting": "Waiting"}
    return [
        {
            "words": f"{said[each]} {number(counts[each] if each else sum(counts.values()))}",
            "link": frame.link("batch", batch.pk, show=each),
            "here": each == show,
        }
        for each in SHOWS
        if each in ("", show) or counts[each]
    ]


def pace(batch: Batch, done: int, total: int) -> str:
    """12 a second, 40 s left; "" before anything is known of it."""
    took = (timezone.now() - batch.created_at).total_seconds()
    if not done or done >= total or took < 2:
        return ""
    rate = done / took
    return f"{number(round(rate, 1))} a second, {duration((total - done) / rate)} left"
