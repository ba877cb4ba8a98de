"""How many are in each segment, what they pay and how they score."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from accoil.count.ids import Kind
from accoil.score.book import Book
from accoil.segment.models import Size
from accoil.segment.watched import Watched


class Figures(msgspec.Struct, frozen=True):
    """`value`: what its accounts pay a month, in cents, each once; `score`: the mean of its active members."""

    members: int
    value: int
    score: float | None


def figures(book: Book, scope: Kind, table: str, segments: Sequence[int]) -> dict[int, Figures]:
    """Of each segment, from a table of who is inside."""
    if not segments:
        return {}
    row = book.rows(_question(scope, segments), {"inside": table})[0]
    return {id: Figures(int(row[f"n{id}"] or 0), int(row[f"v{id}"] or 0), row[f"s{id}"]) for id in segments}


def _question(scope: Kind, segments: Sequence[int]) -> str:
    counts = ", ".join(f"sum(case when i.b{id} then 1 else 0 end) as n{id}" for id in segments)
    active = "x.active_users > 0" if scope == "account" else "x.raw > 0"
    scores = ", ".join(f"avg(case when i.b{id} and {active} then x.score end) as s{id}" for id in segments)
    values = ", ".join(f"sum(case when b{id} then mrr end) as v{id}" for id in segments)
    inside = ", ".join(f"max(case when i.b{id} then 1 else 0 end) = 1 as b{id}" for id in segments)
    account = "i.id" if scope == "account" else "x.account_id"
    return f"""
        with people as (select {counts}, {scores} from {{inside}} i join {{{scope}s}} x on x.id = i.id),
        paying as (
            select {account} as account_id, {inside}
            from {{inside}} i join {{{scope}s}} x on x.id = i.id group by {account}
        ),
        worth as (select {values} from paying p join {{accounts}} a on a.id = p.account_id)
        select * from people cross join worth
    """  # noqa: S608  made of our own numbers


def write(
    book: Book, scope: Kind, table: str, segments: Sequence[Watched], day: int, stayed: Callable[[int], int]
) -> None:
    """As they were at the end of that day, as far as is known by now. `stayed`: how many are in a segment that asks for
    a minimum stay."""
    found = figures(book, scope, table, [each.id for each in segments])
    rows = []
    for each in segments:
        size = found[each.id]
        members = stayed(each.id) if each.stay_days else size.members
        rows.append(Size(segment_id=each.id, day=day, members=members, value=size.value, score=size.score))
    Size.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["segment", "day"], update_fields=["members", "value", "score"]
    )


def course(segment: int, first: int, last: int) -> Mapping[int, Size]:
    """Day → size, for the days on which it was looked at; between two of them nothing changed."""
    found = Size.objects.filter(segment=segment, day__gte=first, day__lte=last).order_by("day")
    return {size.day: size for size in found}
