"""Who may see and change which profile, over two teams."""

import pytest

from accoil.score.access import May, inbox_profiles, may_edit, profiles_for
from accoil.score.configuration import Said, configure
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.team.models import Product, Team, User
from accoil.team.roles import Role

EVENTS = Definition(events={"Report_Created": 9})


class Two:
    def __init__(self) -> None:
        people = (User.objects.create(email=f"{name}@example.com") for name in ("ann", "bob", "eve"))
        self.ann, self.bob, self.eve = people
        self.acme, self.evil = Team.objects.create(name="Acme"), Team.objects.create(name="Evil")
        self.acme.members.create(user=self.ann, role=Role.MANAGER)
        self.member = self.acme.members.create(user=self.bob)
        self.evil.members.create(user=self.eve, role=Role.OWNER)
        self.web = Product.objects.create(team=self.acme, name="Web")
        self.other = Product.objects.create(team=self.evil, name="Web")
        self.first, self.trial = (Profile.create(self.web, name, EVENTS) for name in ("Everyday", "Trial"))
        self.theirs = Profile.create(self.other, "Theirs", EVENTS)


@pytest.fixture
def two(db) -> Two:
    return Two()


def test_a_member_sees_every_profile_as_long_as_nobody_said_otherwise(two):
    assert profiles_for(two.bob, two.web) == [two.first, two.trial]
    assert not may_edit(two.bob, two.first)


def test_a_profile_can_be_kept_from_a_member_but_not_from_a_manager(two):
    for member in two.acme.members.all():
        member.access.create(profile=two.trial, may=May.NONE)
    assert profiles_for(two.bob, two.web) == [two.first]
    assert profiles_for(two.ann, two.web) == [two.first, two.trial]
    assert may_edit(two.ann, two.trial) and not may_edit(two.bob, two.trial)


def test_a_member_changes_the_profile_he_was_given_and_no_other(two):
    two.member.access.create(profile=two.trial, may=May.EDIT)
    assert may_edit(two.bob, two.trial) and not may_edit(two.bob, two.first)
    assert profiles_for(two.bob, two.web) == [two.first, two.trial]


def test_nobody_sees_or_changes_a_profile_of_another_team(two):
    assert profiles_for(two.eve, two.web) == [] == profiles_for(two.ann, two.other)
    assert not may_edit(two.eve, two.first) and not may_edit(two.ann, two.theirs)


def test_the_first_profile_is_open_to_the_inbox_then_the_summary_profile(two):
    assert inbox_profiles(two.web) == [two.first]
    configure(two.web, Said(summary_profile="Trial"))
    assert inbox_profiles(two.web) == [two.trial]


def test_a_profile_is_open_to_the_inbox_or_not_once_somebody_said_so(two):
    Profile.objects.filter(pk=two.first.pk).update(open_to_inbox=False)
    Profile.objects.filter(pk=two.trial.pk).update(open_to_inbox=True)
    assert inbox_profiles(two.web) == [two.trial]
    assert inbox_profiles(two.other) == [two.theirs]
