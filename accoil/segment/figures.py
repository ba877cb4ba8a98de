"""What segments are worth today: from the book itself, so that they agree with its lists."""

from collections.abc import Sequence

from accoil.count.ids import Kind
from accoil.rule.tree import Group, Rule
from accoil.score.book import Book
from accoil.score.models import Profile
from accoil.score.remembered import Lately
from accoil.segment import asking, reading, sizes
from accoil.segment.models import Segment
from accoil.segment.sizes import Figures
from accoil.segment.watched import Watched, watched

REMEMBERED = 50

_found = Lately[dict[int, Figures]](REMEMBERED)


def now(profile: Profile, scope: Kind, book: Book, segments: Sequence[Segment]) -> dict[int, Figures]:
    """Segment → members, value and score, for all of that scope in a book of the profile. A minimum stay is as it was
    written down."""
    asked = watched(profile, scope, book.definition, segments)
    if not asked:
        return {}
    found = dict(_of_rules(book, scope, asked))
    for each in asked:
        if each.stay_days:
            inside = reading.recorded(each.id, book.as_of)
            found[each.id] = Figures(len(inside), found[each.id].value, found[each.id].score)
    return found


def _of_rules(book: Book, scope: Kind, asked: Sequence[Watched]) -> dict[int, Figures]:
    """Worked out once for what a book holds, however many look at it."""
    question = asking.question(scope, asked)

    def find() -> dict[int, Figures]:
        with asking.kept(book, question) as table:
            return sizes.figures(book, scope, table, [each.id for each in asked])

    return _found.get((book, book.version, question.text, repr(question.values)), find)


def rule_of(segment: Segment, book: Book, segments: Sequence[Segment]) -> Rule:
    """What holds for its members, naming nothing any more: of a stage, that it is none of those above."""
    scope: Kind = segment.scope  # type: ignore[assignment]
    asked = {each.id: each for each in watched(segment.profile, scope, book.definition, segments)}
    own = asked[segment.pk]
    above = tuple(asked[each].rule for each in own.after)
    return Group("all", (own.rule, Group("none", above))) if above else own.rule
