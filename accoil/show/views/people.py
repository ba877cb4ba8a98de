"""Accounts and users: ranked lists, searched and sorted; the address holds the whole state."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from accoil.count.ids import Kind
from accoil.show import by_hand, export, lists, sentences, tables, tiles
from accoil.show.downloads import downloaded, files
from accoil.show.export.people import table as people_table
from accoil.show.frame import frame_of, page, signed_in
from accoil.show.seen import SPARK_DAYS, Seen

Link = Callable[..., str]


@signed_in
def accounts(request: HttpRequest, product_id: int) -> HttpResponse:
    return people(request, product_id, "account", lists.ACCOUNTS)


@signed_in
def users(request: HttpRequest, product_id: int) -> HttpResponse:
    return people(request, product_id, "user", lists.USERS)


@signed_in
def accounts_file(request: HttpRequest, product_id: int, suffix: export.Format) -> HttpResponseBase:
    return exported(request, product_id, "account", lists.ACCOUNTS, suffix)


@signed_in
def users_file(request: HttpRequest, product_id: int, suffix: export.Format) -> HttpResponseBase:
    return exported(request, product_id, "user", lists.USERS, suffix)


def exported(
    request: HttpRequest, product_id: int, kind: Kind, columns: tuple[lists.Column, ...], suffix: export.Format
) -> HttpResponseBase:
    """The whole list as a file: its columns, searched and sorted as the address says."""
    frame = frame_of(request, product_id, f"{kind}s")
    if frame.profile is None:
        raise Http404("This product has no profile yet.")
    return downloaded(table_of(Seen(frame), kind, columns), suffix)


def table_of(seen: Seen, kind: Kind, columns: tuple[lists.Column, ...], name: str = "", **among: Any) -> export.Table:
    """As `listed`, the whole list."""
    wanted = lists.wanted(seen.frame.request.GET, columns)
    shown = ["tracking_id", *(field for column in columns for field in column.exported)]
    return people_table(seen.book, kind, shown, name, search=wanted.search, sort=wanted.sort, **among)


def people(request: HttpRequest, product_id: int, kind: Kind, columns: tuple[lists.Column, ...]) -> HttpResponse:
    frame = frame_of(request, product_id, f"{kind}s")
    if frame.profile is None:
        return redirect("start", product_id)
    seen = Seen(frame)
    rows = listed(seen, kind, columns)
    rows["ticks"] = by_hand.ticks(frame, kind, rows["wanted"])
    # A search asks for the rows alone; the sentence and tiles above them stay as they are.
    if request.headers.get("HX-Request") == "true":
        return page(frame, "show/people_rows.html", {**rows, "swapped": True})
    return page(frame, "show/people.html", {**rows, **above(seen, kind)})


def listed(
    seen: Seen, kind: Kind, columns: tuple[lists.Column, ...], link: Link | None = None, **among: Any
) -> dict[str, Any]:
    """One page of the list, its column heads and the links back and on. `link` makes the addresses of a list that shows
    only some (`among`: the rule or ids that say whom)."""
    wanted = lists.wanted(seen.frame.request.GET, columns)
    page = {"limit": lists.PAGE, "offset": wanted.offset}
    found = seen.page(kind, search=wanted.search, sort=wanted.sort, **page, **among)
    link = link or partial(seen.frame.link, f"{kind}s")
    return {
        "kind": kind,
        "rows": seen.with_lines(kind, tables.linked(seen.frame, kind, found.rows)),
        "heads": lists.heads(columns, wanted, link),
        "pages": lists.pages(wanted, len(found.rows), found.total, link),
        "files": files(seen.frame.link, f"{kind}s", **wanted.query | {"page": ""}),
        "wanted": wanted,
        "everyone": link(),
        "window": seen.window,
    }


def above(seen: Seen, kind: Kind) -> dict[str, Any]:
    """The sentence and the tiles of a list."""
    best = seen.page(kind, limit=1).rows
    history = seen.history(max(SPARK_DAYS, seen.window + 1))
    say = sentences.accounts if kind == "account" else sentences.users
    third = tiles.share_active(seen) if kind == "account" else tiles.most_engaged(seen, kind)
    return {
        "sentence": say(seen.summary, best[0] if best else None, seen.window),
        "tiles": [
            tiles.active(seen, kind, history),
            tiles.average(seen, kind, history),
            third,
            tiles.lost(seen, kind),
        ],
        "total": seen.summary[f"{kind}s"],
    }
