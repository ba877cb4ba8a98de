"""Names that people give to what they make."""

from accoil.refused import Refused
from accoil.team.models import NAME_LENGTH


def tidied(what: str, name: str) -> str:
    """The name of a team, a profile or whatever it is, without needless spaces. Raises Refused when it is empty or too
    long."""
    tidy = " ".join(name.split())
    if not tidy:
        raise Refused(f"Give the {what} a name.")
    if len(tidy) > NAME_LENGTH:
        raise Refused(f"The {what}'s name is longer than {NAME_LENGTH} characters; shorten it: “{tidy[:30]}…”.")
    return tidy
