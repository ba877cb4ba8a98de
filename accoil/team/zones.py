"""Time zones: names of the IANA database, such as Australia/Sydney."""

from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError

# In the database's folder, but no place: one is this computer's own setting, the other means "not set".
NO_PLACES = {"localtime", "Factory"}


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones() - NO_PLACES)


def is_zone(name: str) -> bool:
    """True for any name of the database, old spellings too."""
    return name in _known()


def zone_names() -> list[str]:
    """The zones worth offering: UTC, then every place, sorted."""
    return ["UTC", *sorted(name for name in _known() if "/" in name and not name.startswith("Etc/"))]


def check_zone(name: str) -> None:
    """Raises ValidationError for a name the database does not know."""
    if not is_zone(name):
        raise ValidationError(f"“{name}” is not a time zone; write a name such as Australia/Sydney or UTC.")
