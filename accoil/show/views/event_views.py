"""Views > Events: who takes up which event, and the page of one event."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from accoil.count import ids
from accoil.count.people import event_name
from accoil.score.features import events_of
from accoil.score.views import by_day, events, most, taken_up
from accoil.show import charts, export, uptake, uptake_words, words
from accoil.show.downloads import downloaded
from accoil.show.frame import Frame, frame_of, page, signed_in
from accoil.show.lists import Column
from accoil.show.seen import Seen
from accoil.show.uptake import Looking, tile

Row = dict[str, Any]

USUAL = "-adoption"
COLUMNS = (
    Column("Event", "words"),
    Column("Feature", "feature"),
    Column("Adoption", "-adoption"),
    Column("Change", "-change", "number"),
    Column("", "-did", "number"),
    Column("Times", "-times", "number"),
    Column("Times each", "-average_times", "number"),
)
FIELDS = (
    "name", "scored", "feature", "adoption", "adoption_before", "change", "did", "active", "times", "average_times",
)  # fmt: skip
MOST = 10
LARGEST_ID = 2**53


@signed_in
def event_list(request: HttpRequest, product_id: int, suffix: export.Format | None = None) -> HttpResponseBase:
    """The page, or with a suffix the whole list as a file."""
    frame = frame_of(request, product_id, "events-view")
    if frame.profile is None:
        return redirect("start", product_id)
    looking = Looking(frame, "events-view")
    now = uptake.wanted(frame, COLUMNS, USUAL)
    found = told(looking, events(looking.view))
    shown = uptake.listed([row for row in found if now.show == "all" or row["scored"] == (now.show == "scored")], now)
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
        "shows": [
            {
                "words": said,
                "link": looking.here(**{**now.query, "show": show if show != "all" else ""}),
                "here": show == now.show,
            }
            for show, said in (("all", "All"), ("scored", "Scored"), ("others", "Not scored"))
        ],
        "everything": looking.here(),
        "sentence": uptake_words.events(found, looking.kind, looking.range),
    }
    if request.headers.get("HX-Request") == "true":
        return page(frame, "show/event_rows.html", {**values, "swapped": True})
    return page(frame, "show/event_views.html", {**values, "tiles": tiles(looking, shown)})


@signed_in
def event_page(request: HttpRequest, product_id: int, event_id: int) -> HttpResponse:
    frame = frame_of(request, product_id, "events-view")
    if frame.profile is None:
        return redirect("start", product_id)
    name = named(frame, event_id)
    looking = Looking(frame, "event-view", (event_id,))
    row = taken_up(looking.view, {name: [name]})[0]
    feature = next((feature for feature in frame.product.features.all() if name in events_of_feature(feature)), None)
    values = {
        **looking.switches,
        **course(looking, name, [name]),
        "event": name,
        "weight": frame.definition.events.get(name),
        "feature": feature,
        "feature_link": looking.to("feature-view", feature.pk) if feature else "",
        "row": row,
        "list_link": looking.to("events-view"),
        "sentence": uptake_words.one(words.event(name), row, looking.kind, looking.range),
        "tiles": tiles_of_one(looking, row),
        "most": doers(looking, [name]),
    }
    return page(frame, "show/event_view.html", values)


def events_of_feature(feature: Any) -> list[str]:
    return [each.event for each in feature.events.all()]


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
        {**tile("Average adoption", words.percent(adoption), f"of {words.count(len(rows), 'event')}", adoption),
         "points": change, "against": looking.range.before},
        tile("Happened", words.number(happened), "times"),
        tile(f"Active {looking.kind}s", words.number(rows[0]["active"] if rows else 0), "did anything"),
        uptake.average_score(looking),
    ]  # fmt: skip


def tiles_of_one(looking: Looking, row: Row) -> list[Row]:
    active, before = words.count(row["active"], looking.kind), words.number(row["did_before"])
    return [
        {**tile("Adoption", words.percent(row["adoption"]), f"of {active}", row["adoption"]),
         "points": row["change"] if row["active_before"] else None, "against": looking.range.before},
        tile(f"{looking.kind.title()}s", words.number(row["did"]), f"{before} {looking.range.before}"),
        tile("Happened", words.number(row["times"]), "times"),
        tile("Each of them", words.number(row["average_times"]), "times on average"),
    ]  # fmt: skip


def course(looking: Looking, name: str, of: list[str]) -> Row:
    """The charts by day, and a table of the same for those who can't see them."""
    rows = by_day(looking.view, of)
    days = [row["day"] for row in rows]
    said = f"{words.event(name)} {looking.range.words}"
    return {
        "charts": {
            "week": charts.share_chart(f"Adoption, mean of 7 days: {said}", days, [row["week"] for row in rows]),
            "did": charts.count_chart(f"{looking.kind.title()}s a day: {said}", days, [row["did"] for row in rows]),
            "times": charts.count_chart(f"Times a day: {said}", days, [row["times"] for row in rows]),
        },
        "days": list(reversed(rows)),
        "unscored": [event for event in of if event not in looking.frame.definition.events],
    }


def doers(looking: Looking, of: list[str]) -> list[Row]:
    """Who did it most, with their scores where they have one in this profile."""
    rows = most(looking.view, of, MOST)
    found = Seen(looking.frame).page(looking.kind, ids=[row["id"] for row in rows], limit=MOST).rows if rows else []
    scores = {row["id"]: row["score"] for row in found}
    return [
        {**row, "score": scores.get(row["id"]), "link": looking.frame.link(looking.kind, row["id"])} for row in rows
    ]


def named(frame: Frame, event_id: int) -> str:
    """Raises Http404."""
    name = event_name(frame.product.pk, event_id) if event_id < LARGEST_ID else None
    if name is None:
        raise Http404("No such event has been received.")
    return name
