"""Views > Features: how much of the product is used, and the page of one feature."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from accoil.count import ids
from accoil.score.features import kept
from accoil.score.views import features, taken_up
from accoil.show import export, uptake, uptake_page, uptake_words, words
from accoil.show.frame import page, scored_frame_of
from accoil.show.lists import Column
from accoil.show.uptake import Looking, tile
from accoil.show.uptake_lists import Listing, listed
from accoil.show.views.features import found

Row = dict[str, Any]

LIST = Listing(
    columns=(
        Column("Feature", "words"),
        Column("On a day", "-week", says="on_a_day"),
        Column("Change", "-week_change", says="uptake_change"),
        Column("In all", "-adoption", "number", says="event_adoption"),
        Column("", "-did", "number", says="did"),
        Column("Events", "-times", "number", says="times"),
        Column("Per head", "-average_events", "number", says="average_events"),
        Column("Times each", "-average_times", "number", says="average_times"),
    ),
    usual="-week",
    fields=(
        "name", "week", "week_before", "week_change", "adoption", "change", "did", "active", "times", "average_events",
        "average_times",
    ),
    template="show/feature_views.html",
    rows="show/feature_rows.html",
)  # fmt: skip


def feature_list(request: HttpRequest, product_id: int, suffix: export.Format | None = None) -> HttpResponseBase:
    """The page, or with a suffix the whole list as a file."""
    frame = scored_frame_of(request, product_id, "features-view")
    looking = Looking(frame, "features-view")
    now = LIST.wanted(request.GET)
    said = kept(frame.product)
    rows = [
        {**row, "words": row["name"], "link": looking.to("feature-view", feature.id)}
        for feature, row in zip(said, features(looking.view, {each.name: each.events for each in said}), strict=True)
    ]
    shown = uptake.swings(listed(rows, now))
    values = {
        "is_empty": not rows,
        "sentence": uptake_words.features(rows, looking.kind, looking.range) if rows else "",
        "settings": frame.link("features"),
    }
    return LIST.answer(looking, now, shown, values, lambda: tiles(looking, rows), suffix)


def feature_page(request: HttpRequest, product_id: int, feature_id: int) -> HttpResponse:
    frame = scored_frame_of(request, product_id, "features-view")
    feature = found(kept(frame.product), feature_id)
    of = feature.events
    looking = Looking(frame, "feature-view", (feature_id,))
    row, *parts = taken_up(looking.view, {feature.name: of, **{f"\n{event}": [event] for event in of}})
    values = {
        **uptake_page.told(looking, feature.name, "used", of, row, {"feature": feature.name}),
        "feature": feature,
        "parts": [
            {**part, "event": event, "link": looking.to("event-view", ids.id_of(product_id, ids.EVENT, event))}
            for event, part in zip(of, parts, strict=True)
        ],
        "list_link": looking.to("features-view"),
        "settings": frame.link("features"),
    }
    return page(frame, "show/feature_view.html", values)


def tiles(looking: Looking, rows: list[Row]) -> list[Row]:
    week = uptake.mean(row["week"] for row in rows)
    return [
        {**tile("Average adoption", words.percent(week), "on a day", week, "on_a_day",
                f"The mean over {words.count(len(rows), 'feature')}."),
         "points": uptake.mean(row["week_change"] for row in rows), "against": looking.range.before},
        tile("Used at all", words.percent(uptake.mean(row["adoption"] for row in rows)), looking.range.words,
             says="event_adoption", made=f"The mean over {words.count(len(rows), 'feature')}."),
        tile("Events", words.number(uptake.mean(row["average_events"] for row in rows)),
             f"per feature and {looking.kind}",
             says="average_events", made=f"The mean over {words.count(len(rows), 'feature')}."),
        uptake.average_score(looking),
    ]  # fmt: skip
