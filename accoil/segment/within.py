"""The segments that one user or account is in, on the day and under the definition of a book."""

from collections.abc import Sequence

from accoil.count.ids import Kind
from accoil.rule.to_sql import Condition
from accoil.score.book import Book
from accoil.score.models import Profile
from accoil.segment import asking, reading
from accoil.segment.models import Segment
from accoil.segment.watched import watched


def within(profile: Profile, scope: Kind, book: Book, segments: Sequence[Segment], entity: int) -> list[Segment]:
    """Those of that scope, stages among them, in their order; a minimum stay is waited for. `segments`: all of the
    profile, since their rules may name each other."""
    own = [segment for segment in segments if segment.scope == scope]
    asked = watched(profile, scope, book.definition, own)
    if not asked:
        return []
    every = asking.question(scope, asked)
    text = f"select * from ({every.text}) as every where id = {int(entity)}"  # noqa: S608  ours
    one = Condition(text, every.values, every.back)
    with asking.kept(book, one) as table:
        rows = book.rows("select * from {one}", {"one": table})
    row = rows[0] if rows else {}
    return [segment for segment in own if row.get(f"b{segment.pk}") and _has_stayed(segment, book, entity)]


def _has_stayed(segment: Segment, book: Book, entity: int) -> bool:
    return not segment.stay_days or entity in reading.members(segment, book.as_of, book.definition)
