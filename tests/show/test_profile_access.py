"""Who sees a profile, on its page and everywhere else."""

import pytest

from accoil.score.access import May, inbox_profiles, profiles_for
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.segment.models import Segment
from tests.show.reading import main


@pytest.fixture
def trial(busy) -> Profile:
    return Profile.create(busy.web, "Trial", Definition(events={"Help_Opened": 5}), busy.ann)


@pytest.fixture
def bobs(busy):
    """Bob's membership."""
    return busy.web.team.members.get(user=busy.bob)


def test_a_manager_keeps_a_profile_from_a_member_and_it_is_gone_for_him(ann, bob, busy, bobs, trial):
    page = f"/p/{busy.web.pk}/profiles/{trial.pk}"
    assert bob.get(page).status_code == 200
    said = main(ann.post(f"{page}/access", {f"may-{bobs.pk}": "none"}, follow=True))
    assert "no team member sees it. It is not open to the inbox." in said
    assert "Trial" not in main(bob.get(f"/p/{busy.web.pk}/profiles"))
    for hidden in (page, f"{page}/backtest", f"/p/{busy.web.pk}/accounts?profile={trial.pk}"):
        assert bob.get(hidden).status_code == 404
    assert ann.get(page).status_code == 200


def test_a_segment_of_a_profile_that_is_kept_from_a_member_is_too(ann, bob, busy, bobs, trial):
    own = Segment.objects.create(profile=trial, scope="user", name="Own", rule={"metric": "score", "above": 1})
    bobs.access.create(profile=trial, may=May.NONE)
    assert bob.get(f"/p/{busy.web.pk}/segments/{own.pk}").status_code == 404
    assert ann.get(f"/p/{busy.web.pk}/segments/{own.pk}").status_code == 200


def test_a_member_changes_a_profile_that_he_was_given(ann, bob, busy, bobs, trial):
    page = f"/p/{busy.web.pk}/profiles/{trial.pk}"
    form = {"event-0": "Help_Opened", "scored-0": "1", "weight-0": "3", "name": "Trial", "do": "save", "based_on": "1"}
    assert bob.post(page, form).status_code == 403
    ann.post(f"{page}/access", {f"may-{bobs.pk}": "edit"})
    assert b"Save as version" in bob.get(page).content
    assert bob.post(page, form).status_code == 302
    assert trial.current.number == 2 and trial.current.author == busy.bob
    assert bob.post(f"/p/{busy.web.pk}/profiles/{busy.profile.pk}", form).status_code == 403


def test_a_profile_is_opened_to_the_inbox_and_closed_again(ann, busy, trial):
    page = f"/p/{busy.web.pk}/profiles/{trial.pk}"
    ann.post(f"{page}/access", {"inbox": "1"})
    assert inbox_profiles(busy.web) == [busy.profile, trial]
    ann.post(f"{page}/access", {})
    assert inbox_profiles(busy.web) == [busy.profile]


def test_the_summary_profile_is_open_until_somebody_closes_it(ann, busy):
    page = f"/p/{busy.web.pk}/profiles/{busy.profile.pk}"
    assert "It is open to the inbox." in main(ann.get(page))
    ann.post(f"{page}/access", {"inbox": "1"})
    busy.profile.refresh_from_db()
    assert busy.profile.open_to_inbox is None, "it follows the setting, as long as nobody says otherwise"
    ann.post(f"{page}/access", {})
    assert inbox_profiles(busy.web) == []


def test_only_managers_of_the_team_say_who_sees_a_profile(bob, eve, busy, bobs):
    page = f"/p/{busy.web.pk}/profiles/{busy.profile.pk}"
    assert "Who sees it" not in main(bob.get(page))
    assert bob.post(f"{page}/access", {"inbox": "1"}).status_code == 403
    bobs.access.create(profile=busy.profile, may=May.EDIT)
    assert bob.post(f"{page}/access", {"inbox": "1"}).status_code == 403
    assert eve.post(f"{page}/access", {"inbox": "1"}).status_code == 404
    assert eve.post(f"/p/{busy.evil.pk}/profiles/{busy.profile.pk}/access", {"inbox": "1"}).status_code == 404


def test_a_member_of_another_team_cannot_be_given_anything(ann, busy):
    theirs = busy.evil.team.members.get(user=busy.eve)
    ann.post(f"/p/{busy.web.pk}/profiles/{busy.profile.pk}/access", {f"may-{theirs.pk}": "edit"})
    assert not theirs.access.exists() and profiles_for(busy.eve, busy.web) == []


def test_a_level_that_there_is_not_changes_nothing(ann, busy, bobs):
    ann.post(f"/p/{busy.web.pk}/profiles/{busy.profile.pk}/access", {f"may-{bobs.pk}": "own"})
    assert not bobs.access.exists()
