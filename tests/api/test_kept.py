"""Days whose numbers would need what is no longer kept are refused, with the first that can be asked for."""

import json
from datetime import timedelta

import pytest

from accoil.segment.models import Kind, Scope, Segment
from tests.api.conftest import TODAY

KEPT = (TODAY - timedelta(days=25)).date()
FIRST = KEPT + timedelta(days=15)  # two windows of a week, and a day for time zones that are changed


def keep_from(ask, day):
    ask.product.kept_from = day
    ask.product.save()


@pytest.fixture
def kept(ask):
    keep_from(ask, KEPT)
    return ask


def test_a_past_day_is_told_from_two_windows_after_the_first_kept_day_on(kept):
    kept.workspace("/api/v2/accounts", 200, as_of=FIRST)
    said = kept.workspace("/api/v2/accounts", 400, as_of=FIRST - timedelta(days=1))["error"]["message"]
    assert f"daily counts are kept from {KEPT} on" in said
    assert said.endswith(f"{FIRST} is the first that can be asked for.")


def test_rules_that_look_further_back_need_more_and_today_is_always_told(kept):
    rule = {"event": "Dashboard_Viewed", "at_least": 3, "within_days": 60}
    Segment.every.create(profile=kept.profile, scope=Scope.USER, kind=Kind.CUSTOM, name="Looks back", rule=rule)
    kept.workspace("/api/v2/users", 400, as_of=FIRST)
    kept.workspace("/api/v2/users", 200)


def test_a_course_begins_where_it_can(kept):
    ann = kept.one("users", "ann")["id"]
    told = kept.workspace(f"/api/v2/users/{ann}/history")
    assert (told["from"], len(told["data"])) == (str(FIRST), 11)
    kept.workspace(f"/api/v2/users/{ann}/history", 400, **{"from": KEPT})


def test_counts_of_single_days_begin_with_the_first_kept_day_and_sums_reach_back_for_ever(kept):
    keep_from(kept, (TODAY - timedelta(days=10)).date())
    assert kept.get("/api/v2/counts", 200, group_by="event")["total_count"] == 20
    assert kept.get("/api/v2/counts", 200, group_by="day")["total_count"] == 15
    assert "daily counts are kept from" in kept.get("/api/v2/counts", 400, **{"from": KEPT})["error"]["message"]


def test_a_rule_that_asks_for_days_that_are_gone_is_refused(kept):
    def rule(days):
        return json.dumps({"event": "Dashboard_Viewed", "at_least": 3, "within_days": days})

    kept.workspace("/api/v2/users", 200, filter=rule(24))
    said = kept.workspace("/api/v2/users", 400, filter=rule(25))["error"]["message"]
    assert "That looks back 25 days" in said
    assert said.endswith(f"daily counts are kept from {KEPT} on: ask for fewer days.")
    kept.workspace("/api/v2/users", 400, filter=rule(24), as_of=TODAY.date() - timedelta(days=1))


def test_what_is_refused_stays_refused_in_another_time_zone_and_days_begin_whole(kept):
    product = kept.product
    since = product.kept_since
    assert product.whole_from == KEPT
    product.change_zone("Pacific/Kiritimati")  # its days begin 14 hours earlier than in UTC
    product.refresh_from_db()
    assert (product.kept_since, product.whole_from) == (since, KEPT + timedelta(days=1))
    said = kept.get("/api/v2/counts", 400, group_by="day", **{"from": KEPT})["error"]["message"]
    assert f"before {product.whole_from}; daily counts are kept from that day on" in said
    product.change_zone("Pacific/Pago_Pago")
    assert (product.kept_since, product.whole_from) == (since + 11 * 3_600_000, KEPT)
    product.change_zone("UTC")
    assert product.kept_since == since + 11 * 3_600_000
