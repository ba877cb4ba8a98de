"""What is done when an automation fires: actions of connected tools, with the values for their fields."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from accoil.act.models import TOO_LATE
from accoil.act.text import check_text, has_names
from accoil.connect.connection import Action, Field, Tool
from accoil.connect.given import given
from accoil.connect.guard import check_address, read_address
from accoil.connect.soon import SECONDS
from accoil.connect.tools import TOOLS
from accoil.count.ids import Kind
from accoil.refused import At, Refused
from accoil.rule.values import nearest, shown
from accoil.team.models import Team

Values = dict[str, str]
Written = dict[str, Values]  # one action, as in files: {intercom_tag: {tag: at-risk, on: user}}

MOST = 10  # actions of an automation
LONGEST = 255  # characters of a short field, before names are filled in
WHOM: dict[str, Kind] = {"user": "user", "company": "account", "account": "account"}  # what a field `on` says


def all_actions() -> dict[str, tuple[Tool, Action]]:
    """By key, of every tool there is."""
    return {action.key: (tool, action) for tool in TOOLS.values() for action in tool.actions}


def by_hand_actions(kind: Kind) -> list[tuple[Tool, Action]]:
    """Those offered for ticked rows of a list."""
    return [(tool, each) for tool, each in all_actions().values() if each.by_hand and kind in each.kinds]


def action_of(key: str) -> tuple[Tool, Action]:
    """Raises Refused for an action that no tool has."""
    there = all_actions()
    if key not in there:
        near = nearest(key, there)
        said = f"did you mean {near}?" if near else f"there are: {', '.join(there) or 'none yet'}."
        raise Refused(f"“{key}” is no action; {said}")
    return there[key]


def known(key: str) -> Action:
    """One that no tool has any more is called by its key, and has nothing to it."""
    found = all_actions().get(key)
    return found[1] if found else Action(key=key, label=key)


def check_actions(raw: Any, scope: Kind) -> list[Written]:
    """Reads `then`: one action or a list. Raises Refused with a sentence that names the action and the field."""
    listed = [raw] if isinstance(raw, Mapping) else raw
    if not isinstance(listed, Sequence) or isinstance(listed, str) or not listed:
        raise Refused("then: say what is to be done, as in: then: [{intercom_tag: {tag: at-risk, on: company}}].")
    if len(listed) > MOST:
        raise Refused(f"then: {len(listed)} actions; {MOST} is the most.")
    return [_check(each, scope) for each in listed]


def check_values(key: str, raw: Any, scope: Kind, with_names: bool = True) -> Values:
    """The values for one action's fields, those left out filled in where there is only one choice. `with_names`: such
    as {{ account.name }}. Raises Refused."""
    _, action = action_of(key)
    if not isinstance(raw, Mapping):
        raise Refused(f"{key} is {shown(raw)}; write its fields: {', '.join(field.name for field in action.fields)}.")
    fields = {field.name: field for field in action.fields}
    for name in raw:
        if name not in fields:
            raise Refused(f"{key}: “{name}” is not a field; there are: {', '.join(fields)}.")
    given = {name: _value(key, field, raw.get(name), scope, with_names) for name, field in fields.items()}
    values = {name: text for name, text in given.items() if text}
    _check_whom(key, action, values, scope)
    return values


def whom(values: Mapping[str, str], scope: Kind) -> Kind:
    """Whose record the action goes to."""
    return WHOM.get(values.get("on", ""), scope)


def goes_to_a_record(key: str) -> bool:
    return known(key).needs_match


def together(key: str) -> str:
    """The field by which what comes in a burst is told in one message; "" where each goes by itself."""
    return known(key).together


def retries(key: str) -> tuple[float, ...]:
    """Seconds before each further try, where the action's tool keeps to delays of its own."""
    found = all_actions().get(key)
    return found[0].retries if found else ()


def patience(key: str) -> timedelta:
    """How long it may wait since it was due: all its tries must have their time."""
    return max(TOO_LATE, timedelta(seconds=sum(retries(key))))


def one_each(key: str, values: Values) -> list[Values]:
    """The values of each delivery that an action makes."""
    field = known(key).one_each
    if field not in values:
        return [values]
    return [values | {field: each} for each in listed(values[field])]


def listed(text: str) -> list[str]:
    """What a field of several holds, each once."""
    return list(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))


def check_of_team(written: Sequence[Written], team: Team) -> None:
    """That the team can have it done. Raises Refused."""
    for key, values in actions_in(written):
        with At(f"then: {key}"):
            action_of(key)[1].check(team, values)


def actions_in(written: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Values]]:
    for each in written:
        yield from each.items()


def words_of(key: str, values: Mapping[str, str], whole: bool = False) -> str:
    """Add Tag in Intercom: at-risk, company. `whole`: with all of an address, for who may change where it goes."""
    label = known(key).label
    told = values if whole else without_secrets(key, values)
    return f"{label}: {', '.join(told.values())}" if told else label


def without_secrets(key: str, values: Mapping[str, str]) -> Values:
    """What everybody may read: of an address only the host, since the rest of it may let whoever has it in."""
    addresses = {field.name for field in known(key).fields if field.type == "address"}
    return {name: _host(text) if name in addresses else text for name, text in values.items()}


def _host(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _check(raw: Any, scope: Kind) -> Written:
    if not isinstance(raw, Mapping) or len(raw) != 1:
        raise Refused(f"then: {shown(raw)} is no action; write each as {{ACTION: {{FIELD: VALUE}}}}.")
    key, values = next(iter(raw.items()))
    with At("then"):
        return {str(key): check_values(str(key), values, scope)}


def _value(key: str, field: Field, given: Any, scope: Kind, with_names: bool) -> str:
    where = f"{key}: {field.name}"
    if given is None and field.name == "on":
        given = _whom_by_itself(field, scope)
    if given is None or (isinstance(given, str) and not given.strip()):
        if field.required:
            raise Refused(f"{where} is missing; write it.")
        return ""
    if not isinstance(given, str | int | float) or isinstance(given, bool):
        raise Refused(f"{where} is {shown(given)}; write a text.")
    text = str(given).strip()
    choices = [choice for choice, _ in field.choices]
    if field.type == "choice" and text not in choices:
        raise Refused(f"{where} is “{text}”; write {' or '.join(choices)}.")
    if field.type == "text" and len(text) > LONGEST and not has_names(text):
        raise Refused(f"{where} is longer than {LONGEST} characters; shorten it.")
    if field.type == "several" and has_names(text):
        raise Refused(f"{where}: names can't stand there; choose.")
    if field.type in ("text", "long_text") and has_names(text):
        _check_names(where, text, scope, with_names)
    if field.type == "address" and has_names(text):  # names come from anybody: who is called so would say where to
        raise Refused(f"{where}: names such as {{{{ account.name }}}} can't stand in an address; write it as it is.")
    return _address(where, text) if field.type == "address" else text


def check_addresses(written: Sequence[Mapping[str, Any]]) -> None:
    """That what is sent may go where it is to: names are looked up, so this may take a moment. Raises Refused."""
    with given(SECONDS):
        for key, values in actions_in(written):
            for field in action_of(key)[1].fields:
                if field.type == "address":
                    with At(f"then: {key}: {field.name}"):
                        check_address(values.get(field.name, ""))


def goes_to_addresses(written: Sequence[Mapping[str, Any]]) -> bool:
    fields = (field for key, _ in actions_in(written) for field in known(key).fields)
    return any(field.type == "address" for field in fields)


def _address(where: str, text: str) -> str:
    with At(where):
        return read_address(text)


def _check_names(where: str, text: str, scope: Kind, with_names: bool) -> None:
    if not with_names:
        raise Refused(f"{where}: names such as {{{{ account.name }}}} are for automations; write it as it should be.")
    try:
        check_text(text, scope)
    except Refused as wrong:
        raise Refused(f"{where}: {wrong}.") from wrong


def _whom_by_itself(field: Field, scope: Kind) -> str | None:
    return next((choice for choice, _ in field.choices if WHOM.get(choice) == scope), None)


def _check_whom(key: str, action: Action, values: Values, scope: Kind) -> None:
    kind = whom(values, scope)
    if kind == "user" and scope == "account":
        raise Refused(f"{key}: on is user, but the automation is about accounts; write company, or scope: user.")
    if kind not in action.kinds:
        raise Refused(f"{key} is not for {kind}s.")
