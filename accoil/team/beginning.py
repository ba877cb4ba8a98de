"""The first team, product and owner: what `accoil init` makes, and finds again when it is asked twice."""

from dataclasses import dataclass, field

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accoil.refused import Refused
from accoil.team.audit import write
from accoil.team.invitations import tidy_address
from accoil.team.models import ApiToken, IngestKey, Member, Product, Team, User
from accoil.team.names import tidied
from accoil.team.roles import Role
from accoil.team.zones import is_zone

MADE_HERE = "Made by accoil init"


@dataclass(frozen=True)
class Wanted:
    """What was asked for. `time_zone` None: UTC for a new product, unchanged for one that exists."""

    team: str
    product: str
    email: str
    password: str | None = None
    time_zone: str | None = None
    new_keys: bool = False


@dataclass
class Begun:
    """What is there now. Keys that were shown at an earlier time are None; `notes` are sentences for the operator."""

    team_id: int
    product_id: int
    ingest_key: str | None
    api_token: str | None
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, int | str | None]:
        return {
            "team_id": self.team_id,
            "product_id": self.product_id,
            "ingest_key": self.ingest_key,
            "api_token": self.api_token,
        }


def begin(wanted: Wanted) -> Begun:
    """Makes what is missing, all or nothing. Raises Refused with a sentence about the first value that is wrong."""
    team_name = tidied("team", wanted.team)
    product_name = tidied("product", wanted.product)
    _check_zone(wanted.time_zone)
    with transaction.atomic():
        team, _ = Team.objects.get_or_create(name=team_name)
        product, is_new = Product.objects.get_or_create(
            team=team, name=product_name, defaults={"time_zone": wanted.time_zone or "UTC"}
        )
        begun = Begun(team.pk, product.pk, None, None)
        if is_new or wanted.new_keys:
            begun.ingest_key = IngestKey.objects.create(product=product).key
            begun.api_token = ApiToken.issue(product, MADE_HERE)
        else:
            begun.notes.append("The keys were shown before: read the ingest key in Settings, or use --new-keys.")
        if wanted.time_zone and wanted.time_zone != product.time_zone:
            begun.notes.append(f"{product} keeps its time zone, {product.time_zone}; change it in Settings.")
        if _add_owner(team, wanted, begun.notes) or begun.ingest_key:
            made = f"{product.name}, its keys and the owner" if begun.ingest_key else "the owner"
            write([team], None, "init", f"accoil init: {made} {tidy_address(wanted.email)}.")
    return begun


def _add_owner(team: Team, wanted: Wanted, notes: list[str]) -> bool:
    """Whether somebody became one."""
    user = _person(wanted, notes)
    member, is_new = Member.objects.get_or_create(team=team, user=user, defaults={"role": Role.OWNER})
    if not is_new and member.role != Role.OWNER:
        member.role = Role.OWNER
        member.save(update_fields=["role"])
        return True
    return is_new


def _person(wanted: Wanted, notes: list[str]) -> User:
    email = tidy_address(wanted.email)
    user = User.objects.filter(email=email).first()
    if user and user.has_usable_password():
        if wanted.password and not user.check_password(wanted.password):
            notes.append(f"{email} keeps the password set earlier.")
        return user
    if wanted.password:
        _check_password(wanted.password, User(email=email))
    else:
        notes.append(f"{email} has no password yet; set one with: accoil manage changepassword {email}")
    if user is None:
        return User.objects.create_user(email, wanted.password)
    if wanted.password:
        user.set_password(wanted.password)
        user.save()
    return user


def _check_zone(name: str | None) -> None:
    if name is not None and not is_zone(name):
        raise Refused(f"“{name}” is not a time zone; write a name such as Australia/Sydney or UTC.")


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise Refused(" ".join(problem.messages)) from problem
