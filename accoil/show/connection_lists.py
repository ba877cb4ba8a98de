"""The lists of a connection: who is matched and who is not, with the reason; and the ledger."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import QuerySet

from accoil.connect.models import Connection, Entry, Record
from accoil.count.ids import Kind
from accoil.count.people import called, names
from accoil.show import connection_words as words
from accoil.show import lists
from accoil.show.connection_figures import FAILED, hidden_attributes
from accoil.show.frame import Frame
from accoil.show.whole import whole
from accoil.show.words import number

FAILING = "failed"  # beside the matches: whose last write failed
MATCHES = {
    Record.Is.MATCHED.value: "Matched",
    Record.Is.UNMATCHED.value: "Not found",
    Record.Is.AMBIGUOUS.value: "Several found",
    FAILING: "Failed",
}
OUTCOMES = {"": "All", **dict(Entry.What.choices)}
SHORT = 2  # changes that are shown without a click
MOST_FOUND = 10_000  # entities that a search may mean


def records(frame: Frame, connection: Connection) -> dict[str, Any]:
    """A page of the frame's product: of which kind and match, as its address says."""
    asked = frame.request.GET
    kind: Kind = "account" if asked.get("kind") == "account" else "user"
    match = asked.get("match", "")
    match = match if match in MATCHES else Record.Is.MATCHED.value
    wanted = lists.wanted(asked, ())
    all_of_kind = connection.records.filter(product=frame.product, kind=kind)
    found = among(frame, all_of_kind, kind, wanted.search)
    found = found.filter(FAILED) if match == FAILING else found.filter(match=match)
    rows = list(found.order_by("-id")[wanted.offset : wanted.offset + lists.PAGE])
    link = linked(frame, "connection-records", connection.tool, kind=kind, match=match)
    return {
        "kind": kind,
        "match": match,
        "wanted": wanted,
        "rows": with_problems(frame, connection, rows),
        "pages": lists.pages(wanted, len(rows), found.count(), link),
        "kinds": [
            {"words": said, "here": each == kind, "link": link(kind=each)}
            for each, said in (("user", "Users"), ("account", "Accounts"))
        ],
        "matches": [
            {"words": f"{said} {number(counted(all_of_kind, each))}", "here": each == match, "link": link(match=each)}
            for each, said in MATCHES.items()
        ],
        "everyone": link(),
        "all_of_kind": all_of_kind.count(),
        "matched": counted(all_of_kind, Record.Is.MATCHED),
    }


def counted(all_of_kind: QuerySet[Record], match: str) -> int:
    return (all_of_kind.filter(FAILED) if match == FAILING else all_of_kind.filter(match=match)).count()


def among(frame: Frame, found: QuerySet[Record], kind: Kind, search: str) -> QuerySet[Record]:
    """Those who are called so: their name, e-mail address or id holds the text, or they have that id over there."""
    if not search:
        return found
    meant = called(frame.product.pk, kind, search, MOST_FOUND)
    return found.filter(entity__in=meant) | found.filter(remote_id=search)


def with_names(frame: Frame, records: Iterable[Record]) -> list[dict[str, Any]]:
    """Rows of records of the frame's product, of one kind or both."""
    rows = list(records)
    known: dict[tuple[str, int], str] = {}
    for kind in ("user", "account"):
        ids = [each.entity for each in rows if each.kind == kind and each.product_id == frame.product.pk]
        if ids:
            known |= {(kind, id): name for id, name in names(frame.product.pk, kind, ids).items()}
    return [
        {
            "record": each,
            "name": known.get((each.kind, each.entity), f"{each.kind} {each.entity}"),
            "link": frame.link(each.kind, each.entity) if (each.kind, each.entity) in known else "",
            "told": words.match(each),
            "history": frame.link("connection-ledger", each.connection.tool, record=each.pk),
        }
        for each in rows
    ]


def with_problems(frame: Frame, connection: Connection, records: Iterable[Record]) -> list[dict[str, Any]]:
    """The same, with why the last write of each failed."""
    hidden = hidden_attributes(connection, frame.request.user)
    rows = with_names(frame, records)
    return [{**row, "problem": words.reason(row["record"].problem, hidden)} for row in rows]


def ledger(frame: Frame, connection: Connection) -> dict[str, Any]:
    """A page of the ledger of the frame's product: of one record or all, with one outcome or any."""
    asked = frame.request.GET
    what = asked.get("what", "")
    what = what if what in OUTCOMES else ""
    wanted = lists.wanted(asked, ())
    entries = connection.ledger.filter(record__product=frame.product)
    record = _record(frame, connection, asked.get("record", ""))
    if record:
        entries = entries.filter(record=record)
    entries = found(frame, connection, entries.filter(what=what) if what else entries, wanted.search)
    shown = list(entries.select_related("record__connection")[wanted.offset : wanted.offset + lists.PAGE + 1])
    link = linked(frame, "connection-ledger", connection.tool, what=what, record=record.pk if record else "")
    hidden = hidden_attributes(connection, frame.request.user)
    about = with_names(frame, [each.record for each in shown[: lists.PAGE]])
    return {
        "wanted": wanted,
        "what": what,
        "record": with_names(frame, [record])[0] if record else None,
        "rows": [row | entry(each, hidden) for row, each in zip(about, shown, strict=False)],
        "back": link(search=wanted.search, page=wanted.page - 1) if wanted.page > 1 else "",
        "next": link(search=wanted.search, page=wanted.page + 1) if len(shown) > lists.PAGE else "",
        "outcomes": [{"words": said, "here": each == what, "link": link(what=each)} for each, said in OUTCOMES.items()],
        "whole": frame.link("connection-ledger", connection.tool),
    }


def found(frame: Frame, connection: Connection, entries: QuerySet[Entry], search: str) -> QuerySet[Entry]:
    """Those about who is called so."""
    if not search:
        return entries
    mine = connection.records.filter(product=frame.product)
    users, accounts = (called(frame.product.pk, kind, search, MOST_FOUND) for kind in ("user", "account"))
    meant = mine.filter(kind="user", entity__in=users) | mine.filter(kind="account", entity__in=accounts)
    return entries.filter(record__in=list(meant.values_list("pk", flat=True)[:MOST_FOUND]))


def entry(each: Entry, hidden: Collection[str]) -> dict[str, Any]:
    shown = sorted((name, pair) for name, pair in each.changes.items() if name not in hidden)
    changes = [words.change(name, *pair) for name, pair in shown]
    told = {"reason": words.reason(each.reason, hidden), "changes": changes, "many": len(changes) > SHORT}
    return {"entry": each, "mark": words.entry_mark(each), **told}


def _record(frame: Frame, connection: Connection, asked: str) -> Record | None:
    return connection.records.filter(product=frame.product, pk=whole(asked)).first()


def linked(frame: Frame, name: str, *args: str, **now: object) -> Any:
    """Makes addresses of a list that keep what is chosen, but for what is given."""

    def link(**query: object) -> str:
        return frame.link(name, *args, **{**now, **query})

    return link
