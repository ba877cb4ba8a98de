"""Which fields of the other tool a profile's traits go into, where a team may choose that."""

from collections import Counter
from collections.abc import Callable, Mapping

from django.db import transaction

from accoil.connect.connection import Attribute, Offer, ToolError
from accoil.connect.models import Connection, Mode, ProfileSync
from accoil.connect.names import KINDS, NOWHERE, attribute, traits_of
from accoil.connect.soon import soon
from accoil.connect.sync import check_connected
from accoil.connect.tools import TOOLS
from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.score.models import Profile

Fields = dict[Kind, dict[str, str]]  # kind → trait → field, or NOWHERE; the tool's usual one is not named
Offers = dict[Kind, dict[str, list[Offer]]]


def fields_of(connection: Connection, profile: Profile) -> Fields:
    row = ProfileSync.objects.filter(connection=connection, profile=profile).first()
    return {kind: dict(row.fields.get(kind, {})) if row else {} for kind in KINDS}


def offers(connection: Connection, profile: Profile) -> Offers:
    """Kind → trait → the fields that it may go into; that where it goes unless one is chosen comes first, as "". Raises
    the tool's errors."""
    offered = _offered_by(connection)
    with soon(connection.team_id, connection):
        return {
            kind: {
                trait: offered(connection, attribute(profile.name, kind, trait, type))
                for trait, type in traits_of(kind, Mode.ALL).items()
            }
            for kind in KINDS
        }


def choose(connection: Connection, profile: Profile, chosen: Mapping[Kind, Mapping[str, str]]) -> None:
    """What stood in other fields of ours before is emptied, and these are filled, within seconds. Raises Refused."""
    check_connected(connection)
    if profile.product.team_id != connection.team_id:
        raise Refused("This profile belongs to another team.")
    fields: Fields = {kind: {trait: field for trait, field in chosen.get(kind, {}).items() if field} for kind in KINDS}
    check_fit(connection, profile, fields, fields_of(connection, profile))
    with transaction.atomic():
        put(connection, profile, fields)
        check_once(connection, profile)


def put(connection: Connection, profile: Profile, fields: Fields) -> None:
    """Within a transaction that ends with `check_once`. Raises Refused for a connection that was ended meanwhile."""
    check_connected(Connection.objects.select_for_update().get(pk=connection.pk))  # two choose one after the other
    ProfileSync.objects.update_or_create(connection=connection, profile=profile, defaults={"fields": fields})


def _offered_by(connection: Connection) -> Callable[[Connection, Attribute], list[Offer]]:
    tool = TOOLS[connection.tool]
    if tool.offers_fields is None:
        raise Refused(f"{tool.name} keeps what Accoil writes in attributes of its own; there is nothing to choose.")
    return tool.offers_fields


def check_fit(connection: Connection, profile: Profile, fields: Fields, before: Fields) -> None:
    """Whether those that were not chosen `before` can hold what is to go there; the tool is asked, if there are any.
    Raises Refused."""
    _offered_by(connection)
    new = {
        kind: {
            trait: field for trait, field in own.items() if field not in ("", NOWHERE, before.get(kind, {}).get(trait))
        }
        for kind, own in fields.items()
    }
    if not any(new.values()):
        return
    try:
        offered = offers(connection, profile)
    except ToolError as why:
        raise Refused(f"{TOOLS[connection.tool].name} could not be asked for its fields. {why.reason}") from why
    for kind, own in new.items():
        for trait, field in own.items():
            if field not in dict(offered[kind].get(trait, ())):
                raise Refused(f"{trait}: {field} is no field that it could go into; choose one of the list.")


def check_once(connection: Connection, profile: Profile) -> None:
    """Two in one field would overwrite each other for ever. Raises Refused."""
    fields = fields_of(connection, profile)
    others = ProfileSync.objects.filter(connection=connection).exclude(profile=profile).select_related("profile")
    for kind, own in fields.items():
        chosen = Counter(field for field in own.values() if field != NOWHERE)
        for field, n in chosen.items():
            if n > 1:
                twice = " and ".join(trait for trait, into in own.items() if into == field)
                raise Refused(f"{twice} would go into the same field, {field}; choose another one for one of them.")
        for other in others:
            if taken := chosen.keys() & set(other.fields.get(kind, {}).values()):
                raise Refused(f"{min(taken)} is taken by the profile {other.profile}; choose another one.")
