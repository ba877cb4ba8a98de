"""`fields` of a profile in a definitions file: where its traits go in a tool whose fields are chosen freely, as in
`{salesforce: {user: {Score: Health__c, Frequency: nowhere}}}`."""

from collections.abc import Mapping
from typing import Any

from accoil.connect import chosen_fields
from accoil.connect.chosen_fields import Fields
from accoil.connect.models import Connection, Mode, ProfileSync, State, live
from accoil.connect.names import KINDS, NOWHERE, traits_of
from accoil.connect.tools import TOOLS
from accoil.refused import Refused
from accoil.rule.values import shown
from accoil.score.files import Plan
from accoil.score.models import Profile
from accoil.team.models import Product

Said = dict[str, Fields]  # tool → what the file says; "" for the field that it goes into unless one is chosen

WRITTEN_NOWHERE = "nowhere"  # no field is called so: they end in __c


def read(raw: Any) -> Said:
    """Raises Refused."""
    tools = [key for key, tool in TOOLS.items() if tool.offers_fields]
    if not isinstance(raw, Mapping):
        raise Refused(f"fields is {shown(raw)}; write {{{tools[0]}: {{user: {{Score: Health__c}}}}}}.")
    for tool in raw:
        if tool not in tools:
            raise Refused(f"fields: “{tool}” is no tool whose fields are chosen; there are: {', '.join(tools)}.")
    return {tool: _of_tool(f"fields: {tool}", raw[tool]) for tool in raw}


def ask(product: Product, name: str, said: Said) -> None:
    """Whether those that are new to a profile can hold what is to go there. Raises Refused."""
    profile = product.profiles.filter(name=name).first()
    for tool, fields in said.items():
        if connection := _connected(product, tool):
            before = chosen_fields.fields_of(connection, profile) if profile else {}
            chosen_fields.check_fit(connection, profile or Profile(product=product, name=name), fields, before)


def put(plan: Plan, profile: Profile, tool: str, said: Fields) -> Connection | None:
    """The connection where it changed something, for `chosen_fields.check_once` when all of the file is in place."""
    name, connection = TOOLS[tool].name, _connected(plan.product, tool)
    if connection is None:
        plan.warnings.append(f"{name} is not connected, so no fields are chosen for {profile}; apply again when it is.")
        return None
    before = chosen_fields.fields_of(connection, profile)
    then = {kind: _after({} if plan.prune else before[kind], said.get(kind, {})) for kind in KINDS}
    if then == before:
        return None
    chosen_fields.put(connection, profile, then)
    plan.lines.append(f"~ fields of {profile} in {name}")
    plan.lines += [
        f"    {trait} of {kind}s: {_words(before[kind].get(trait))} → {_words(then[kind].get(trait))}"
        for kind in KINDS
        for trait in traits_of(kind, Mode.ALL)
        if before[kind].get(trait) != then[kind].get(trait)
    ]
    return connection


def written(profile: str, product: Product) -> dict[str, Any]:
    rows = ProfileSync.objects.filter(profile__product=product, profile__name=profile)
    rows = rows.exclude(connection__state=State.DISCONNECTED).select_related("connection")
    told = {
        row.connection.tool: {
            kind: {trait: _spelt(field) for trait, field in own.items()} for kind, own in row.fields.items() if own
        }
        for row in rows
    }
    return {tool: fields for tool, fields in told.items() if fields}


def _of_tool(where: str, raw: Any) -> Fields:
    if not isinstance(raw, Mapping):
        raise Refused(f"{where} is {shown(raw)}; write {{user: {{Score: Health__c}}, account: {{…}}}}.")
    for kind in raw:
        if kind not in KINDS:
            raise Refused(f"{where}: “{kind}” is not a key; there are: {', '.join(KINDS)}.")
    return {
        kind: _of_kind(f"{where}: {kind}", raw[kind], [*traits_of(kind, Mode.ALL)]) for kind in KINDS if kind in raw
    }


def _of_kind(where: str, raw: Any, traits: list[str]) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        raise Refused(f"{where} is {shown(raw)}; write {{Score: Health__c}}.")
    for trait, field in raw.items():
        if trait not in traits:
            raise Refused(f"{where}: “{trait}” is not written; there are: {', '.join(traits)}.")
        if not isinstance(field, str | None):
            raise Refused(f"{where}: {trait} is {shown(field)}; write the API name of a field, or {WRITTEN_NOWHERE}.")
    return {trait: NOWHERE if field == WRITTEN_NOWHERE else field or "" for trait, field in raw.items()}


def _connected(product: Product, tool: str) -> Connection | None:
    found = live(product.team, tool)
    return found if found and found.state in (State.CONNECTED, State.NEEDS_RECONNECT) else None


def _after(stays: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    return {trait: field for trait, field in {**stays, **said}.items() if field}


def _words(field: str | None) -> str:
    return _spelt(field) if field else "Accoil's own"


def _spelt(field: str) -> str:
    return WRITTEN_NOWHERE if field == NOWHERE else field
