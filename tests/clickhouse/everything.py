"""One crowded world that is asked everything which needs no application database. `test_same_answers` runs this where
each question is asked of both engines; on its own it shows little."""

import random
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from accoil.count import addresses, belongings, contacts, counts, people
from accoil.count.configured import Configured
from accoil.count.facts import facts
from accoil.count.ids import ACCOUNT, EVENT, USER, id_of
from accoil.count.late import late_days
from accoil.rule.tree import Names, Rule, Scope, check, inlined
from accoil.score import called, found, not_scored, progress, views
from accoil.score.backtest import Question, backtest
from accoil.score.book import open_book
from accoil.score.change import why
from accoil.score.definition import Definition
from accoil.score.each_day import each_day
from accoil.score.explain import explain
from accoil.score.history import history, together
from accoil.score.news import News
from accoil.score.reading import SCOPES
from accoil.score.what_if import differences, what_if
from tests.reference_facts import Message
from tests.world import Engine, Running

TODAY = date(2026, 11, 15)
EVENTS = ("Report", "Share", "Export", "View", "Login")
USERS = [f"u{number}" for number in range(30)]
ACCOUNTS = [f"a{number}" for number in range(6)]
WEIGHTS = {"Report": 9, "Share": 5, "Export": 2}
STEPS = {
    "user": [{"event": "Report", "at_least": 3}, {"event": "Share"}, {"metric": "frequency", "at_least": 2}],
    "account": [{"event": "Report", "at_least": 30}, {"event": "Share", "at_least": 2, "within_days_of_created": 90}],
}
PLAIN = Definition.check({"events": WEIGHTS})
CAPPED = Definition.check({"events": WEIGHTS, "window": 90, "curve": "linear", "daily_cap": 2, "activation": STEPS})
CHOSEN = Definition.check(
    {"events": WEIGHTS, "filter": {"user_trait": "role", "is": "boss"},
     "exclude": {"users": ["u1"], "accounts": ["a1"]},
     "activation": STEPS, "internal_domains": ["ours.example"]}
)  # fmt: skip
DEFINITIONS = {"plain": PLAIN, "capped": CAPPED, "chosen": CHOSEN}
RULES: dict[Scope, list[dict[str, Any]]] = {
    "user": [
        {"user_trait": "email", "contains": "example"}, {"event": "Report", "within_days": 90},
        {"event": "Share", "at_least": 2, "within_days_of_created": 30},
        {"metric": "created_at", "before": "2026-10-20"},
        {"metric": "mrr", "above": 100}, {"account_event": "Export", "at_least": 3, "within_days": 20},
        {"metric": "change", "above": 3, "days": 7}, {"metric": "adoption", "above": 30},
    ],
    "account": [
        {"user_trait": "role", "is": "boss"}, {"user_trait": "role", "is_not": "boss"}, {"metric": "mrr", "above": 100},
        {"account_trait": "plan", "is": "Pro"}, {"event": "Export", "within_days_of_created": 20},
        {"metric": "frequency", "below": 3}, {"metric": "tenure", "above": 10},
    ],
}  # fmt: skip


def messages() -> list[Message]:
    draw, start = random.Random(5), datetime(2026, 8, 1, tzinfo=UTC)
    found = []

    def tell(kind: str, day: float, **more: Any) -> None:
        at = int((start + timedelta(days=day)).timestamp() * 1000)
        found.append(Message(kind, f"m{len(found)}", at, **more))

    for place, user in enumerate(USERS):
        role, whose = ("boss", "hand")[place % 2], "ours" if place % 7 == 0 else "their"
        traits = {"email": f"{user}@{whose}.example", "role": role}
        tell("identify", place % 40, user=user, traits={**traits, "createdAt": "2026-08-09"} if place % 3 else traits)
        tell("identify", 60 + place, user=user, traits={"role": ("boss", "Ärztin")[place % 3 > 0]})
        for account in draw.sample(ACCOUNTS, 2):
            tell("group", draw.uniform(0, 100), user=user, account=account)
        for _ in range(60):
            account = draw.choice([None, None, draw.choice(ACCOUNTS)])
            tell("event", draw.triangular(0, 108, 95), user=user, event=draw.choice(EVENTS), account=account)
    for place, account in enumerate(ACCOUNTS):
        known = {"name": f"Äcme {place}", "mrr": place * 5000, "plan": "Pro", "own": "Jo"}
        tell("group", 1, account=account, traits=known)
        tell("group", 90, account=account, traits={"mrr": place * 7000, "status": "Paid"})
    for number in range(4):
        tell("event", 50 + number, anonymous=f"x{number}", event="View")
        tell("event", 51 + number, anonymous=f"x{number}", event="Report", account="a2")
    tell("alias", 70, anonymous="x0", user="u3")
    tell("alias", 71, anonymous="u4", user="u5")
    draw.shuffle(found)
    return found


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> int:
    running = Engine(tmp_path_factory.mktemp("everything"))
    number = running.new_product("Australia/Sydney")
    running.facts.configure({number: Configured(owner="own")})
    running.receive(number, messages(), per_block=500)
    return number


def ids(product: int, kind: str) -> list[int]:
    space, names = (USER, USERS) if kind == "user" else (ACCOUNT, ACCOUNTS)
    return [id_of(product, space, name) for name in names]


@pytest.mark.parametrize("name", DEFINITIONS)
def test_books(product: int, name: str) -> None:
    for day in (TODAY, TODAY - timedelta(days=20)):
        book = Running(product).book(DEFINITIONS[name], day)
        for scope in SCOPES:
            page = partial(book.page, scope)
            assert page().total
            page(search="u1", sort="name", moved=1, limit=3, offset=1)
            page(ids=ids(product, scope)[:4], sort="-last_active", moved=-1)
            for number, raw in enumerate(RULES[scope]):  # type: ignore[index]
                rule = meant(raw, scope)
                book.matching(rule, scope)  # type: ignore[arg-type]
                if day == TODAY:
                    page(rule=rule, sort="-adoption" if number % 2 else "created_on")
            book.those(scope, ids(product, scope))  # type: ignore[arg-type]
            assert list(book.stream(scope))  # type: ignore[arg-type]
            called.called(book, scope, "u1", 5)  # type: ignore[arg-type]
        assert book.summary()


def meant(raw: dict[str, Any], scope: str) -> Rule:
    return inlined(check(raw, scope), Names())  # type: ignore[arg-type]


@pytest.mark.parametrize("name", DEFINITIONS)
def test_days_and_reasons(product: int, name: str) -> None:
    definition, first = DEFINITIONS[name], TODAY - timedelta(days=6)
    day = (TODAY - date(1970, 1, 1)).days
    assert list(each_day(product, definition, day - 12, day, totals=True))
    for kind in ("user", "account"):
        some = ids(product, kind)[4:5]
        together(product, definition, kind, some, first, TODAY)  # type: ignore[arg-type]
        for id in some:
            history(product, definition, kind, id, first, TODAY)  # type: ignore[arg-type]
            explain(product, definition, kind, id, TODAY)  # type: ignore[arg-type]
            why(product, (PLAIN, first), (definition, TODAY), kind, id)  # type: ignore[arg-type]
            not_scored.not_scored(product, definition, kind, id, TODAY)  # type: ignore[arg-type]
            if definition.activation.steps(kind):  # type: ignore[arg-type]
                progress.steps(product, definition, kind, id, day)  # type: ignore[arg-type]
            late_days(product, kind, id, list(WEIGHTS), day - 90, day)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", DEFINITIONS)
def test_drafts(product: int, name: str) -> None:
    draft = DEFINITIONS[name]
    heavier = Definition.check({**draft.to_yaml_dict(), "events": {**WEIGHTS, "Share": 8}})
    for now, then in ((PLAIN, draft), (draft, heavier), (None, draft)):
        what_if(product, now, then, TODAY)
        for scope in ("user", "account"):
            differences(product, now, then, TODAY, scope, search="a", sort="-move", limit=5)  # type: ignore[arg-type]


@pytest.mark.parametrize("scope", ["user", "account"])
def test_outcomes(product: int, scope: Scope) -> None:
    outcome = meant({"metric": "frequency", "below": 2}, scope)
    assert backtest(Question(product, CAPPED, scope, outcome, TODAY, days=14, periods=1))


@pytest.mark.parametrize("kind", ["user", "account"])
def test_what_is_known_of_people(product: int, kind: Any) -> None:
    some, first = ids(product, kind), TODAY - timedelta(days=60)
    for as_of in (None, TODAY - timedelta(days=50)):
        people.traits_of(product, kind, some, as_of)
    people.names(product, kind, some)
    people.called(product, kind, "u1", 10)
    people.known_traits(product, kind)
    people.how_many_names(product)
    people.events(product, kind, some[3], first, TODAY)
    people.exists(product, kind, some[3])
    belongings.told(product, kind, some[3])
    belongings.memberships(product, kind, some[3])
    belongings.counts(product, kind, some[3])
    for key, text in (("name", "Äcme 1"), ("email", "U1@ours.example")):
        found.by_shown(product, kind, key, text, TODAY)
        found.by_trait(product, kind, key, text, TODAY, any_case=True)
    news = News(product, CAPPED, TODAY - timedelta(days=30), TODAY, 5)
    assert news.moved(kind, 1).total
    news.activated(kind), news.created(kind), news.changed(kind, "mrr"), news.first_time(kind, "Export")
    news.those(kind, some[:3])


def test_what_is_known_of_the_product(product: int) -> None:
    people.adopters(product, ["x0", "u4"])
    people.accounts_of(product, USERS, TODAY)
    people.known_events(product, TODAY)
    people.accounts_told(product)
    people.event_days(product, TODAY - timedelta(days=9))
    people.health(product)
    people.whose(product, id_of(product, USER, "u4"))
    for what in ("events", "user_traits", "account_traits"):
        people.all_names(product, what)
    assert found.owners(product, TODAY) == ["Jo"]
    emails = {"u1@their.example", "u7@ours.example"}
    for _ in range(2):
        assert addresses.addresses(facts()).find([product], emails)
    contacts.by_tracking_id([product], USERS)
    contacts.did(product, ids(product, "user"), 3, 3)
    contacts.names_of_events(product, [id_of(product, EVENT, name) for name in EVENTS])
    for group_by in (["user"], ["account", "event"], ["day"], ["user", "account", "event", "day"]):
        counts.counts(product, limit=50, offset=3, group_by=group_by)
    counts.counts(product, limit=50, user="u3", event="Report", first=date(2026, 9, 1), last=TODAY)


@pytest.mark.parametrize("kind", ["user", "account"])
@pytest.mark.parametrize("name", ["plain", "chosen"])
def test_views(product: int, name: str, kind: Any) -> None:
    view = views.View(
        product_id=product, definition=DEFINITIONS[name], kind=kind, first=TODAY - timedelta(days=13), last=TODAY
    )
    assert views.events(view)
    assert views.taken_up(view, {}) == []
    many = {f"set {number}": [EVENTS[number % 5], EVENTS[number % 3]] for number in range(130)}
    for some in (7, 70, 130):
        views.taken_up(view, dict(list(many.items())[:some]))
    views.by_day(view, ["Report"])
    views.habits_by_day(view)
    views.most(view, ["Report", "View"])


def test_the_book_of_a_day_is_the_same_twice(product: int) -> None:
    assert open_book(product, CHOSEN, TODAY).summary() == open_book(product, CHOSEN, TODAY).summary()
