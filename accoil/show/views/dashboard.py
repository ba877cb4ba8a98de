"""The first page: what happened, who moved, how everyone stands."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accoil.count.ids import Kind
from accoil.score import change_words
from accoil.score.change import why
from accoil.score.done import done_by
from accoil.score.freezing import progress
from accoil.score.models import Profile
from accoil.segment.built_ins import with_built_ins
from accoil.show import changes, charts, health, sentences, since, tables, tiles
from accoil.show.frame import Frame, frame_of, page, scored_frame_of
from accoil.show.seen import RANGES, SPARK_DAYS, Seen, range_links, range_of
from accoil.team.scope import products_of

MOVERS = 6

Row = dict[str, Any]


def home(request: HttpRequest) -> HttpResponse:
    """The first product of the person's teams."""
    product = products_of(request.user).first()
    return redirect("dashboard", product.pk) if product else render(request, "show/no_product.html")


def dashboard(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = scored_frame_of(request, product_id, "dashboard")
    return page(frame, "show/dashboard.html", told(frame))


def told(frame: Frame) -> dict[str, Any]:
    """Everything the dashboard shows."""
    seen, days = Seen(frame), range_of(frame)
    later = days > SPARK_DAYS and "whole" not in frame.request.GET and seen.lacks(days)
    history = seen.history(SPARK_DAYS if later else max(days, SPARK_DAYS))
    kind, summary = seen.kind, seen.summary
    first = frame.as_of - timedelta(days=days - 1)
    versions = changes.versions(frame.profile, first, frame.as_of) if frame.profile else {}
    moved, cooled = seen.moved(kind), seen.cooled(kind, MOVERS)
    movers = listed(seen, [*cooled, *seen.warmed(kind, MOVERS)])  # their lines are one question
    return {
        "sentence": sentences.dashboard(summary, moved, seen.window),
        "since": since.told(seen),
        "tiles": [make(seen, who, history) for who in ("account", "user") for make in (tiles.active, tiles.average)],
        "charts": {} if later else drawn(kind, history[-days:], seen.reported(days), versions),
        "whole": frame.link("dashboard", days=days, whole=1),
        "versions": [{"day": day, "words": words} for day, words in versions.items()],
        "summing_up": progress(frame.profile.pk) if frame.profile else None,
        "days_shown": days,
        "ranges": range_links(frame, days, RANGES, "dashboard"),
        "habits": frame.link("dashboard-habits", days=days),
        "bands": tables.bands(summary[f"bands_{kind}s"]),
        "measure": tables.measure(frame, seen.book.benchmark),
        "cooled": movers[: len(cooled)],
        "warmed": movers[len(cooled) :],
        "moved": moved,
        "why": frame.link("dashboard-why"),
        "all_cooled": all_moved(seen, "cold", "change"),
        "all_warmed": all_moved(seen, "hot", "-change"),
        "kind": kind,
        "window": seen.window,
        "is_first_day": len(frame.profiles) == 1 and frame.profiles[0].created_at.date() == timezone.now().date(),
        "is_empty": not summary["users"],
        "silent": health.silent_sentence(frame),
    }


def dashboard_why(request: HttpRequest, product_id: int) -> HttpResponse:
    """Those who cooled down, each with what moved the score: a part that comes after the page."""
    frame = frame_of(request, product_id, "dashboard")
    if frame.profile is None or request.headers.get("HX-Request") != "true":
        return redirect(frame.link("dashboard"))
    seen, profile = Seen(frame), frame.profile
    rows = [{**row, "why": because(seen, profile, row["id"])} for row in seen.cooled(seen.kind, MOVERS)]
    told = {"movers": listed(seen, rows), "has_reasons": True, "window": seen.window}
    return page(frame, "show/parts/movers.html", told)


def listed(seen: Seen, rows: list[Row]) -> list[Row]:
    return seen.with_lines(seen.kind, tables.linked(seen.frame, seen.kind, rows))


def because(seen: Seen, profile: Profile, id: int) -> str:
    """What moved most of a score within the window: No Reports created this week against 4 last week."""
    frame, first = seen.frame, seen.frame.as_of - timedelta(days=seen.window)
    before, now = (frame.definition, first), (frame.definition, frame.as_of)
    with done_by(profile, frame.definition, seen.kind, id, first, frame.as_of) as done:
        told = why(frame.product.pk, before, now, seen.kind, id, done)
    if not told["change"]:
        return ""
    reason = change_words.reason(change_words.main_part(told), told, frame.today)
    return reason[:1].upper() + reason[1:]


def all_moved(seen: Seen, key: str, sort: str) -> str:
    """The list of everyone who did: of the built-in segment that says the same."""
    for each in with_built_ins(seen.frame.chosen):
        if each.key == key and each.scope == seen.kind:
            return seen.frame.link(f"{seen.kind}s", **{"in": each.pk, "sort": sort})
    raise LookupError(key)


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
