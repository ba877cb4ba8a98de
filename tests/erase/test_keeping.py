"""Daily counts that are no longer kept go, in steps that a kill does not harm, and only where somebody has said so."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accoil.act.models import Automation
from accoil.count import days
from accoil.count.ids import USER, id_of
from accoil.erase import keeping, retention
from accoil.erase.held import held
from accoil.erase.keeping import Keeping
from accoil.erase.models import Retention
from accoil.erase.restored import has_store_of_before
from accoil.erase.stepping import WAITS_FOR_IMPORT
from accoil.receive.calls import EVENT, Call
from accoil.receive.columns import Request, table
from accoil.refused import Refused
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.segment import keeping as segments
from accoil.segment.built_ins import with_built_ins
from accoil.segment.models import Round, Stay
from accoil.team.audit import AuditLine
from accoil.team.models import Product, Team
from tests.erase.kept_days import DAILY, MONTHS, State, by_day, day, keep, ms, opened, total

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_older_goes_and_sums_and_later_days_stay(tmp_path: Path, product: Product) -> None:
    with opened(tmp_path, product, months=18) as counting:
        kept_days = by_day(product, day(MONTHS))
        found = retention.going(product, MONTHS, 35)
        assert (found.until, found.days, found.events, found.first) == (day(12), 120, 120, day(18))
        assert found.bytes and 120 * 20 < found.bytes < 120 * 100
        run = keep(product)
        assert run
        Keeping(counting, lambda: None, set).step()
        run.refresh_from_db()
        assert (run.state, run.days, run.events) == (State.DONE, 120, 120)
        assert run.after < run.before
        assert by_day(product, day(MONTHS)) == kept_days
        assert total(product) == 18 * DAILY
        assert len(by_day(product)) == len(kept_days) + 13, "twelve first days, and one for the others"
        assert list(tmp_path.glob("condensing*")) == []
        told = json.loads(b"".join(held(product, "user", id_of(product.pk, USER, "ann"))))["calls"]
        few = [call for call in told if "times" in call]
        assert sum(call["times"] for call in few) == 18 * DAILY - sum(kept_days.values())
        assert {"up_to"} == set.intersection(*map(set, few)) & {"up_to", "at", "id", "received"}
        assert len(told) - len(few) == sum(kept_days.values())


def test_where_no_day_is_that_old_it_is_done_and_nothing_is_counted_anew(
    tmp_path: Path, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path, product, months=11) as counting:
        store, before = counting.at_rest(), by_day(product)
        run = keep(product)
        assert run
        with monkeypatch.context() as patched:
            patched.setattr(keeping.condensing, "condense", None)  # nobody calls it
            Keeping(counting, lambda: None, set).step()
        run.refresh_from_db()
        assert (run.state, run.days, run.finished_at is None) == (State.DONE, 0, False)
        assert (counting.at_rest(), by_day(product)) == (store, before)
        assert not has_store_of_before(counting)
        product.refresh_from_db()
        assert product.kept_from == day(MONTHS), "what is older is refused all the same"


def test_a_day_that_came_before_the_door_knew_goes_though_there_was_none_when_it_was_asked(
    tmp_path: Path, product: Product
) -> None:
    with opened(tmp_path, product, months=11) as counting:
        run = keep(product)
        assert run and run.days == 0
        at = ms(day(14))
        for event in ("m1", "m2", "m3"):
            call = Call(type="track", messageId=event, userId="ann", event="Open", kind=EVENT, at=at)
            counting.journal.put(table([Request(product.pk, at, [call])]))
        Keeping(counting, lambda: None, set).step()
        run.refresh_from_db()
        assert (run.state, run.store != "") == (State.DONE, True)


def test_the_door_hears_of_it_before_anything_goes(tmp_path: Path, product: Product) -> None:
    with opened(tmp_path, product, months=14) as counting:
        keep(product)
        heard: list[int] = []
        Keeping(counting, lambda: heard.append(len(by_day(product))), set).step()
    assert heard == [14 * DAILY]
    product.refresh_from_db()
    assert (product.kept_from, product.kept_since) == (day(12), ms(day(12)) - 12 * 3_600_000)


def test_a_file_that_is_being_imported_is_waited_for_and_other_products_are_not_held_up(
    tmp_path: Path, product: Product
) -> None:
    other = Product.objects.create(team=Team.objects.create(name="Else"), name="App")
    importing = {product.pk}
    with opened(tmp_path, product, months=14) as counting:
        for each in (product, other):
            keep(each)
        step = Keeping(counting, lambda: None, lambda: importing).step
        step()
        waits, done = Retention.objects.get(product=product), Retention.objects.get(product=other)
        assert (waits.state, waits.problem, done.state) == (State.JOURNAL, WAITS_FOR_IMPORT, State.DONE)
        assert len(by_day(product)) == 14 * DAILY
        importing.clear()
        step()
        waits.refresh_from_db()
        assert (waits.state, waits.problem) == (State.DONE, "")


def test_nothing_goes_before_somebody_has_said_so_nor_where_it_is_kept_for_ever(
    tmp_path: Path, product: Product
) -> None:
    with opened(tmp_path, product, months=30) as counting:
        assert product.keep_months == 24
        Keeping(counting, lambda: None, set).step()
        assert keep(product, None) is None
        Keeping(counting, lambda: None, set).step()
        assert not Retention.objects.exists()
        assert len(by_day(product)) == 30 * DAILY


def test_stays_that_ended_before_go_and_those_in_force_remain(
    tmp_path: Path, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accoil.segment.forgetting.AT_ONCE", 2)
    profile = Profile.create(product, "Everyone", Definition(window=30, events={"Open": 1}))
    segments = {each.key or each.name: each for each in with_built_ins(profile) if each.scope == "user"}
    round = Round.objects.create(profile=profile, day=0)

    def stay(segment: str, entity: int, entered: int, left: int | None) -> None:
        ended = {} if left is None else {"left_day": days.number(day(left)), "left_in": round}
        Stay.objects.create(
            segment=segments[segment], entity=entity, entered_day=days.number(day(entered)), entered_in=round, **ended
        )

    for entity in range(5):
        stay("active", entity, 16, 14)
        stay("active", entity, 14, 12)
    stay("active", 5, 16, 11)
    stay("active", 6, 16, None)
    for entered, left in ((16, 15), (15, 14), (13, None)):
        stay("all", 7, entered, left)
    with opened(tmp_path, product, months=14) as counting:
        keep(product)
        step = Keeping(counting, lambda: None, set).step
        step()
        assert Retention.objects.get().state == State.DONE
        step()
    left = set(Stay.objects.values_list("segment__key", "entity"))
    assert left == {("active", 5), ("active", 6), ("all", 7)}
    kept = Stay.objects.filter(entity=7).order_by("entered_day").values_list("left_day", flat=True)
    assert list(kept) == [days.number(day(15)), None], "the first one says that 7 is not new"
    assert segments["active"].known_from is None
    segments["active"].recorded_from = days.number(day(16))
    segments["active"].profile.product.refresh_from_db()
    assert segments["active"].known_from == day(MONTHS)


def test_no_stay_goes_before_the_days_are_gone(tmp_path: Path, product: Product) -> None:
    profile = Profile.create(product, "Everyone", Definition(window=30, events={"Open": 1}))
    segment = next(each for each in with_built_ins(profile) if each.key == "active")
    round = Round.objects.create(profile=profile, day=0)
    Stay.objects.create(segment=segment, entity=1, entered_day=1, entered_in=round, left_day=2, left_in=round)
    with opened(tmp_path, product, months=14) as counting:
        keep(product)
        importing = {product.pk}
        step = Keeping(counting, lambda: None, lambda: importing).step
        step()
        step()
        assert Stay.objects.exists()
        importing.clear()
        step()
        step()
    assert not Stay.objects.exists()


def test_it_goes_on_month_by_month_and_the_audit_log_says_so(
    tmp_path: Path, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "today_as_received", Product.today)
    with opened(tmp_path, product, months=15) as counting:
        keep(product, 14)
        Keeping(counting, lambda: None, set).step()
        product.refresh_from_db()
        product.keep_months = MONTHS  # as if two months had gone by
        product.save()
        Keeping(counting, lambda: None, set).step()
        product.refresh_from_db()
        assert (product.kept_from, total(product)) == (day(12), 15 * DAILY)
        assert [run.who for run in Retention.objects.all()] == ["", ""]
    assert AuditLine.objects.get().what == f"Daily counts of Web before {day(12)} go: 12 months are kept."


def test_so_much_is_kept_as_profiles_look_back(product: Product) -> None:
    Profile.create(product, "Everyone", Definition(window=90, events={"Open": 1}))
    first, needed = retention.first_kept(product, 1, open_days=35)
    assert needed == 2 * 90 + 1 + 180
    assert first == (product.today() - timedelta(days=needed)).replace(day=1)
    assert retention.first_kept(product, 24, open_days=35) == (day(24), 0)


def test_so_much_is_kept_as_the_condition_of_an_automation_looks_back(product: Product) -> None:
    profile = Profile.create(product, "Everyone", Definition(window=30, events={"Open": 1}))
    condition = {"event": "Open", "within_days": 400, "at_least": 3}
    Automation.objects.create(profile=profile, scope="user", name="Tell", trigger={}, condition=condition)
    first, needed = retention.first_kept(product, 12, open_days=35)
    assert needed == 400 + 2 * 30 + 1 + 180
    assert first == (product.today() - timedelta(days=needed)).replace(day=1)


def test_so_many_first_days_stay_as_rules_count_within_days_of_being_created_and_later_rules_count_no_further(
    tmp_path: Path, product: Product
) -> None:
    def often(times: int) -> dict[str, Any]:
        return {"event": "Open", "at_least": times, "within_days_of_created": 60}

    profile = Profile.create(product, "Everyone", Definition(events={"Open": 1}))
    segments.create(profile, "user", "Often", often(30))
    Automation.objects.create(profile=profile, scope="user", name="Tell", trigger={}, condition=often(35))
    before = Definition.check({"events": {"Open": 1}, "activation": {"user": [often(40)]}})
    profile.save_definition(before, None)
    profile.save_definition(Definition(events={"Open": 2}), None)
    with opened(tmp_path, product, months=18) as counting:
        keep(product)
        Keeping(counting, lambda: None, set).step()
        assert len(by_day(product)) == 12 * DAILY + 41, "the first days, and one for the others"
    profile = Profile.objects.get()
    profile.save_definition(before, None)
    segments.create(profile, "user", "As often", often(40))
    with pytest.raises(Refused, match=r"counts to 41 within days of being created; .* ask for 40 times at most"):
        segments.create(profile, "user", "More often", often(41))


def test_a_journal_that_lost_blocks_lets_nothing_go_and_says_why(tmp_path: Path, product: Product) -> None:
    with opened(tmp_path, product, months=15) as counting:
        counting.journal.go_on_after(counting.journal.last + 2)
        run = keep(product)
        assert run
        Keeping(counting, lambda: None, set).step()
        run.refresh_from_db()
        assert (run.state, "has lost the blocks" in run.problem) == (State.JOURNAL, True)
        call = Call(type="track", messageId="m", userId="ann", event="Open", kind=EVENT, at=ms(day(0)))
        counting.journal.put(table([Request(product.pk, ms(day(0)), [call])]))  # which is counted before it ends
