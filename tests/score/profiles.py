"""Profiles whose versions came into force on days of one's choice."""

from datetime import UTC, date, datetime

from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.team.models import Product

OPENS = Definition(events={"Open": 1})


def profile_of(product: Product, *versions: tuple[date, Definition]) -> Profile:
    """A profile whose versions came into force on these days."""
    profile = Profile.objects.create(product=product, name="Everyday")
    for number, (since, definition) in enumerate(versions, 1):
        profile.versions.create(number=number, definition=definition.to_yaml_dict(), in_force_from=since)
    return profile


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
