"""Which traits mean what: the account of a user, an account's name and created-at."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accoil.count.configured import Configured
from accoil.count.counting import Counting
from accoil.receive.calls import Call
from accoil.receive.suppressed import ACCOUNT, Suppressed, digest
from accoil.score.definition import Definition
from accoil.score.people import people
from tests.count.test_numbers_match import EVERYONE, assert_same, with_account
from tests.reference import World, score_accounts, score_users
from tests.small_worlds import at, did, identified, joins
from tests.strategies import Case, cases
from tests.world import engine

OWN = 70_004
WORLDS = int(os.environ.get("RANDOM_WORLDS", "60"))
TODAY = date(2026, 3, 31)
PLAIN = Definition(events={"Report": 1})


@pytest.fixture(autouse=True, scope="module")
def _nobody_else_configures() -> Iterator[None]:
    """A server of other tests may share this process: it would have each product mean what its database says."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("accoil.parts.is_open", lambda: False)
        yield


@st.composite
def configured(draw: st.DrawFn) -> Configured:
    return Configured(
        account_id=draw(st.sampled_from((None, "role", "mrr", "name", "other.key"))),
        name=draw(st.sampled_from(("name", "plan", "email"))),
        created_at=draw(st.sampled_from((None, "created", "created_at", "mrr", "nobody_has_it"))),
    )


@settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), configured())
def test_numbers_equal_the_reference_whatever_traits_mean(case: Case, means: Configured) -> None:
    world = World(case.messages, case.zone, account_id=means.account_id, name=means.name, created_at=means.created_at)
    given = case.definition
    definition = Definition(window=given.window, events=given.events, benchmark=given.benchmark, curve=given.curve)
    with engine(case.messages, case.zone, means) as running:
        book = running.book(definition, case.as_of)
        users, accounts = book.page("user", limit=EVERYONE), book.page("account", limit=EVERYONE)
        # The reference knows accounts by the name they have; some here are named by a trait only.
        rows = with_account(users.rows, running.product_id, world)
    assert_same(rows, score_users(world, given, case.as_of))
    assert_same(accounts.rows, score_accounts(world, given, case.as_of))


def test_a_trait_joins_a_user_to_an_account_unless_the_call_names_one_itself() -> None:
    messages = [
        identified("ann", at(1), company_id="acme"),
        identified("bob", at(1), account="globex", company_id="acme"),
        identified("gus", at(1), company_id=42),
        identified("hal", at(1), company_id=7.0),
        identified("ivy", at(1), company_id="  "),
        identified("joe", at(1), company_id=True),
        identified("kim", at(1), company_id=["acme"]),
        *did("ann", "Report", at(30)),
    ]
    with engine(messages, "UTC", Configured(account_id="company_id")) as running:
        accounts = running.book(PLAIN, TODAY).page("account")
    assert {row["tracking_id"] for row in accounts.rows} == {"acme", "globex", "42", "7"}
    assert {row["tracking_id"]: row["active_users"] for row in accounts.rows}["acme"] == 1


def test_a_changed_name_trait_shows_at_once() -> None:
    messages = [joins("ann", "acme", at(1), name="Acme", legal_name="Acme Holdings", owner="Kim")]
    with engine(messages, "UTC") as running:
        from accoil.count.facts import facts

        assert [row["name"] for row in running.book(PLAIN, TODAY).page("account").rows] == ["Acme"]
        facts().configure({running.product_id: Configured(name="legal_name", owner="owner")})
        assert [row["name"] for row in running.book(PLAIN, TODAY).page("account").rows] == ["Acme Holdings"]
        table = people(facts(), running.product_id, (TODAY - date(1970, 1, 1)).days)
        assert facts().store.rows(f"select owner from {table} where kind = 2") == [{"owner": "Kim"}]


@dataclass
class _Folder:
    counting: Counting

    def accounts(self) -> set[str]:
        rows = self.counting.facts.store.rows(
            "select distinct name from name where kind = 2 and product = :product", product=OWN
        )
        return {row["name"] for row in rows}


def test_a_rebuild_reads_what_came_before_with_the_trait_chosen_now(tmp_path) -> None:
    opened = Counting(tmp_path, lambda: {OWN: "UTC"})
    folder = _Folder(opened)
    opened.start()
    try:
        call = Call(type="identify", messageId="m", userId="ann", kind=2, at=at(1), pairs=[("company_id", '"acme"')])
        opened.journal.write(OWN, at(1), [call])
        assert opened.wait_counted()
        assert folder.accounts() == set()
        opened.facts.configure({OWN: Configured(account_id="company_id")})
        opened.rebuild()
        assert folder.accounts() == {"acme"}
        assert opened.facts.account_traits == {OWN: "company_id"}
        assert opened.facts.configured(OWN).account_id == "company_id"
    finally:
        opened.stop()
    again = Counting(tmp_path, lambda: {OWN: "UTC"})
    try:
        assert again.facts.account_traits == {OWN: "company_id"}
    finally:
        again.stop()


def test_a_trait_that_is_chosen_afterwards_brings_back_no_account_that_was_deleted(tmp_path) -> None:
    known = Suppressed(b"key", accounts=frozenset({digest(b"key", ACCOUNT, "acme")}))
    opened = Counting(tmp_path, lambda: {OWN: "UTC"}, deleted=lambda: {OWN: known})
    try:
        for user, company in (("ann", "acme"), ("bob", "beta")):
            pairs = [("company_id", f'"{company}"')]
            call = Call(type="identify", messageId=user, userId=user, kind=2, at=at(1), pairs=pairs)
            opened.journal.write(OWN, at(1), [call])
        opened.facts.configure({OWN: Configured(account_id="company_id")})
        opened.rebuild()
        assert _Folder(opened).accounts() == {"beta"}
    finally:
        opened.stop()
