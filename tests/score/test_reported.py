"""Days that are over are summed up once: what was reported stays, and what arrives late is told beside it.

Half as many worlds as RANDOM_WORLDS in the environment says (60).
"""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accoil.count.ids import ACCOUNT, USER, Kind, id_of
from accoil.score.day_summary import DaySummary
from accoil.score.in_force import book_course, course, in_force
from accoil.score.summing_up import freeze, lacking
from accoil.team.models import Product
from tests import reference
from tests.drawn_definitions import as_product, peopled
from tests.reference import World
from tests.reference_facts import Row
from tests.score.profiles import OPENS, noon, profile_of
from tests.small_worlds import alias, at, did, did_anonymously, joins
from tests.strategies import EVENTS, Case, cases, definitions

WORLDS = int(os.environ.get("RANDOM_WORLDS", "60"))
FIGURES = (
    "benchmark", "users", "accounts", "active_users", "active_accounts", "average_user_score",
    "average_account_score", "average_total_score", "average_active_percent",
)  # fmt: skip

MakeProduct = Callable[..., Product]


@settings(max_examples=WORLDS // 2, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    case=st.one_of(cases(), peopled()), old=definitions(list(EVENTS[:4])), received=st.integers(0, 30),
    changed=st.integers(-1, 8), events_first=st.booleans(),
)  # fmt: skip
def test_what_was_reported_stays_and_the_rest_follows_what_arrives(
    new_product: MakeProduct, receive: Callable[..., None], case: Case, old: reference.Definition, received: int,
    changed: int, events_first: bool,
) -> None:  # fmt: skip
    messages = sorted(case.messages, key=lambda each: each.kind != "event") if events_first else case.messages
    product = new_product(case.zone)
    receive(product, messages[:received])
    first = case.as_of - timedelta(days=7)
    since = first + timedelta(days=changed)  # the second version's first day, perhaps beyond all of them
    profile = profile_of(product, (first, as_product(old)), (since, as_product(case.definition)))
    for version, begins, ends in in_force(profile, first, case.as_of):
        freeze(version, begins, ends)
    kept = list(DaySummary.objects.filter(version__profile=profile).order_by("day").values())
    then = World(messages[:received], case.zone)
    definitions_then = [case.definition if row["day"] >= since else old for row in kept]
    for row, definition in zip(kept, definitions_then, strict=True):
        assert {name: row[name] for name in FIGURES} == summary(then, definition, row["day"])
    receive(product, messages[received:])
    assert list(DaySummary.objects.filter(version__profile=profile).order_by("day").values()) == kept
    world = World(messages, case.zone)
    benchmarks = [row["benchmark"] for row in kept]
    late = late_events(world, then)
    both: tuple[tuple[Kind, int, list[str]], ...] = (
        ("user", USER, sorted(world.users(case.as_of))),
        ("account", ACCOUNT, sorted(world.users_by_account(case.as_of))),
    )
    for kind, number, names in both:
        for name in names:
            shown = course(profile, kind, id_of(product.pk, number, name), first, case.as_of)
            for row, definition, against in zip(shown, definitions_then, benchmarks, strict=True):
                raw, score = scored(world, case.definition, kind, name, row["day"])
                assert (row["raw"], row["score"]) == (pytest.approx(raw), score), (kind, name, row["day"])
                assert row["reported_score"] == scored(world, definition, kind, name, row["day"], against)[1]
                assert row["version"] == (2 if row["day"] >= since else 1)
                window = {row["day"] - timedelta(days=back) for back in range(definition.window)}
                came = {(event, day) for who, where, event, day in late if name == (who if kind == "user" else where)}
                assert row["late"] == any(event in definition.events and day in window for event, day in came)


def late_events(world: World, then: World) -> set[tuple[str, str | None, str, date]]:
    """User, account, event and day of what came after `then`."""
    known = {each.message_id for each in then.received}
    found = set()
    for each in world.messages:
        if each.kind == "event" and each.message_id not in known and each.user is not None:
            day = world.day(each.at_ms)
            found.add((each.user, each.account or world.membership(each.user, day), str(each.event), day))
    return found


def scored(
    world: World, definition: reference.Definition, kind: Kind, name: str, day: date, *against: float | None
) -> tuple[float, int]:
    """Points and score, against the benchmark of that day unless another is told."""
    benchmark = against[0] if against else reference.benchmark(world, definition, day)
    parts: dict[str, Fraction] = {}
    for (user, account), raw in reference.raws(world, definition, day).items():
        if name == (user if kind == "user" else account):
            parts[user] = parts.get(user, Fraction()) + raw
    scores = [reference.curve(definition, raw, benchmark) for raw in parts.values() if raw]
    raw = sum(parts.values(), Fraction())
    told = reference.told(raw, definition) if kind == "account" else raw
    return float(told), reference.rounded_mean(scores) if scores else 0


def summary(world: World, definition: reference.Definition, day: date) -> Row:
    users = [score for score in reference.user_scores(world, definition, day).values() if score]
    rows = reference.score_accounts(world, definition, day)
    members = {
        name: of_users for name, of_users in reference.member_scores(world, definition, day).items() if name in rows
    }
    accounts = [score for name, score in reference.account_scores(world, definition, day).items() if name in rows]
    return {
        "benchmark": reference.benchmark(world, definition, day),
        "users": len(reference.population(world, definition, day)),
        "accounts": len(rows),
        "active_users": len(users),
        "active_accounts": len(accounts),
        "average_user_score": mean(users),
        "average_account_score": mean(accounts),
        "average_total_score": mean([sum(of_users.values()) for of_users in members.values()]),
        "average_active_percent": mean([row["active_percent"] for row in rows.values() if row["total_users"]]),
    }


def mean(figures: list[int]) -> object:
    return pytest.approx(sum(figures) / len(figures)) if figures else None


def test_a_late_event_moves_the_account_but_not_what_was_reported_of_the_book(new_product, receive) -> None:
    product = new_product()
    receive(product, joins("a", "acme", at(1)), did("a", "Open", at(10), 10), did("b", "Open", at(10), 10))
    profile = profile_of(product, (date(2026, 3, 1), OPENS))
    for stretch in lacking(profile, noon(date(2026, 3, 21))):
        freeze(*stretch)
    before = list(DaySummary.objects.values())
    receive(product, did("a", "Open", at(12), 30), did("a", "Unscored", at(2)))
    assert list(DaySummary.objects.values()) == before
    acme = id_of(product.pk, ACCOUNT, "acme")
    shown = {row["day"].day: row for row in course(profile, "account", acme, date(2026, 3, 9), date(2026, 3, 20))}
    assert [day for day, row in shown.items() if row["late"]] == list(range(12, 19))  # all that its window touches
    # 40 points against the 10 reported then, and against the 37 that are the benchmark since.
    assert (shown[12]["reported_score"], shown[12]["score"]) == (100, 92)
    assert (shown[10]["reported_score"], shown[10]["score"], shown[10]["late"]) == (90, 90, False)
    b = id_of(product.pk, USER, "b")
    assert not any(row["late"] for row in course(profile, "user", b, date(2026, 3, 9), date(2026, 3, 20)))
    reported = {row["day"].day: row for row in book_course(profile, date(2026, 3, 9), date(2026, 3, 22))}
    assert (reported[12]["benchmark"], reported[12]["kept"]) == (10, True)
    assert (reported[21]["kept"], reported[22]["kept"]) == (False, False)


def test_what_nobody_is_known_to_have_done_is_late_when_somebody_did_it(new_product, receive) -> None:
    product = new_product()
    receive(product, joins("a", "acme", at(1)))
    profile = profile_of(product, (date(2026, 3, 1), OPENS))
    freeze(profile.current, date(2026, 3, 9), date(2026, 3, 20))
    acme = id_of(product.pk, ACCOUNT, "acme")

    def late() -> list[int]:
        shown = course(profile, "account", acme, date(2026, 3, 9), date(2026, 3, 20))
        return [row["day"].day for row in shown if row["late"]]

    receive(product, did_anonymously("cookie", "Open", at(12), account="acme"))
    assert late() == []
    receive(product, [alias("cookie", "a", at(13))])
    assert late() == list(range(12, 19))


def test_an_event_in_time_is_not_late(new_product, receive, engine) -> None:
    product = new_product()
    receive(product, joins("a", "acme", at(1)), did("a", "Open", at(10), 10))
    profile = profile_of(product, (date(2026, 3, 1), OPENS))
    for stretch in lacking(profile, noon(date(2026, 3, 21))):
        freeze(*stretch)
    now = datetime.now(UTC)
    receive(product, did("a", "Open", int(now.timestamp() * 1000)))
    assert engine.facts.store.rows("select * from late where product = :product", product=product.pk) == []
