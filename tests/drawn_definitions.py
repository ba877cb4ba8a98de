"""Definitions that say who counts: filters, exclusions, internal domains, caps and steps, over small, nasty worlds."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from accoil.rule.conditions import Scope
from accoil.score import definition as product
from tests.reference import Definition, Message, World, score_accounts, score_users
from tests.reference_rules import Raw, View
from tests.rule.drawn import FEATURES, Settling, early_metrics, events, traits
from tests.strategies import ACCOUNTS, EVENTS, USERS, Case, cases

DOMAINS = ("example.com", "sub.example.com", "b.example.org")
ADDRESSES = (
    "ann@example.com", "ann@EXAMPLE.com", "a@sub.example.com", "a@x.sub.Example.Com", "a@notexample.com", "example.com",
    "@example.com", "a@example.com@other.org", "a@other.org@example.com", "a@example.com.au", "x.example.com", "a@b",
    None,
)  # fmt: skip


@st.composite
def peopled(draw: st.DrawFn) -> Case:
    """A world in which some have e-mail addresses, some do much for several accounts at once, and a definition leaves
    some of them out."""
    case = draw(cases())
    times = sorted({message.at_ms for message in case.messages}) or [case.now_ms]
    known = sorted({message.user for message in case.messages if message.user}) or list(USERS[:3])
    done = sorted({message.event for message in case.messages if message.event}) or list(EVENTS[:3])
    at, user, event = st.sampled_from(times), st.sampled_from(known), st.sampled_from(done)
    told = st.sampled_from(ADDRESSES).map(lambda address: {"email": address})
    letters = st.builds(Message, st.just("identify"), st.just(""), at, user, traits=told).map(lambda each: [each])
    accounts = st.lists(st.sampled_from((None, *ACCOUNTS[:4])), min_size=1, max_size=7)
    sent = draw(st.lists(st.one_of(letters, st.builds(_spree, at, user, event, accounts)), max_size=8))
    more = [
        replace(each, message_id=f"more {place}") for place, each in enumerate(one for some in sent for one in some)
    ]
    case = replace(case, messages=[*case.messages, *more])
    return replace(case, definition=draw(peopled_definitions(case, known, done)))


def _spree(at: int, user: str, event: str, accounts: list[str | None]) -> list[Message]:
    """One event at one moment for each of these accounts."""
    return [Message("event", "", at, user, account, event) for account in accounts]


def settling(case: Case, scope: Scope) -> Settling:
    """For rules about the users, or accounts, of a world."""
    world = World(case.messages, case.zone)
    view = View(world, case.definition, case.as_of, features=FEATURES)
    score = score_users if scope == "user" else score_accounts
    return Settling(view, scope, score(world, case.definition, case.as_of))


def peopled_definitions(case: Case, known: list[str], done: list[str]) -> st.SearchStrategy[Definition]:
    """Of each way to leave somebody out often nothing, so that somebody stays."""
    plain, settle = case.definition, settling(case, "user")
    nobody: st.SearchStrategy[tuple[str, ...]] = st.just(())
    one_of_them = st.sampled_from(known).map(lambda user: (user,))
    their_accounts = st.lists(st.sampled_from(ACCOUNTS), min_size=1, max_size=2, unique=True).map(tuple)
    domains = st.lists(st.sampled_from(DOMAINS), min_size=1, max_size=2, unique=True).map(tuple)
    steps = st.lists(early_rules(settle, done), max_size=3).map(tuple)
    return st.builds(
        replace,
        st.just(plain),
        events=st.sampled_from((plain.events, plain.events | dict.fromkeys(done, 3))),
        daily_cap=st.sampled_from((None, None, 1, 2, 3, 7)),
        filter=st.one_of(st.none(), lenient(settle, done), early_rules(settle, done)),
        exclude_users=st.one_of(nobody, nobody, one_of_them),
        exclude_accounts=st.one_of(nobody, nobody, their_accounts),
        internal_domains=st.one_of(nobody, domains),
        user_steps=steps,
        account_steps=steps,
        features=st.just(FEATURES),
    )


def early_rules(settle: Settling, done: list[str]) -> st.SearchStrategy[Raw]:
    """Those that a filter or a step may hold; half of them about events that are there."""
    any_kind = st.one_of(events(), traits(), early_metrics()).map(settle.settled)
    likely = st.builds(
        lambda kind, name, more: {kind: name, **more},
        st.sampled_from(("event", "event", "account_event")),
        st.sampled_from(done),
        st.sampled_from(({}, {"at_least": 2}, {"at_least": 3}, {"within_days_of_created": 30}, {"within_days": 30},
                         {"at_least": 2, "within_days_of_created": 90})),
    )  # fmt: skip
    one: st.SearchStrategy[Raw] = st.one_of(likely, any_kind)
    how = st.sampled_from(("all", "any", "none"))
    groups = st.builds(lambda how, parts: {how: parts}, how, st.lists(one, min_size=1, max_size=3))
    return st.one_of(one, one, groups)


def lenient(settle: Settling, done: list[str]) -> st.SearchStrategy[Raw]:
    """Filters that many pass."""
    return st.one_of(
        traits().map(lambda raw: {"none": [settle.settled(raw)]}),
        st.lists(early_rules(settle, done), min_size=2, max_size=4).map(lambda some: {"any": some}),
        st.sampled_from(done).map(lambda name: {"event": name}),
    )


def as_product(given: Definition) -> product.Definition:
    """The same, as the product reads it."""
    written: dict[str, Any] = {
        "window": given.window,
        "events": given.events,
        "benchmark": "moving_p90" if given.benchmark is None else {"fixed": given.benchmark},
        "curve": given.curve,
        "daily_cap": given.daily_cap,
        "filter": given.filter,
        "exclude": {"users": list(given.exclude_users), "accounts": list(given.exclude_accounts)},
        "activation": {"user": list(given.user_steps), "account": list(given.account_steps)},
    }
    return product.Definition.check(written).with_settings(
        {name: list(events) for name, events in given.features.items()}, given.internal_domains
    )
