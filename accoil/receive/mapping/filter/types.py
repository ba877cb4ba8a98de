"""Which events a filter can match at all, so that it need not be asked about the others."""

from collections.abc import Set
from functools import reduce

from accoil.receive.mapping.filter import tree

_TYPE, _EVENT = tree.Path(("type",)), tree.Path(("event",))


def possible_types(condition: tree.Condition, types: Set[str]) -> Set[str]:
    """Those of `types` that may meet the condition: never too few, sometimes too many."""
    match condition:
        case tree.Compare("=", left, tree.Value(value)) if left == _TYPE:
            return types & {str(value)}
        case tree.Compare("in", left, tree.Listing(values)) if left == _TYPE:
            return types & {str(value) for value in values}
        case tree.All(parts):
            return reduce(lambda left, part: possible_types(part, left), parts, types)
        case tree.Any(parts):
            return frozenset[str]().union(*(possible_types(part, types) for part in parts))
    return types


def possible_names(condition: tree.Condition) -> frozenset[str] | None:
    """Those that an event named by a text may have to meet the condition; None: any."""
    match condition:
        case tree.Compare("=", left, tree.Value(str(value))) if left == _EVENT:
            return frozenset({value})
        case tree.Compare("in", left, tree.Listing(values)) if left == _EVENT:
            texts = frozenset(value for value in values if isinstance(value, str))
            return texts if len(texts) == len(set(values)) else None
        case tree.All(parts):
            known = [names for part in parts if (names := possible_names(part)) is not None]
            return frozenset.intersection(*known) if known else None
        case tree.Any(parts):
            each = [possible_names(part) for part in parts]
            return frozenset[str]().union(*(names or () for names in each)) if None not in each else None
    return None
