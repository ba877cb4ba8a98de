"""Settings > Privacy: how long daily counts are kept, and what would go before it does."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from accoil.erase import retention
from accoil.erase.models import Retention
from accoil.score.definition import Definition
from accoil.team.audit import AuditLine
from accoil.team.models import Team
from tests.show.conftest import receive
from tests.show.reading import words
from tests.small_worlds import at, did


@pytest.fixture
def privacy(engine, busy) -> str:
    """Today is 31 March 2026, and events were received of June and July 2024."""
    receive(
        engine,
        busy.web,
        [*did("ann", "Report_Created", at(1, month=6, year=2024), 3), *did("bob", "Login", at(2, month=7, year=2024))],
    )
    return f"/p/{busy.web.pk}/settings/privacy"


def test_nothing_has_gone_yet_and_the_page_says_so(ann, privacy):
    said = words(ann.get(privacy))
    assert "Daily counts of Web are meant to be kept for 24 months. Nothing has gone yet" in said
    assert "See what would go" in said
    assert "would go:" not in said


def test_days_that_would_go_by_the_clock_alone_stay_and_the_page_says_why(ann, busy, privacy, monkeypatch):
    monkeypatch.setattr(retention, "today_as_received", lambda product: date(2025, 1, 2))
    busy.web.kept_from = date(2024, 2, 1)
    busy.web.save()
    assert "By this server's clock it is 2026-03-31, and older days would go; but" in words(ann.get(privacy))
    busy.web.kept_from = date(2024, 3, 1)
    busy.web.save()
    assert "By this server's clock" not in words(ann.get(privacy))


def test_what_would_go_is_told_before_it_can_be_said(ann, busy, privacy):
    answer = ann.get(privacy, {"months": "12"})
    said = words(answer)
    assert "2 days before 1 Mar 2025 would go, from 1 Jun 2024 on: 4 events on them, in about" in said
    assert "This can't be undone." in said
    assert "Keep 12 months, and let 2 days go" in said
    assert not Retention.objects.exists()
    busy.web.refresh_from_db()
    assert (busy.web.keep_months, busy.web.kept_from) == (24, None)


def test_where_nothing_is_that_old_the_page_says_only_that(ann, privacy):
    said = words(ann.get(privacy, {"months": "60"}))
    assert "No days yet: nothing of before 1 Mar 2021 is here." in said
    assert "undone" not in said


def test_said_it_begins_and_the_audit_log_has_it(ann, busy, privacy):
    answer = ann.post(f"{privacy}/kept", {"months": "12"}, follow=True)
    said = words(answer)
    assert "Daily counts of Web are kept for 12 months from now on; 2 days before 2025-03-01 go." in said
    assert "Step 1 of 2: Condensing what was received" in said
    busy.web.refresh_from_db()
    assert (busy.web.keep_months, busy.web.kept_from) == (12, date(2025, 3, 1))
    [run] = Retention.objects.all()
    assert (run.who, run.days, run.events) == ("ann@example.com", 2, 4)
    line = AuditLine.objects.first()
    assert line
    assert (line.action, line.who) == ("keep-days", "ann@example.com")
    assert "2 days before 2025-03-01 go" in line.what


def test_how_far_it_is_and_why_it_waits_and_how_it_ended(ann, busy, privacy):
    ann.post(f"{privacy}/kept", {"months": "12"})
    Retention.objects.update(state="numbers", done=30, total=120, problem="The journal has lost the blocks 3 to 5.")
    said = words(ann.get(f"{privacy}?part=kept", HTTP_HX_REQUEST="true"))
    assert "Step 2 of 2: Counting anew, 25 %" in said
    assert "The journal has lost the blocks 3 to 5." in said
    assert "Was somebody deleted?" not in said, "a part of the page"
    Retention.objects.update(state="done", finished_at=timezone.now(), before=3_000_000, after=1_000_000)
    said = words(ann.get(privacy))
    assert "2 days before 1 Mar 2025 went" in said
    assert "kept for 12 months: from 2025-03-01 on" in said
    assert "the journal's blocks have" not in said, "they are those of another team, too"
    Team.objects.exclude(pk=busy.web.team_id).delete()
    assert "; the journal's blocks have " in words(ann.get(privacy))


def test_more_is_kept_where_pages_look_further_back(ann, busy, privacy):
    assert "more is kept than you asked for" not in words(ann.get(privacy, {"months": "12"}))
    busy.profile.save_definition(Definition(window=90, events={"Report_Created": 9}), busy.ann)
    said = words(ann.get(privacy, {"months": "6"}))
    assert "Pages of today look back 361 days, with the rules of profiles and segments; so more is kept" in said


def test_for_ever_lets_nothing_go(ann, busy, privacy):
    assert "Nothing goes any more." in words(ann.get(privacy, {"months": "for-ever"}))
    said = words(ann.post(f"{privacy}/kept", {"months": "for-ever"}, follow=True))
    assert "Daily counts of Web are kept for ever." in said
    assert not Retention.objects.exists()


@pytest.mark.parametrize("months", ["", "0", "7", "x", "-1"])
def test_another_number_says_what_to_choose(ann, privacy, months):
    said = words(ann.post(f"{privacy}/kept", {"months": months}, follow=True))
    assert "Choose how many months of daily counts are kept, or for ever." in said
    assert not Retention.objects.exists()


def test_members_see_how_long_and_may_not_say(bob, busy, privacy):
    said = words(bob.get(privacy, {"months": "12"}))
    assert "meant to be kept for 24 months" in said
    assert "See what would go" not in said
    assert "would go," not in said
    assert bob.post(f"{privacy}/kept", {"months": "12"}).status_code == 403


def test_nobody_of_another_team_may(eve, busy, privacy):
    assert eve.post(f"{privacy}/kept", {"months": "12"}).status_code == 404
    assert not Retention.objects.exists()


def test_a_server_without_the_journal_tells_no_size_and_makes_no_file(ann, privacy, engine, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(engine.facts.store, "path", Path("accoil"))  # as that of a database of ClickHouse
    said = words(ann.get(privacy, {"months": "12"}))
    assert "4 events on them. This can't be undone." in said
    assert list(tmp_path.iterdir()) == []
