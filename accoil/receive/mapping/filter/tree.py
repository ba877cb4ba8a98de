"""What a filter text says, as a tree; and the tree as text again, in one spelling."""

from typing import TypeAlias

import msgspec

from accoil.receive.mapping.filter.values import Scalar
from accoil.receive.mapping.path import Parts, written

WORD_SIGNS = ("contains", "starts_with", "ends_with", "in")
# Where a value or a condition may begin, these are never the name of a field.
RESERVED = frozenset({"and", "or", "not", "is", "exists", "true", "false", "null", *WORD_SIGNS})


class Path(msgspec.Struct, frozen=True):
    parts: Parts


class Value(msgspec.Struct, frozen=True):
    value: Scalar


class Listing(msgspec.Struct, frozen=True):
    values: tuple[Scalar, ...]


class Function(msgspec.Struct, frozen=True):
    name: str
    arguments: "tuple[Operand, ...]"


class Compare(msgspec.Struct, frozen=True):
    sign: str  # = != < <= > >= or one of WORD_SIGNS
    left: "Operand"
    right: "Operand"


class Truth(msgspec.Struct, frozen=True):
    """A path or a function that stands for itself: is it true?"""

    operand: "Path | Function | Value"


class Not(msgspec.Struct, frozen=True):
    inner: "Condition"


class All(msgspec.Struct, frozen=True):
    parts: "tuple[Condition, ...]"


class Any(msgspec.Struct, frozen=True):
    parts: "tuple[Condition, ...]"


Operand: TypeAlias = Path | Value | Listing | Function
Condition: TypeAlias = Compare | Truth | Not | All | Any


def canonical(tree: Condition) -> str:
    """The same text for every way of writing the same; reading it gives the same tree."""
    match tree:
        case All(parts):
            return " and ".join(_wrapped(part) for part in parts)
        case Any(parts):
            return " or ".join(_wrapped(part) for part in parts)
        case Not(inner):
            return f"not {_wrapped(inner)}"
        case Compare(sign, left, right):
            return f"{operand(left)} {sign} {operand(right)}"
        case Truth(inner):
            return operand(inner)


def operand(tree: Operand) -> str:
    match tree:
        case Path(parts):
            return written(parts, RESERVED)
        case Value(value):
            return scalar(value)
        case Listing(values):
            return f"[{', '.join(scalar(value) for value in values)}]"
        case Function(name, arguments):
            return f"{name}({', '.join(operand(argument) for argument in arguments)})"


def scalar(value: Scalar) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
        value = value.replace(plain, escaped)
    return f'"{value}"'


def _wrapped(tree: Condition) -> str:
    return f"({canonical(tree)})" if isinstance(tree, All | Any) else canonical(tree)
