"""The second half of the dashboard: total score, adoption and events day by day, and how features changed. It comes
after the page, since a first look at a large product takes seconds."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

from accoil.score.features import kept
from accoil.score.views import View, features, habits_by_day
from accoil.show import charts, uptake
from accoil.show.courses import course_of
from accoil.show.frame import Frame, page, scored_frame_of
from accoil.show.seen import Seen, range_of

LONGEST = 90  # days: what is asked per event for each of them
BACK = 30  # days, to compare with
WEEK = 7
FEATURES = 6

Row = dict[str, Any]


def dashboard_habits(request: HttpRequest, product_id: int) -> HttpResponse:
    frame = scored_frame_of(request, product_id, "dashboard")
    part = request.headers.get("HX-Request") == "true"
    return page(frame, "show/dashboard_habits.html" if part else "show/dashboard_more.html", told(frame))


def told(frame: Frame) -> Row:
    seen = Seen(frame)
    kind, shown = seen.kind, min(range_of(frame), LONGEST)
    days = max(shown, BACK + WEEK)
    first = frame.as_of - timedelta(days=days - 1)
    view = View(product_id=frame.product.pk, definition=frame.definition, kind=kind, first=first, last=frame.as_of)
    habits, history = habits_by_day(view), seen.history(days)
    totals = [(row[f"average_{kind}_score"] or 0) * row[f"active_{kind}s"] for row in history]
    adoption = [row["average_adoption"] for row in habits]
    times = [row["times"] for row in habits]
    shares = share_active(seen, days)
    when = [row["day"] for row in habits][-shown:]
    activated = course_of(frame, kind, "activated", shown) if frame.definition.activation.steps(kind) else []
    return {
        "lines": [
            {
                "title": "Total score", "says": "total_score", "note": f"scores of all active {kind}s added up",
                "chart": charts.count_chart(f"Total {kind} score over {shown} days", when, totals[-shown:]),
                "change": against(totals[-1], totals[-1 - BACK]), "back": f"{BACK} days before",
            },
            {
                "title": "Adoption", "says": "average_adoption",
                "note": f"of scored events, by an active {kind} on average",
                "chart": charts.share_chart(f"Average adoption over {shown} days", when, adoption[-shown:]),
                "points": difference(adoption), "back": f"{BACK} days before",
            },
            *([{
                "title": f"Activated {kind}s", "says": "activation", "note": "have done all steps of activation",
                "chart": charts.count_chart(f"Activated {kind}s over {shown} days", when, activated),
            }] if any(activated) else []),
            {
                "title": "Users active in an account", "says": "average_active_percent",
                "note": "of its users, on average, as it was reported",
                "chart": charts.share_chart(f"Users active in an account over {shown} days", when, shares[-shown:]),
                "points": difference(shares), "back": f"{BACK} days before",
            },
            {
                "title": "Scored events", "says": "scored_events", "note": "a day",
                "chart": charts.count_chart(
                    f"Scored events a day over {shown} days", when, charts.of_whole_days(times[-shown:], frame.is_past)
                ),
                "change": against(sum(times[-WEEK:]), sum(times[-WEEK - BACK : -BACK])),
                "back": f"a week that ended {BACK} days before",
            },
        ],
        "features": changed(frame, view),
        "features_link": frame.link("features-view", who=f"{kind}s"),
        "more": frame.link("dashboard"),
    }  # fmt: skip


def against(now: float, before: float) -> float | None:
    """The change in percent of what there was; None where there was nothing."""
    return 100 * (now - before) / before if before else None


def share_active(seen: Seen, days: int) -> list[float | None]:
    """The mean share of active users over accounts: of days that were summed up, and as it stands on the last."""
    kept = [row.get("average_active_percent") for row in seen.reported(days)]
    return [*kept[:-1], seen.summary["average_active_percent"]]


def difference(rates: Sequence[float | None]) -> float | None:
    """In percentage points; None where one of the two days has no rate."""
    now, before = rates[-1], rates[-1 - BACK]
    return None if now is None or before is None else 100 * (now - before)


def changed(frame: Frame, view: View) -> list[Row]:
    """Features by how much more or less they are used on a day than 30 days ago, the largest change first."""
    said = kept(frame.product)
    if not said:
        return []
    month = View(
        product_id=view.product_id, definition=view.definition, kind=view.kind,
        first=frame.as_of - timedelta(days=BACK - 1), last=frame.as_of,
    )  # fmt: skip
    rows = [
        {**row, "link": frame.link("feature-view", feature.id)}
        for feature, row in zip(said, features(month, {each.name: each.events for each in said}), strict=True)
    ]
    ranked = sorted(rows, key=lambda row: (-abs(row["week_change"]), row["name"]))
    return uptake.swings(ranked[:FEATURES])
