"""Mappings as a colleague would say them: what each changes, and what becomes of calls that none takes."""

from collections.abc import Sequence, Set
from typing import Any

from accoil.receive.mapping import Mapping, Mappings
from accoil.receive.mapping.actions import ACTIONS, Action, Field
from accoil.receive.mapping.fields import to_text
from accoil.receive.mapping.filter import Filter, tree
from accoil.show import words

EVENT = tree.Path(("event",))
NAMING = ("=", "in", "contains", "starts_with", "ends_with")
TYPES = ("identify", "group", "track", "page", "screen")


def change(mapping: Mapping) -> str:
    """What the mapping makes of a call."""
    action = ACTIONS[mapping.action]
    if action.type is None:
        return "Counts the call as it is."
    own_type = _takes(Filter(mapping.trigger)) == {action.type}
    if not mapping.fields:
        return "Counts the call as it comes." if own_type else f"Makes {_a(action)} of the call."
    changed = ", ".join(_field(action.field(key), form) for key, form in mapping.fields.items())
    return f"{changed}." if own_type else f"Makes {_a(action)}: {changed}."


def overview(mappings: Sequence[Mapping]) -> str:
    """The one sentence over the list."""
    on = [mapping for mapping in mappings if mapping.enabled]
    if Mappings(mappings).are_presets:
        return "Every call counts as it comes."
    count = words.count(len(on), "mapping") if len(on) == len(mappings) else f"{len(on)} of {len(mappings)} mappings"
    return f"{count} {'is' if len(on) == 1 else 'are'} on. {dropped(on)}".strip()


def dropped(mappings: Sequence[Mapping]) -> str:
    """What no mapping takes, as a sentence; "" where each type of call may be taken."""
    taken = {type for each in mappings if each.enabled for type in _takes(Filter(each.trigger))}
    left = [type for type in TYPES if type not in taken]
    if len(left) == len(TYPES):
        return "Nothing counts: every call is dropped."
    return f"No mapping takes {words.joined(left, 'or')} calls: they are dropped." if left else ""


def _takes(trigger: Filter) -> Set[str]:
    """Types of calls that it takes. One that asks for an event by its name is meant for track calls, the only ones with
    such a name, whatever else could be sent."""
    types = trigger.possible_types(frozenset(TYPES))
    parts = trigger.tree.parts if isinstance(trigger.tree, tree.All) else (trigger.tree,)
    asks = any(isinstance(part, tree.Compare) and part.sign in NAMING and part.left == EVENT for part in parts)
    return types & {"track"} if asks else types


def _a(action: Action) -> str:
    return f"{'an' if action.key == 'identify' else 'a'} {action.label} call"


def _field(field: Field | None, form: Any) -> str:
    label = field.label if field else ""
    if form is None:
        return f"no {label}"
    if isinstance(form, list):
        return f"{label} from the first of {words.joined([_source(each) for each in form], 'or')}"
    if isinstance(form, dict) and list(form) != ["constant"]:
        return f"{label} made of {words.joined([str(key) for key in form])}"
    text = form if isinstance(form, str) else ""
    return f"{label} {'from' if '{{' in text or text.startswith('$') else 'is'} {_source(form)}"


def _source(form: Any) -> str:
    if isinstance(form, dict) and list(form) == ["constant"]:
        form = form["constant"]
    elif isinstance(form, str) and ("{{" in form or form.startswith("$")):
        return form.removeprefix("$.")
    return f"“{form}”" if isinstance(form, str) else to_text(form)
