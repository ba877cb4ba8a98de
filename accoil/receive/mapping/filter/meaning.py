"""What a filter's tree means: a function from an event to true or false. It never raises."""

import operator
from collections.abc import Callable
from typing import Any

from accoil.receive.mapping.filter import tree
from accoil.receive.mapping.filter.functions import FUNCTIONS, contains, ends_with, starts_with
from accoil.receive.mapping.filter.glob import compile_glob
from accoil.receive.mapping.filter.values import number, same, text
from accoil.receive.mapping.path import Parts, look_up

Event = dict[str, Any]
Test = Callable[[Event], bool]
Read = Callable[[Event], Any]


def _is_in(value: Any, values: Any) -> bool:
    return isinstance(values, list) and any(same(value, element) for element in values)


def _numbers(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compared(left: Any, right: Any) -> bool:
        left, right = number(left), number(right)
        return left is not None and right is not None and compare(left, right)

    return compared


_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": same,
    "!=": lambda left, right: not same(left, right),
    "<": _numbers(operator.lt),
    "<=": _numbers(operator.le),
    ">": _numbers(operator.gt),
    ">=": _numbers(operator.ge),
    "in": _is_in,
    "contains": contains,
    "starts_with": starts_with,
    "ends_with": ends_with,
}


def compile_tree(condition: tree.Condition) -> Test:
    match condition:
        case tree.All(parts):
            tests = [compile_tree(part) for part in parts]
            return lambda event: all(test(event) for test in tests)
        case tree.Any(parts):
            tests = [compile_tree(part) for part in parts]
            return lambda event: any(test(event) for test in tests)
        case tree.Not(inner):
            test = compile_tree(inner)
            return lambda event: not test(event)
        case tree.Compare(sign, left, right):
            return _comparison(sign, left, right)
        case tree.Truth(operand):
            read = _read(operand)
            return lambda event: read(event) is True


def _comparison(sign: str, left: tree.Operand, right: tree.Operand) -> Test:
    match sign, left, right:
        case "=", tree.Path((str(name),)), tree.Value(str(wanted)):
            return _is_text(name, wanted)
        case "in", _, tree.Listing(values) if all(isinstance(value, str) for value in values):
            return _is_one_of(_read(left), frozenset(map(str, values)))
    holds, first, second = _SIGNS[sign], _read(left), _read(right)
    return lambda event: holds(first(event), second(event))


def _is_text(name: str, wanted: str) -> Test:
    """`type = "track"` stands in nearly every filter, and every event is asked."""

    def test(event: Event) -> bool:
        found = event.get(name)
        return found == wanted if isinstance(found, str) else same(found, wanted)

    return test


def _is_one_of(read: Read, wanted: frozenset[str]) -> Test:
    """The preset that takes all events but the renamed ones has a long list."""

    def test(event: Event) -> bool:
        found = read(event)
        return (found if isinstance(found, str) else text(found)) in wanted

    return test


def _read(operand: tree.Operand) -> Read:
    match operand:
        case tree.Path(parts):
            return _reads(parts)
        case tree.Value(value):
            return lambda _: value
        case tree.Listing(values):
            listed = list(values)
            return lambda _: listed
        case tree.Function("match", (whole, tree.Value(pattern))):
            read, fits = _read(whole), compile_glob(str(pattern))
            return lambda event: isinstance(text := read(event), str) and fits(text)
        case tree.Function(name, arguments):
            run, reads = FUNCTIONS[name].run, [_read(argument) for argument in arguments]
            return lambda event: run(*(read(event) for read in reads))


def _reads(parts: Parts) -> Read:
    return lambda event: look_up(event, parts)
