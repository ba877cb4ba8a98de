"""The page of one account, and of one user: the score, its course, why it is so, and what changed."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accoil.count.ids import Kind
from accoil.count.people import events, traits
from accoil.score.explain import compare, explain
from accoil.score.history import history
from accoil.show import charts, reasons, tables
from accoil.show.frame import Frame, frame_of, page, signed_in
from accoil.show.seen import Seen, range_links, range_of
from accoil.show.views.exclusion import left_out

RANGES = (30, 60, 90, 365)
PEOPLE = 10  # of an account, on its own page
LARGEST_ID = 2**53

Row = dict[str, Any]


@signed_in
def account(request: HttpRequest, product_id: int, account_id: int) -> HttpResponse:
    return person(request, product_id, "account", account_id)


@signed_in
def user(request: HttpRequest, product_id: int, user_id: int) -> HttpResponse:
    return person(request, product_id, "user", user_id)


def person(request: HttpRequest, product_id: int, kind: Kind, id: int) -> HttpResponse:
    frame = frame_of(request, product_id, f"{kind}s")
    if frame.profile is None:
        return redirect("start", product_id)
    if not_counted := left_out(frame, kind, id):
        return not_counted
    seen = Seen(frame)
    row = found(seen, kind, id)
    values = {**about(frame, kind, row), **why(frame, kind, row), **course(frame, kind, row)}
    if kind == "account":
        values |= people_of(seen, id)
    return page(frame, "show/person.html", values)


def found(seen: Seen, kind: Kind, id: int) -> Row:
    rows = seen.page(kind, ids=[id], limit=1).rows if id < LARGEST_ID else []
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
        "facts": tables.facts(kind, row, frame),
        "traits": tables.traits(traits(frame.product.pk, kind, row["id"]), frame.today),
        "account_link": frame.link("account", account_id) if account_id else "",
        "list_link": frame.link(f"{kind}s"),
        "exclude_link": frame.link(f"exclude-{kind}", row["id"]),
    }


def course(frame: Frame, kind: Kind, row: Row) -> Row:
    """The chart of its score, under the definition in force today, and what it did in the days shown."""
    days = range_of(frame, RANGES)
    first = frame.today - timedelta(days=days - 1)
    line = history(frame.product.pk, frame.definition, kind, row["id"], first, frame.today)
    did = events(frame.product.pk, kind, row["id"], first, frame.today)
    return {
        "chart": charts.score_chart(
            f"Score of {row['name']} over {days} days",
            [point["day"] for point in line],
            [point["score"] if point["day"] >= row["first_day"] else None for point in line],
            versions_since(frame, first),
        ),
        "ranges": range_links(frame, days, RANGES, kind, row["id"]),
        "days_shown": days,
        "events": sorted(did, key=lambda event: -event["count"]),
        "scored": frame.definition.events,
    }


def versions_since(frame: Frame, first: date) -> dict[date, str]:
    """The days on which a new version of the profile came into force, in words."""
    if frame.profile is None:
        return {}
    later = frame.profile.versions.filter(number__gt=1, in_force_from__gt=first)
    return {version.in_force_from: f"Version {version.number} is in force from here" for version in later}


def why(frame: Frame, kind: Kind, row: Row) -> Row:
    """What the score is made of, and what moved since one window ago."""
    ask = (frame.product.pk, frame.definition, kind, row["id"])
    window = frame.definition.window
    explained = explain(*ask, frame.today)
    moved = compare(*ask, frame.today - timedelta(days=window), frame.today)["events"]
    say = reasons.account_score if kind == "account" else reasons.user_score
    return {
        "sentence": reasons.person(row["name"], row["score"], row["change"], window, moved),
        "explained": explained,
        "met": sum(step["met"] for step in explained["steps"]),
        "made_of": say(explained),
        "curve": reasons.curve(explained, window),
        "adds": tables.adds(explained["parts"]),
        "moved": tables.moved(moved),
    }


def people_of(seen: Seen, account_id: int) -> Row:
    found = seen.page("user", account=account_id, limit=PEOPLE)
    return {
        "people": seen.with_lines("user", tables.linked(seen.frame, "user", found.rows)),
        "more_people": found.total - len(found.rows),
    }
