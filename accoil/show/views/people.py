"""Accounts and users: ranked lists, narrowed, searched and sorted; the address holds all of that."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from accoil.count.ids import Kind
from accoil.count.people import traits_of
from accoil.score.best import best
from accoil.show import by_hand, columns, export, lists, sentences, tables, tiles
from accoil.show.downloads import downloaded, files
from accoil.show.export.people import table as people_table
from accoil.show.frame import frame_of, page, scored_frame_of
from accoil.show.narrowing import Narrowed, backs, choices, narrowed
from accoil.show.seen import SPARK_DAYS, Seen

Link = Callable[..., str]


def choose_columns(request: HttpRequest, product_id: int, kind: Kind) -> HttpResponse:
    """Remembers them for the person, and goes back to the list as it was."""
    frame = frame_of(request, product_id, f"{kind}s")
    if frame.profile is None:
        raise Http404("This product has no profile yet.")
    columns.choose(frame, kind, [] if request.POST.get("do") == "usual" else request.POST.getlist("column"))
    now = lists.wanted(request.GET, columns.sortable(kind))
    return redirect(frame.link(f"{kind}s", **narrowed(frame, kind).query, **now.query))


def exported(request: HttpRequest, product_id: int, kind: Kind, suffix: export.Format) -> HttpResponseBase:
    """The whole list as a file: its columns, narrowed, searched and sorted as the address says."""
    frame = frame_of(request, product_id, f"{kind}s")
    if frame.profile is None:
        raise Http404("This product has no profile yet.")
    seen = Seen(frame)
    return downloaded(table_of(seen, kind, **narrowed(frame, kind).among(seen)), suffix)


def table_of(seen: Seen, kind: Kind, name: str = "", **among: Any) -> export.Table:
    """As `listed`, the whole list."""
    frame = seen.frame
    wanted = lists.wanted(frame.request.GET, columns.sortable(kind))
    shown = [columns.NAME[kind], *columns.chosen(frame, kind)]
    fields = ["tracking_id", *(field for column in shown for field in column.exported)]
    traits = [column.trait for column in shown if isinstance(column, columns.Shown) and column.trait]
    return people_table(seen.book, kind, fields, name, traits, search=wanted.search, sort=wanted.sort, **among)


def people(request: HttpRequest, product_id: int, kind: Kind) -> HttpResponse:
    frame = scored_frame_of(request, product_id, f"{kind}s")
    seen, now = Seen(frame), narrowed(frame, kind)
    link = partial(frame.link, f"{kind}s")
    rows = listed(seen, kind, partial(link, **now.query), **now.among(seen))
    wanted = rows["wanted"]
    rows["files"] = files(frame.link, f"{kind}s", **now.query | wanted.query | {"page": ""})
    rows["ticks"] = by_hand.ticks(frame, kind, wanted, **now.query)
    sorted_so = {"sort": wanted.query["sort"], "search": wanted.search}

    def again(then: Narrowed) -> str:
        return link(**then.query, **sorted_so)

    if not wanted.search:
        rows["everyone"] = link()
    rows |= {"narrowed": now, "backs": backs(now, again), "everybody": seen.summary[f"{kind}s"]}
    rows["segment_link"] = frame.link("segment", now.segment.pk) if now.segment else ""
    rows["account_link"] = frame.link("account", now.account) if now.account else ""
    rows["keep_link"] = frame.link("new-segment", scope=kind, rule=now.query["rule"])
    # A search asks for the rows alone; the sentence and tiles above them stay as they are.
    if request.headers.get("HX-Request") == "true":
        return page(frame, "show/people_rows.html", {**rows, "swapped": True})
    rows["narrowing"] = choices(now, again)
    rows["offered"] = columns.offered(frame, kind)
    rows["columns_link"] = frame.link(f"{kind}s-columns", **now.query, **sorted_so)
    return page(frame, "show/people.html", {**rows, **above(seen, kind)})


def listed(seen: Seen, kind: Kind, link: Link, **among: Any) -> dict[str, Any]:
    """One page of the list, its column heads and the links back and on. `link` makes the addresses of the list;
    `among`: the rule or ids that say whom it shows."""
    frame, every, shown = seen.frame, columns.sortable(kind), columns.chosen(seen.frame, kind)
    wanted = lists.wanted(frame.request.GET, every)
    page = {"limit": lists.PAGE, "offset": wanted.offset}
    found = seen.page(kind, search=wanted.search, sort=wanted.sort, **page, **among)
    rows = tables.linked(frame, kind, found.rows)
    if any(column.part == "line" for column in shown):
        rows = seen.with_lines(kind, rows)
    if any(column.trait for column in shown):
        told = traits_of(frame.product.pk, kind, [row["id"] for row in rows], frame.as_of)
        rows = [{**row, "traits": told.get(row["id"], {})} for row in rows]
    return {
        "kind": kind,
        "rows": columns.with_cells(frame, kind, shown, rows),
        "heads": lists.heads((columns.NAME[kind], *shown), wanted, link),
        "shown": {column.key for column in shown},
        "pages": lists.pages(wanted, len(found.rows), found.total, link),
        "files": [],
        "wanted": wanted,
        "everyone": link(),
        "window": seen.window,
    }


def above(seen: Seen, kind: Kind) -> dict[str, Any]:
    """The sentence and the tiles of a list."""
    history = seen.history(max(SPARK_DAYS, seen.window + 1))
    say = sentences.accounts if kind == "account" else sentences.users
    third = tiles.share_active(seen) if kind == "account" else tiles.most_engaged(seen, kind)
    return {
        "sentence": say(seen.summary, best(seen.book, kind), seen.window),
        "tiles": [
            tiles.active(seen, kind, history),
            tiles.average(seen, kind, history),
            third,
            tiles.lost(seen, kind),
        ],
        "total": seen.summary[f"{kind}s"],
    }
