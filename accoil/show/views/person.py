"""The page of one account, and of one user: the score, its course, why it is so, and what changed."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from accoil.count.ids import LARGEST, Kind
from accoil.count.people import events, traits
from accoil.rule.conditions import Event
from accoil.score import change_words
from accoil.score.change import why as why_changed
from accoil.score.done import done_by
from accoil.score.explain import explain
from accoil.score.freezing import progress
from accoil.score.in_force import course as profile_course
from accoil.score.models import Profile
from accoil.show import changes, charts, made_of, reasons, stays, tables, words
from accoil.show.frame import Frame, page, scored_frame_of
from accoil.show.seen import Seen, range_links, range_of
from accoil.show.views.exclusion import left_out

RANGES = (30, 60, 90, 365)
PEOPLE = 10  # of an account, on its own page

Row = dict[str, Any]


def person(request: HttpRequest, product_id: int, kind: Kind, id: int) -> HttpResponse:
    frame = scored_frame_of(request, product_id, f"{kind}s")
    if not_counted := left_out(frame, kind, id):
        return not_counted
    seen = Seen(frame)
    row = found(seen, kind, id)
    days = range_of(frame, RANGES)
    first = frame.as_of - timedelta(days=max(days - 1, frame.definition.window))
    with done_by(frame.chosen, frame.definition, kind, id, first, frame.as_of) as done:
        values = {**about(frame, kind, row), **why(frame, frame.chosen, kind, row, done)}
        values |= course(frame, frame.chosen, kind, row, days, done)
    values["facts"] = tables.facts(kind, row, frame, values["explained"])
    told = made_of.Told(kind, row, frame.definition, frame.today, values["explained"])
    values["said"] = {key: made_of.sentence(key, told) for key in ("score", "change", "mrr") if key in row}
    values["stays"] = stays.of(frame, kind, id)
    if kind == "account":
        values |= people_of(seen, id)
    return page(frame, "show/person.html", values)


def found(seen: Seen, kind: Kind, id: int) -> Row:
    """Raises Http404 for one that was not there on the day looked at."""
    rows = seen.page(kind, ids=[id], limit=1).rows if id <= LARGEST else []
    if not rows and seen.frame.is_past:
        raise Http404(f"There was no such {kind} in this product on {seen.frame.as_of}.")
    if not rows:
        raise Http404(f"There is no such {kind} in this product.")
    return rows[0]


def about(frame: Frame, kind: Kind, row: Row) -> Row:
    """Who it is: its row, its traits, what it belongs to."""
    account_id = row.get("account_id")
    return {
        "kind": kind,
        "row": row,
        "window": frame.definition.window,
        "traits": tables.traits(traits(frame.product.pk, kind, row["id"]), frame.today),
        "account_link": frame.link("account", account_id) if account_id else "",
        "list_link": frame.link(f"{kind}s"),
        "exclude_link": frame.link(f"exclude-{kind}", row["id"]),
        "delete_link": frame.link(f"delete-{kind}", row["id"]),
        "held_link": frame.link(f"held-{kind}", row["id"]),
    }


def course(frame: Frame, profile: Profile, kind: Kind, row: Row, days: int, done: str) -> Row:
    """The chart of its score over so many days, under the definition in force today and as it was reported, and what it
    did in them. `done`: the table of what it did."""
    first = frame.as_of - timedelta(days=days - 1)
    points = [point if point["day"] >= row["first_day"] else NOT_YET for point in
              profile_course(profile, kind, row["id"], first, frame.as_of, done)]  # fmt: skip
    markers = changes.versions(profile, first, frame.as_of)
    did = events(frame.product.pk, kind, row["id"], first, frame.as_of, done)
    return {
        "chart": charts.score_chart(
            f"Score of {row['name']} over {days} days",
            [first + timedelta(days=later) for later in range(days)],
            [point["score"] for point in points],
            markers,
            [point["reported_score"] for point in points],
            [point["late"] for point in points],
        ),
        "versions": [{"day": day, "words": words} for day, words in markers.items()],
        "summing_up": progress(profile.pk),
        "late_days": sum(point["late"] for point in points),
        "ranges": range_links(frame, days, RANGES, kind, row["id"]),
        "days_shown": days,
        "events": sorted(did, key=lambda event: -event["count"]),
        "scored": frame.definition.events,
    }


NOT_YET: Row = {"score": None, "reported_score": None, "late": False}  # of days before it was there


def why(frame: Frame, profile: Profile, kind: Kind, row: Row, done: str) -> Row:
    """What the score is made of, and why it is another than one window ago. `done`: the table of what it did."""
    definition, first = frame.definition, frame.as_of - timedelta(days=frame.definition.window)
    # A past day is looked at under today's definition alone.
    before = definition if frame.is_past else profile.version_on(first).parsed
    explained = explain(frame.product.pk, definition, kind, row["id"], frame.as_of, done, named=False)
    told = why_changed(frame.product.pk, (before, first), (definition, frame.as_of), kind, row["id"], done)
    for step, rule in zip(explained["steps"], definition.activation.steps(kind), strict=False):
        if isinstance(rule, Event) and rule.kind != "feature":
            step["step"] = step["step"].replace(rule.name, words.event(rule.name))
    say = reasons.account_score if kind == "account" else reasons.user_score
    return {
        "sentence": reasons.person(row["name"], row, told, frame.today),
        "explained": explained,
        "met": sum(step["met"] for step in explained["steps"]),
        "made_of": say(explained),
        "curve": reasons.curve(explained, definition.window),
        "adds": tables.adds(explained["parts"]),
        "changed": {**told, "sentence": change_words.sentence(told, frame.today), "change_size": abs(told["change"])},
        "waterfall": changes.waterfall(told, kind),
        "moved": changes.events(told),
        "moved_totals": changes.totals(told),
    }


def people_of(seen: Seen, account_id: int) -> Row:
    found = seen.page("user", account=account_id, limit=PEOPLE)
    return {
        "people": seen.with_lines("user", tables.linked(seen.frame, "user", found.rows)),
        "all_people": found.total,
        "people_link": seen.frame.link("users", account=account_id),
    }
