"""Views > Events: who takes up which event, and the page of one event."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from accoil.count import ids
from accoil.count.people import event_name
from accoil.score.features import events_of, kept
from accoil.score.views import events, taken_up
from accoil.show import export, uptake, uptake_page, uptake_words, words
from accoil.show.frame import Frame, page, scored_frame_of
from accoil.show.lists import Column
from accoil.show.uptake import Looking, tile
from accoil.show.uptake_lists import Listing, listed

Row = dict[str, Any]

LIST = Listing(
    columns=(
        Column("Event", "words"),
        Column("Feature", "feature"),
        Column("Adoption", "-adoption", says="event_adoption"),
        Column("Change", "-change", "number", says="uptake_change"),
        Column("", "-did", "number", says="did"),
        Column("Times", "-times", "number", says="times"),
        Column("Times each", "-average_times", "number", says="average_times"),
    ),
    usual="-adoption",
    fields=(
        "name", "scored", "feature", "adoption", "adoption_before", "change", "did", "active", "times",
        "average_times",
    ),
    template="show/event_views.html",
    rows="show/event_rows.html",
)  # fmt: skip


def event_list(request: HttpRequest, product_id: int, suffix: export.Format | None = None) -> HttpResponseBase:
    """The page, or with a suffix the whole list as a file."""
    frame = scored_frame_of(request, product_id, "events-view")
    looking = Looking(frame, "events-view")
    now = LIST.wanted(request.GET)
    found = told(looking, events(looking.view))
    shown = listed([row for row in found if now.show == "all" or row["scored"] == (now.show == "scored")], now)
    values = {
        "is_empty": not found,
        "shows": [
            {
                "words": said,
                "link": looking.here(**replace(now, show=show).query),
                "here": show == now.show,
            }
            for show, said in (("all", "All"), ("scored", "Scored"), ("others", "Not scored"))
        ],
        "sentence": uptake_words.events(found, looking.kind, looking.range),
    }
    return LIST.answer(looking, now, shown, values, lambda: tiles(looking, shown), suffix)


def event_page(request: HttpRequest, product_id: int, event_id: int) -> HttpResponse:
    frame = scored_frame_of(request, product_id, "events-view")
    name = named(frame, event_id)
    looking = Looking(frame, "event-view", (event_id,))
    row = taken_up(looking.view, {name: [name]})[0]
    feature = next((each for each in kept(frame.product) if name in each.events), None)
    values = {
        **uptake_page.told(looking, words.event(name), "did", [name], row, {"event": name}),
        "event": name,
        "weight": frame.definition.events.get(name),
        "feature": feature,
        "feature_link": looking.to("feature-view", feature.id) if feature else "",
        "list_link": looking.to("events-view"),
    }
    return page(frame, "show/event_view.html", values)


def told(looking: Looking, rows: list[Row]) -> list[Row]:
    """With words, feature and the address of its own page."""
    product = looking.frame.product
    features = {event: name for name, of in events_of(product).items() for event in of}
    return [
        {
            **row,
            "words": words.event(row["name"]),
            "feature": features.get(row["name"], ""),
            "link": looking.to("event-view", ids.id_of(product.pk, ids.EVENT, row["name"])),
        }
        for row in rows
    ]


def tiles(looking: Looking, rows: list[Row]) -> list[Row]:
    """Over the events that are listed."""
    adoption = uptake.mean(row["adoption"] for row in rows)
    change = uptake.mean(row["change"] for row in rows)
    happened = sum(row["times"] for row in rows)
    return [
        {**tile("Average adoption", words.percent(adoption), f"of {words.count(len(rows), 'event')}", adoption,
                "event_adoption", f"The mean over {words.count(len(rows), 'event')} {looking.range.words}."),
         "points": change, "against": looking.range.before},
        tile("Happened", words.number(happened), "times", says="times",
             made=f"{words.count(len(rows), 'event')} {looking.range.words}, added up."),
        tile(f"Active {looking.kind}s", words.number(rows[0]["active"] if rows else 0), "did anything",
             says="did", made=f"Any event at all, {looking.range.words}."),
        uptake.average_score(looking),
    ]  # fmt: skip


def named(frame: Frame, event_id: int) -> str:
    """Raises Http404."""
    name = event_name(frame.product.pk, event_id)
    if name is None:
        raise Http404("No such event has been received.")
    return name
