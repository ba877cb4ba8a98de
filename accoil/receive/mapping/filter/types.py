"""Which types of event a filter can match at all, so that the others need not be asked."""

from collections.abc import Set
from functools import reduce

from accoil.receive.mapping.filter import tree

_TYPE = tree.Path(("type",))


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
