"""What is written of a profile, and how it is called in the other tool."""

import re
from collections.abc import Iterable, Sequence

import msgspec
from django.db.models import QuerySet

from accoil.connect.connection import Attribute, Type
from accoil.connect.models import Connection, Mode, ProfileSync, State
from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.score.models import Profile

KINDS: tuple[Kind, ...] = ("user", "account")
SCORE, SEGMENTS = "Score", "Segments"
TRAITS: dict[str, Type] = {
    SCORE: "integer",
    SEGMENTS: "text",
    "ActivationRate": "integer",
    "AdoptionRate": "integer",
    "LifetimeAdoptionRate": "integer",
    "LastActive": "date",
    "Frequency": "integer",
}
OF_ACCOUNTS: dict[str, Type] = {"ActiveUsers": "integer", "TotalUsers": "integer", "ActiveUserPercentage": "integer"}
INTO = " → "  # in the name of an attribute: before the field of the tool's that somebody chose for it
NOWHERE = "-"  # chosen instead of a field: it is not written
_ASIDE = re.compile(r"[^A-Za-z0-9]")


class Wanted(msgspec.Struct, frozen=True):
    """An attribute that a profile's mode asks for."""

    profile: int
    trait: str
    attribute: Attribute


def attribute_name(profile: str, kind: Kind, trait: str) -> str:
    """Accoil_TrialUsers_Score. Those of accounts differ from those of users: a tool may know no name twice."""
    return f"Accoil_{short(profile)}_{_of(kind, trait)}"


def attribute(profile: str, kind: Kind, trait: str, type: Type, field: str = "") -> Attribute:
    """`field`: that somebody chose for it. Of another field it is another attribute: what stood in the one before is
    taken back, as of every attribute that is not asked for any more."""
    return Attribute(
        kind=kind,
        name=attribute_name(profile, kind, trait) + (f"{INTO}{field}" if field else ""),
        type=type,
        words=f"Accoil {short(profile)} {_of(kind, trait)}",
    )


def short(profile: str) -> str:
    """A profile's name as it stands in names of attributes: ASCII letters and digits; "" when it has none."""
    return _ASIDE.sub("", profile)


def type_of(attribute: str) -> Type:
    """By the name of an attribute that we made."""
    return (TRAITS | OF_ACCOUNTS)[attribute.partition(INTO)[0].rpartition("_")[2].removeprefix("Account")]


def field_of(attribute: str) -> str:
    """The field that somebody chose for it; "" when nobody did."""
    return attribute.partition(INTO)[2]


def traits_of(kind: Kind, mode: str) -> dict[str, Type]:
    """What a mode other than off asks for."""
    traits = TRAITS if kind == "user" else TRAITS | OF_ACCOUNTS
    return {SEGMENTS: traits[SEGMENTS]} if mode == Mode.SEGMENTS else traits


def wanted(syncs: Iterable[ProfileSync]) -> list[Wanted]:
    """All that these modes ask for."""
    return [each for sync in syncs for kind in KINDS for each in _wanted(sync, kind)]


def synced(connection: Connection) -> QuerySet[ProfileSync]:
    """The profiles of which anything is written."""
    found = ProfileSync.objects.filter(connection=connection).exclude(mode=Mode.OFF)
    return found.select_related("profile__product").order_by("profile")


def check_names(profile: Profile, others: Sequence[Profile]) -> None:
    """Raises Refused when its attributes could not be told from those of another profile, ignoring case."""
    own = short(profile.name)
    if not own:
        raise Refused(
            f"“{profile.name}” holds no letter from A to Z and no digit, so its attributes would have no name in other "
            "tools; give the profile another name."
        )
    for other in others:
        if other.pk != profile.pk and short(other.name).casefold() == own.casefold():
            raise Refused(
                f"“{profile.name}” and “{other.name}” of {other.product} would both be called Accoil_{own} in other "
                "tools; rename one of them."
            )


def check_renamed(profile: Profile) -> None:
    """The same of a profile that is about to be saved under another name, in every tool it is written to."""
    own = ProfileSync.objects.filter(profile=profile).exclude(mode=Mode.OFF)
    for sync in own.exclude(connection__state=State.DISCONNECTED).select_related("connection"):
        check_names(profile, [each.profile for each in synced(sync.connection)])


def _wanted(sync: ProfileSync, kind: Kind) -> list[Wanted]:
    fields, found = sync.fields.get(kind, {}), []
    for trait, type in traits_of(kind, sync.mode).items():
        if (field := fields.get(trait, "")) != NOWHERE:
            made = attribute(sync.profile.name, kind, trait, type, field)
            found.append(Wanted(sync.profile_id, trait, made))
    return found


def _of(kind: Kind, trait: str) -> str:
    return f"Account{trait}" if kind == "account" else trait
