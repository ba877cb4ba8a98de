"""A filter as a phrase for people: type is “track” and event is “Report Created”."""

from accoil.receive.mapping.filter import tree
from accoil.receive.mapping.path import written

_SIGNS = {
    "=": ("is", "is not"),
    "!=": ("is not", "is"),
    "<": ("is below", "is not below"),
    "<=": ("is at most", "is not at most"),
    ">": ("is above", "is not above"),
    ">=": ("is at least", "is not at least"),
    "in": ("is one of", "is none of"),
    "contains": ("contains", "does not contain"),
    "starts_with": ("begins with", "does not begin with"),
    "ends_with": ("ends with", "does not end with"),
}


def to_words(condition: tree.Condition) -> str:
    match condition:
        case tree.All(parts):
            return " and ".join(_wrapped(part) for part in parts)
        case tree.Any(parts):
            return " or ".join(_wrapped(part) for part in parts)
        case tree.Not(tree.Compare() as compared):
            return _compared(compared, negated=True)
        case tree.Not(tree.Truth(operand)):
            return _truth(operand, negated=True)
        case tree.Not(inner):
            return f"not ({to_words(inner)})"
        case tree.Compare():
            return _compared(condition, negated=False)
        case tree.Truth(operand):
            return _truth(operand, negated=False)


def _compared(compared: tree.Compare, negated: bool) -> str:
    left, right = compared.left, compared.right
    if compared.sign in ("=", "!=") and right == tree.Value(None):
        is_set = (compared.sign == "!=") != negated
        return f"{_operand(left)} is {'set' if is_set else 'not set'}"
    if compared.sign == "in" and isinstance(right, tree.Path):
        return f"{_operand(right)} {'does not hold' if negated else 'holds'} {_operand(left)}"
    return f"{_operand(left)} {_SIGNS[compared.sign][negated]} {_operand(right)}"


def _truth(operand: tree.Operand, negated: bool) -> str:
    match operand:
        case tree.Function("contains", (whole, part)):
            return f"{_operand(whole)} {_SIGNS['contains'][negated]} {_operand(part)}"
        case tree.Function("match", (whole, pattern)):
            return f"{_operand(whole)} {'does not match' if negated else 'matches'} {_operand(pattern)}"
        case tree.Value(value):
            return "never" if bool(value) == negated else "always"
    return f"{_operand(operand)} is {'not ' if negated else ''}true"


def _operand(operand: tree.Operand) -> str:
    match operand:
        case tree.Path(parts):
            return written(parts)
        case tree.Value(value):
            return f"“{value}”" if isinstance(value, str) else tree.scalar(value)
        case tree.Listing(values):
            return ", ".join(_operand(tree.Value(value)) for value in values)
        case tree.Function(name, arguments):
            return f"{name} of {' and '.join(_operand(argument) for argument in arguments)}"


def _wrapped(condition: tree.Condition) -> str:
    words = to_words(condition)
    return f"({words})" if isinstance(condition, tree.All | tree.Any) else words
