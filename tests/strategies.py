"""Small, nasty worlds: few people, few names, few moments, so that everything that can coincide does.

Names look alike, times fall on midnights and clock changes, people move within a day, calls come twice with other
content, traits have types nobody asked for. The order of the messages has nothing to do with their times.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import permutations
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.reference import Definition, Message

T = TypeVar("T")

ZONES = ("UTC", "Australia/Sydney", "America/New_York", "Asia/Kathmandu")
# The 120 days before each hold clock changes of Sydney, of New York, or of both.
TODAYS = (date(2026, 11, 15), date(2026, 4, 20), date(2025, 11, 20))
CLOCK_CHANGES = (
    datetime(2025, 10, 4, 16, tzinfo=UTC), datetime(2026, 4, 4, 16, tzinfo=UTC), datetime(2026, 10, 3, 16, tzinfo=UTC),
    datetime(2025, 11, 2, 6, tzinfo=UTC), datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC),
)  # fmt: skip
HOUR = 3_600_000
WINDOWS = (1, 7, 14, 30, 60, 90)

# "Zoë" is there composed and decomposed; "acme" is a user and an account.
USERS = ("u1", "U1", "1", "01", "Zoë", "Zoe\u0308", "用户", "acme", "u 1")
# U+FF21 is below the emoji by code point and above it in UTF-16.
# Ids nobody knows yet; some are users' own, which makes them theirs.
ANONYMOUS = ("a1", "A1", "ä1", "u1", "Zoë", "acme", "0")
ACCOUNTS = ("acme", "Acme", "10", "9", "ácme", "\uff21", "😀")
EVENTS = ("Report", "report", "Réport", "Re\u0301port", "Rеport", "Report Shared", "📈", "a'b\"c;--", "Viewed Page")
# With these a definition holds more events than a machine word has bits, seen ones first, last and between.
MANY_NEVER_SEEN = [f"{letter}{number}" for letter in "AS~" for number in range(38)]

PLAIN_VALUES: tuple[Any, ...] = (
    None, "", " ", "Ann", "ann", "Änn", "9", "10", 9, 10, 10.5, -3, 0, True, False, [], [1, "a"], {"b": 1, "a": None},
    "9900", "10.1", "-5", "1e3", "$99", "1_000", "nan", "inf", " 7 ", "٣", "Paid", "paid", "line\nbreak \"quoted\"",
)  # fmt: skip
CREATED_VALUES: tuple[Any, ...] = (
    None, "", "soon", True, [], 1_767_225_600, 1_767_225_600_000, "1767225600", "1767225600000",
    "1712121200000",  # milliseconds of April 2024, though it also reads as a day of 1712
    "2026-03-01", "2025-11-02T05:30:00Z", "2026-03-08T02:30:00-05:00", "2026-04-04T15:59:59.999999Z",
    "2026-01-05 23:59:59", "2015-2-02T00:00:00z", "2025-08-01T00:00:00+0545", "2123-01-01T00:00:00Z", "2026-02-30",
)  # fmt: skip
USER_KEYS = ("name", "email", "role", "mrr", "other.key")
ACCOUNT_KEYS = ("name", "mrr", "plan", "status", "email")
CREATED_KEYS = ("createdAt", "created_at", "created")


# A message still without an id, how many like it, and the number of the one it repeats by mistake or None.
Draft = tuple[Message, int, int | None]


@dataclass(frozen=True)
class Case:
    """What was received, and what is asked. `now_ms` is later than every message."""

    messages: list[Message]
    zone: str
    now_ms: int
    definition: Definition
    as_of: date


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone, today = draw(st.sampled_from(ZONES)), draw(st.sampled_from(TODAYS))
    now_ms = _ms(datetime.combine(today, time(12), UTC))  # noon UTC is the same day in all of the zones
    events = draw(_some(EVENTS, 6))
    definition = draw(definitions(events))
    as_of = today - timedelta(days=draw(_days_back(definition.window)))
    moment = _moments(ZoneInfo(zone), today, as_of, definition.window).map(lambda at: min(at, now_ms))
    moments = draw(_exactly(draw(st.integers(1, 7)), moment))
    moments += draw(_exactly(draw(st.integers(0, 3)), _later(moments, now_ms)))
    accounts = draw(_some(ACCOUNTS, 4))
    draft = _drafts(draw(_some(USERS, 6)), accounts, events, moments)
    drafts = draw(_exactly(draw(st.integers(0, 30)), draft))
    drafts += draw(_mover(accounts, events, moments, now_ms))
    drafts += draw(_strangers(draw(_some(USERS, 3)), draw(_some(ANONYMOUS, 3)), accounts, events, moments))
    drafts += draw(st.one_of(st.just([]), _rivals(draw(_some(USERS, 3)), events, moments)))
    drafts = draw(st.permutations(drafts)) if draw(st.booleans()) else drafts
    return Case(_numbered(drafts), zone, now_ms, definition, as_of)


def _days_back(window: int) -> st.SearchStrategy[int]:
    """Mostly lately; now and then before everything."""
    lately = st.sampled_from((0, 0, 0, 1, 2, window, window + 1, 30))
    return st.one_of(lately, lately, lately, st.sampled_from((60, 89, 90, 100, 150, 700)))


def definitions(events: list[str]) -> st.SearchStrategy[Definition]:
    scored = st.lists(st.sampled_from(events), min_size=1, unique=True)
    nothing: list[str] = []
    missing = st.sampled_from((nothing, ["Never_Seen", "REPORT"], MANY_NEVER_SEEN))
    weighted = st.builds(list.__add__, scored, missing).flatmap(
        lambda names: st.fixed_dictionaries({name: st.integers(1, 10) for name in names})
    )
    return st.builds(
        Definition,
        events=weighted,
        window=st.sampled_from(WINDOWS),
        benchmark=st.sampled_from((None, None, None, 0.1, 7.5, 208.2, 5000.0)),
        curve=st.sampled_from(("exponential", "linear")),
    )


def _some(names: tuple[str, ...], most: int) -> st.SearchStrategy[list[str]]:
    return st.integers(1, most).flatmap(lambda n: st.permutations(names).map(lambda mixed: mixed[:n]))


def _exactly(n: int, of: st.SearchStrategy[T]) -> st.SearchStrategy[list[T]]:
    """Left alone, lists come out short far more often than long."""
    return st.lists(of, min_size=n, max_size=n)


def _moments(zone: ZoneInfo, today: date, as_of: date, window: int) -> st.SearchStrategy[int]:
    """Edges of local days, of the windows and of clock changes, and any time between."""
    edges = st.sampled_from((-1, 0, window - 1, window, window + 1, 2 * window - 1, 2 * window, 89, 90))
    before_asked = st.one_of(edges, edges, st.integers(0, 14)).map(lambda days: as_of - timedelta(days=days))
    before_today = st.one_of(st.integers(0, 14), st.integers(0, 120)).map(lambda days: today - timedelta(days=days))
    midnights = st.one_of(before_asked, before_today).map(lambda day: _ms(datetime.combine(day, time(), zone)))
    changes = st.sampled_from([_ms(moment) for moment in CLOCK_CHANGES])
    near = st.sampled_from((0, -1, 1, 999, HOUR, -HOUR, 2 * HOUR - 1))
    return st.one_of(
        st.builds(int.__add__, midnights, near),
        st.builds(int.__add__, midnights, st.integers(0, 24 * HOUR)),
        st.builds(int.__add__, midnights, st.integers(0, 24 * HOUR)),
        st.builds(int.__add__, changes, near),
    )


def _drafts(users: list[str], accounts: list[str], events: list[str], moments: list[int]) -> st.SearchStrategy[Draft]:
    at, user, account = st.sampled_from(moments), st.sampled_from(users), st.sampled_from(accounts)
    maybe_account = st.one_of(st.none(), st.none(), account)
    maybe_user = st.one_of(user, user, st.none())
    event = st.builds(Message, st.just("event"), st.just(""), at, user, maybe_account, st.sampled_from(events))
    group = st.builds(Message, st.just("group"), st.just(""), at, maybe_user, account, traits=_traits(ACCOUNT_KEYS))
    identify = st.builds(
        Message, st.just("identify"), st.just(""), at, user, maybe_account, traits=_traits(ACCOUNT_KEYS)
    )
    copies = st.one_of(st.just(1), st.just(1), st.integers(1, 30))
    repeated = st.one_of(st.none(), st.none(), st.none(), st.none(), st.integers(0, 29))
    return st.one_of(
        st.tuples(event, copies, repeated),
        st.tuples(event, copies, repeated),
        st.tuples(group, st.just(1), repeated),
        st.tuples(identify, st.just(1), repeated),
    )


def _mover(accounts: list[str], events: list[str], moments: list[int], now_ms: int) -> st.SearchStrategy[list[Draft]]:
    """One who joins twice within hours or at once, and did something before, between or after."""
    at, account = st.sampled_from(moments), st.sampled_from(accounts)

    def join(at: st.SearchStrategy[int]) -> st.SearchStrategy[Draft]:
        group = st.builds(Message, st.just("group"), st.just(""), at, st.just("mover"), account)
        return st.tuples(group, st.just(1), st.none())

    act = st.builds(Message, st.just("event"), st.just(""), at, st.just("mover"), event=st.sampled_from(events))
    acts = st.lists(st.tuples(act, st.integers(1, 9), st.none()), min_size=1, max_size=2)
    joins = at.flatmap(lambda first: st.tuples(join(st.just(first)), join(_later([first], now_ms)))).map(list)
    return st.one_of(st.just([]), st.builds(list.__add__, acts, joins))


def _strangers(
    users: list[str], ids: list[str], accounts: list[str], events: list[str], moments: list[int]
) -> st.SearchStrategy[list[Draft]]:
    """Anonymous calls, and who they turn out to be: chains, circles, one id claimed by several, users that merge. In
    some worlds there are none."""
    at, user, id = st.sampled_from(moments), st.sampled_from(users), st.sampled_from(ids)
    anyone = st.sampled_from([*users, *ids])
    nobody, maybe_account = st.none(), st.one_of(st.none(), st.none(), st.sampled_from(accounts))
    event, told = st.sampled_from(events), _traits(ACCOUNT_KEYS)
    message = partial(st.builds, Message)
    acts = message(st.just("event"), st.just(""), at, nobody, maybe_account, event, anonymous=id)
    tells = message(st.just("identify"), st.just(""), at, nobody, maybe_account, traits=told, anonymous=id)
    knows = message(st.just("identify"), st.just(""), at, user, maybe_account, traits=told, anonymous=anyone)
    is_now = _merges({*users, *ids, "new"}, at)
    joins = message(st.just("group"), st.just(""), at, st.one_of(nobody, id), st.sampled_from(accounts), anonymous=id)
    both = message(st.just("event"), st.just(""), at, user, maybe_account, event, anonymous=id)
    repeated = st.one_of(st.none(), st.none(), st.none(), st.integers(0, 29))
    counted = st.tuples(st.one_of(acts, acts, both), st.integers(1, 3), repeated)
    others = st.tuples(st.one_of(tells, knows, knows, is_now, is_now, joins), st.just(1), repeated)
    some = st.one_of(counted, others, others)
    return st.sampled_from((0, 0, 6, 10, 14)).flatmap(lambda n: _exactly(n, some))


def _merges(names: set[str], at: st.SearchStrategy[int]) -> st.SearchStrategy[Message]:
    """Two of these, who turn out to be one. (Two different ones are drawn at once: when equal ones were thrown away,
    most worlds went with them.)"""
    pairs = st.sampled_from(list(permutations(sorted(names), 2)))
    return st.builds(lambda at, pair: Message("alias", "", at, pair[0], anonymous=pair[1]), at, pairs)


def _rivals(users: list[str], events: list[str], moments: list[int]) -> st.SearchStrategy[list[Draft]]:
    """Several claim one id within the same moments, often at once, and each other."""
    rivals = [*users, "rival"]
    at, user = st.sampled_from(moments[:2]), st.sampled_from(rivals)
    act = st.builds(Message, st.just("event"), st.just(""), at, event=st.sampled_from(events), anonymous=st.just("x"))
    claim = st.builds(Message, st.just("identify"), st.just(""), at, user, anonymous=st.just("x"))
    drafts = st.one_of(claim, claim, _merges(set(rivals), at)).map(lambda each: (each, 1, None))
    return st.builds(list.__add__, act.map(lambda each: [(each, 1, None)]), _exactly(4, drafts))


def _later(moments: list[int], now_ms: int) -> st.SearchStrategy[int]:
    """The same moment as one of these, or some hours after it."""
    hours = st.sampled_from((0, 1, 3, 9))
    return st.builds(lambda at, hours: min(at + hours * HOUR, now_ms), st.sampled_from(moments), hours)


def _traits(keys: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    plain = st.dictionaries(st.sampled_from(keys), st.sampled_from(PLAIN_VALUES), max_size=3)
    created = st.dictionaries(st.sampled_from(CREATED_KEYS), st.sampled_from(CREATED_VALUES), max_size=2)
    return st.builds(lambda some, others: {**some, **others}, plain, created)


def _numbered(drafts: list[Draft]) -> list[Message]:
    """Each copy gets an id of its own, unless its draft repeats an earlier one: then the first copy takes that id."""
    messages = []
    for number, (draft, copies, repeated) in enumerate(drafts):
        source = number if repeated is None or repeated >= number else repeated
        messages += [replace(draft, message_id=f"m{source if copy == 0 else number}.{copy}") for copy in range(copies)]
    return messages


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
