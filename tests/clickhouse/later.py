"""What is asked once more after facts came, and what takes the application's database: see `everything`."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from accoil.connect.looking import Look
from accoil.connect.people import News, firms, users
from accoil.count.addresses import addresses
from accoil.count.condensing import ASK as CONDENSING
from accoil.count.erasing import adopted
from accoil.count.facts import facts
from accoil.count.ids import ACCOUNT, USER, Kind, id_of
from accoil.count.load import checksums
from accoil.rule.tree import Scope, check
from accoil.score import movers, progress
from accoil.score.book import open_book
from accoil.score.definition import Definition
from accoil.score.done import done_by
from accoil.score.each_day import each_day
from accoil.score.groups import Rules
from accoil.score.history import together
from accoil.score.models import Profile
from accoil.score.reading import SCOPES
from accoil.score.summing_up import first_day
from accoil.score.what_if import told_otherwise, what_if
from accoil.segment import keeping, sizes
from accoil.segment.inside import Inside
from accoil.segment.watched import watched
from accoil.segment.within import within
from accoil.team.models import Product
from tests.clickhouse.everything import meant
from tests.reference_facts import Message
from tests.rule.asked import Asked
from tests.score.conftest import new_product, receive
from tests.small_worlds import alias, at, did, did_anonymously, identified, joins

__all__ = ["new_product", "receive"]
TODAY = date(2026, 3, 20)
DAY = (TODAY - date(1970, 1, 1)).days
WEIGHTS = {"Open": 3, "Save": 5, "Send": 1}
OFTEN: list[dict[str, Any]] = [
    {"event": "Open", "at_least": 3}, {"event": "Send", "at_least": 15},
    {"event": "Save", "at_least": 2, "within_days_of_created": 30},
]  # fmt: skip
OF_ACCOUNT: list[dict[str, Any]] = [
    {"account_event": "Open", "at_least": 4}, {"account_event": "Send", "at_least": 15},
    {"account_event": "Save", "at_least": 2, "within_days_of_created": 30},
]  # fmt: skip
STEPS = {"user": OFTEN + OF_ACCOUNT + [{"metric": "tenure", "above": 3}], "account": OFTEN}
EVERYONE = Definition.check({"window": 30, "events": WEIGHTS, "activation": STEPS})
CHOSEN = Definition.check(
    {"window": 30, "events": WEIGHTS, "filter": {"user_trait": "role", "is": "boss"}, "activation": STEPS}
)
CAPPED = Definition.check({"window": 30, "events": WEIGHTS, "daily_cap": 2})
PLAIN = Definition.check({"window": 30, "events": WEIGHTS})
HEAVIER = Definition.check({"window": 30, "events": {**WEIGHTS, "Send": 4}})
HEAVIEST = Definition.check({"window": 30, "events": {**WEIGHTS, "Save": 9}})
PEOPLE = [f"u{number}" for number in range(8)]
Receive = Callable[..., None]


def first(product: Product) -> list[Message]:
    told = [identified(user, at(1), email=f"{user}@acme.example", role=("boss", "hand")[place % 3 > 0])
            for place, user in enumerate(PEOPLE)]  # fmt: skip
    told += [joins(user, ("acme", "globex")[place % 2], at(1 + place % 4)) for place, user in enumerate(PEOPLE)]
    told += [joins(None, "acme", at(2), website="acme.example", createdAt="2026-02-20")]  # type: ignore[list-item]
    for place, user in enumerate(PEOPLE):
        for day in range(2, 15, 1 + place):
            told += did(user, ("Open", "Save", "Send")[day % 3], at(day, 8 + place), n=1 + day % 3)
    return told


def more(product: Product) -> list[Message]:
    """Of days before, too; and somebody turns out to be somebody else."""
    told = did("u7", "Send", at(6), n=16) + did("u6", "Open", at(9), n=4, account="globex") + did("u5", "Send", at(19))
    told += [*did_anonymously("x", "Open", at(12), n=2), alias("x", "u1", at(13)), alias("u3", "u4", at(13))]
    return [*told, identified("u2", at(18), email="U2@globex.example", role="boss"), joins("u2", "globex", at(17))]


@pytest.fixture
def product(new_product: Callable[[], Product], receive: Receive) -> Product:
    made = new_product()
    receive(made, first(made))
    return made


def test_books_are_made_again(product: Product, receive: Receive) -> None:
    for _ in range(2):
        for definition in (EVERYONE, CHOSEN):
            book = open_book(product.pk, definition, TODAY)
            assert book.summary()
            for scope in SCOPES:
                book.those(scope, [id_of(product.pk, USER if scope == "user" else ACCOUNT, "acme")])
                movers.moved(book, scope, 3, 100)
            assert list(each_day(product.pk, definition, DAY - 4, DAY, totals=True))
            together(product.pk, definition, "user", [id_of(product.pk, USER, "u1")], TODAY - timedelta(days=3), TODAY)
            for user in ("u1",):
                progress.steps(product.pk, definition, "user", id_of(product.pk, USER, user), DAY)
            progress.steps(product.pk, definition, "account", id_of(product.pk, ACCOUNT, "acme"), DAY)
        receive(product, more(product))
    assert adopted(product.pk, id_of(product.pk, USER, "u4"))
    assert first_day(product.pk) == date(2026, 3, 2)
    assert checksums(facts().store)
    assert facts().store.rows(CONDENSING["going"], product=product.pk, since=0, until=DAY)[0]["days"]
    assert facts().store.rows(CONDENSING["days_seen"], product=product.pk, since=0, many=3)
    facts().store.rows(CONDENSING["moves"], product=product.pk)


def test_drafts_of_facts_that_came_meanwhile(product: Product, receive: Receive) -> None:
    rules = {scope: Rules(scope, {"some": meant({"metric": "score", "above": 20}, scope)}) for scope in SCOPES}
    groups: Any = {scope: (rules[scope], rules[scope]) for scope in SCOPES}
    what_if(product.pk, PLAIN, HEAVIER, TODAY, groups)
    receive(product, more(product))
    what_if(product.pk, PLAIN, HEAVIEST, TODAY, groups)
    for scope in SCOPES:
        assert len(told_otherwise(product.pk, PLAIN, HEAVIER, TODAY, scope, groups[scope]))


@pytest.mark.parametrize("definition", [PLAIN, CAPPED])
@pytest.mark.parametrize(("kind", "name"), [("user", "u1"), ("account", "acme")])
def test_what_one_did_is_put_aside(product: Product, definition: Definition, kind: Kind, name: str) -> None:
    profile = Profile.create(product, "Everyone", definition)
    id = id_of(product.pk, USER if kind == "user" else ACCOUNT, name)
    with done_by(profile, definition, kind, id, TODAY - timedelta(days=10), TODAY) as done:
        assert facts().store.rows("select * from {done}", {"done": done})


def test_rules_without_a_book(product: Product) -> None:
    asked = Asked(product.pk, PLAIN, TODAY)
    rules: dict[Scope, list[dict[str, Any]]] = {
        "user": [{"user_trait": "created", "before": "2026-03-02"}, {"metric": "score", "above": 3}],
        "account": [{"account_trait": "created_at", "is_set": True}, {"metric": "active_users", "above": 1}],
    }
    for scope, several in rules.items():
        several += [{"metric": "created_at", "before": "2026-03-03"}, {"metric": "frequency", "below": 3}]
        several += [{"event": "Open", "within_days_of_created": 9}]
        asked.each_matching([check(each, scope) for each in several], scope)


def test_who_is_new_and_who_changed(product: Product, receive: Receive) -> None:
    profile = Profile.create(product, "Everyone", PLAIN)
    day = product.today()
    looks, news = [Look(profile.pk, kind, figures=True) for kind in SCOPES], News(product)
    assert [look.changed(profile) for look in looks] == [None, None]
    assert news.found(set)
    for _ in range(2):
        known = users(product)
        assert users(product, [known[0].entity], [known[0].account])
        assert firms(product, profile, known, None, {user.entity: "1" for user in known})
        find = addresses(facts()).find
        assert find([product.pk], {"u1@acme.example"})
        receive(product, more(product))
        assert find([product.pk], {"u1@acme.example"})
        for look in looks:
            look.changed(profile)
        news.found(set)
    assert open_book(product.pk, PLAIN, day).page("user").total


@pytest.mark.parametrize("scope", SCOPES)
def test_segments(product: Product, receive: Receive, scope: Kind) -> None:
    profile = Profile.create(product, "Everyone", PLAIN)
    for name, rule in (("Some", {"metric": "score", "above": 20}), ("New", {"event": "Send", "within_days": 9})):
        keeping.create(profile, scope, name, rule)
    segments = list(profile.segments.all())
    asked, inside = watched(profile, scope, PLAIN, segments), Inside(facts(), scope, from_nothing=True)
    for again in (False, True):
        book = open_book(product.pk, PLAIN, TODAY)
        assert inside.find(book, asked) or again
        sizes.figures(book, scope, inside.table, [each.id for each in asked])
        within(profile, scope, book, segments, id_of(product.pk, USER if scope == "user" else ACCOUNT, "acme"))
        inside.settle(asked)
        receive(product, more(product))
