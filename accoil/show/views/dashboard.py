"""The first page: what happened, who moved, how everyone stands."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accoil.count.ids import Kind
from accoil.score.freezing import progress
from accoil.show import changes, charts, health, sentences, since, tables, tiles
from accoil.show.frame import Frame, frame_of, page, to_first_steps
from accoil.show.seen import RANGES, SPARK_DAYS, Seen, range_links, range_of
from accoil.team.scope import products_of

MOVERS = 6


def home(request: HttpRequest) -> HttpResponse:
    """The first product of the person's teams."""
    product = products_of(request.user).first()
    return redirect("dashboard", product.pk) if product else render(request, "show/no_product.html")


def dashboard(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "dashboard")
    if frame.profile is None:
        return to_first_steps(frame)
    return page(frame, "show/dashboard.html", told(frame))


def told(frame: Frame) -> dict[str, Any]:
    """Everything the dashboard shows."""
    seen, days = Seen(frame), range_of(frame)
    history = seen.history(max(days, SPARK_DAYS))
    kind, summary = seen.kind, seen.summary
    first = frame.as_of - timedelta(days=days - 1)
    versions = changes.versions(frame.profile, first, frame.as_of) if frame.profile else {}
    cooled, warmed = seen.cooled(kind, MOVERS), seen.warmed(kind, MOVERS)
    return {
        "sentence": sentences.dashboard(summary, seen.moved(kind), seen.window),
        "since": since.told(seen),
        "tiles": [make(seen, who, history) for who in ("account", "user") for make in (tiles.active, tiles.average)],
        "charts": drawn(kind, history[-days:], seen.reported(days), versions),
        "versions": [{"day": day, "words": words} for day, words in versions.items()],
        "summing_up": progress(frame.profile.pk) if frame.profile else None,
        "days_shown": days,
        "ranges": range_links(frame, days, RANGES, "dashboard"),
        "habits": frame.link("dashboard-habits", days=days),
        "bands": tables.bands(summary[f"bands_{kind}s"]),
        "measure": tables.measure(frame, seen.book.benchmark),
        "warmed": seen.with_lines(kind, tables.linked(frame, kind, warmed)),
        "cooled": seen.with_lines(kind, tables.linked(frame, kind, cooled)),
        "kind": kind,
        "window": seen.window,
        "is_first_day": len(frame.profiles) == 1 and frame.profiles[0].created_at.date() == timezone.now().date(),
        "is_empty": not summary["users"],
        "silent": health.silent_sentence(frame),
    }


def drawn(
    kind: Kind, history: list[dict[str, Any]], reported: list[dict[str, Any]], versions: dict[date, str]
) -> dict[str, charts.Chart]:
    days = [row["day"] for row in history]
    return {
        "score": charts.score_chart(
            f"Average {kind} score over {len(days)} days",
            days,
            [row[f"average_{kind}_score"] for row in history],
            versions,
            [row[f"average_{kind}_score"] for row in reported],
        ),
        "active": charts.count_chart(
            f"Active {kind}s over {len(days)} days", days, [row[f"active_{kind}s"] for row in history]
        ),
    }
