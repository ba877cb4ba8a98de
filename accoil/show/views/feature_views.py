"""Views > Features: how much of the product is used, and the page of one feature."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from accoil.count import ids
from accoil.score.features import Feature, kept
from accoil.score.views import features, taken_up
from accoil.show import export, uptake, uptake_words, words
from accoil.show.downloads import downloaded
from accoil.show.frame import frame_of, page, signed_in
from accoil.show.lists import Column
from accoil.show.uptake import Looking, tile
from accoil.show.views.event_views import course, doers, events_of_feature, tiles_of_one

Row = dict[str, Any]

USUAL = "-week"
COLUMNS = (
    Column("Feature", "words"),
    Column("On a day", "-week"),
    Column("Change", "-week_change"),
    Column("In all", "-adoption", "number"),
    Column("", "-did", "number"),
    Column("Events", "-times", "number"),
    Column("Per head", "-average_events", "number"),
    Column("Times each", "-average_times", "number"),
)
FIELDS = (
    "name", "week", "week_before", "week_change", "adoption", "change", "did", "active", "times", "average_events",
    "average_times",
)  # fmt: skip


@signed_in
def feature_list(request: HttpRequest, product_id: int, suffix: export.Format | None = None) -> HttpResponseBase:
    """The page, or with a suffix the whole list as a file."""
    frame = frame_of(request, product_id, "features-view")
    if frame.profile is None:
        return redirect("start", product_id)
    looking = Looking(frame, "features-view")
    now = uptake.wanted(frame, COLUMNS, USUAL)
    said = kept(frame.product)
    found = [
        {**row, "words": row["name"], "description": feature.description, "events": feature.events,
         "link": looking.to("feature-view", feature.id)}
        for feature, row in zip(said, features(looking.view, {each.name: each.events for each in said}), strict=True)
    ]  # fmt: skip
    shown = uptake.swings(uptake.listed(found, now), "week_change")
    if suffix:
        return downloaded(uptake.table(looking, shown, FIELDS), suffix)
    columns = [Column(f"{looking.kind.title()}s", c.sort, c.css) if c.sort == "-did" else c for c in COLUMNS]
    values = {
        **looking.switches,
        "rows": shown,
        "known": len(found),
        "heads": uptake.column_heads(looking, tuple(columns), now),
        "wanted": now,
        "files": uptake.file_links(looking, now),
        "everything": looking.here(),
        "sentence": uptake_words.features(found, looking.kind, looking.range) if found else "",
        "settings": frame.link("features"),
    }
    if request.headers.get("HX-Request") == "true":
        return page(frame, "show/feature_rows.html", {**values, "swapped": True})
    return page(frame, "show/feature_views.html", {**values, "tiles": tiles(looking, found)})


@signed_in
def feature_page(request: HttpRequest, product_id: int, feature_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "features-view")
    if frame.profile is None:
        return redirect("start", product_id)
    feature = get_object_or_404(Feature, product=frame.product, pk=feature_id)
    of = events_of_feature(feature)
    looking = Looking(frame, "feature-view", (feature_id,))
    rows = taken_up(looking.view, {feature.name: of, **{f"\n{event}": [event] for event in of}})
    row, parts = rows[0], rows[1:]
    values = {
        **looking.switches,
        **course(looking, feature.name, of),
        "feature": feature,
        "row": row,
        "parts": [
            {**part, "event": event, "link": looking.to("event-view", ids.id_of(product_id, ids.EVENT, event)),
             "weight": frame.definition.events.get(event)}
            for event, part in zip(of, parts, strict=True)
        ],
        "list_link": looking.to("features-view"),
        "settings": frame.link("features"),
        "sentence": uptake_words.one(feature.name, row, looking.kind, looking.range),
        "tiles": tiles_of_one(looking, row),
        "most": doers(looking, of),
    }  # fmt: skip
    return page(frame, "show/feature_view.html", values)


def tiles(looking: Looking, rows: list[Row]) -> list[Row]:
    week = uptake.mean(row["week"] for row in rows)
    return [
        {**tile("Average adoption", words.percent(week), "on a day", week),
         "points": uptake.mean(row["week_change"] for row in rows), "against": looking.range.before},
        tile("Used at all", words.percent(uptake.mean(row["adoption"] for row in rows)), looking.range.words),
        tile("Events", words.number(uptake.mean(row["average_events"] for row in rows)),
             f"per feature and {looking.kind}"),
        uptake.average_score(looking),
    ]  # fmt: skip
