"""Reads a filter text, by recursive descent:

    condition  = all { "or" all }
    all        = single { "and" single }
    single     = ( "not" | "!" ) single | "(" condition ")" | comparison
    comparison = operand [ sign operand | "in" list | "exists" | "is" [ "not" ] "set" ]
    operand    = path | text | number | true | false | null | list | function "(" operand { "," operand } ")"

`contains`, `starts_with`, `ends_with`, `in` and `exists` take a `not` before them.
"""

from accoil.receive.mapping.filter import hints, operands
from accoil.receive.mapping.filter.functions import FUNCTIONS
from accoil.receive.mapping.filter.reading import Reading
from accoil.receive.mapping.filter.tokens import Token, cut
from accoil.receive.mapping.filter.tree import (
    WORD_SIGNS,
    All,
    Any,
    Compare,
    Condition,
    Function,
    Listing,
    Not,
    Operand,
    Path,
    Truth,
    Value,
)

SIGNS = ("=", "!=", "<", "<=", ">", ">=")


def parse(text: str, is_new: bool = False) -> Condition:
    """The tree of a filter text. Raises FilterError."""
    reading = Reading(text, cut(text), is_new)
    if reading.is_at_end:
        raise reading.wrong('Expected a condition, such as type = "track"')
    tree = _condition(reading)
    if not reading.is_at_end:
        raise reading.wrong(f"Expected “and”, “or” or the end, not “{reading.next.raw}”")
    return tree


def _condition(reading: Reading) -> Condition:
    parts = [_all(reading)]
    while reading.took("or"):
        parts.append(_all(reading))
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Any) else (part,))]
    return parts[0] if len(parts) == 1 else Any(tuple(flat))


def _all(reading: Reading) -> Condition:
    parts = [_single(reading)]
    while reading.took("and"):
        parts.append(_single(reading))
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, All) else (part,))]
    return parts[0] if len(parts) == 1 else All(tuple(flat))


def _single(reading: Reading) -> Condition:
    start = reading.next
    if reading.took("not", "!"):
        with reading.deeper(start):
            return Not(_single(reading))
    if reading.took("("):
        with reading.deeper(start):
            inner = _condition(reading)
        reading.expect(")", start)
        return inner
    return _comparison(reading)


def _comparison(reading: Reading) -> Condition:
    first = reading.next
    left = operands.operand(reading, "a condition")
    if reading.took("exists"):
        return _is_set(left)
    if reading.took("is"):
        is_not = reading.took("not")
        if not reading.took("set"):
            raise reading.wrong("Expected “set” or “not set” after “is”" if not is_not else "Expected “set”")
        return _is_set(left, bool(is_not))
    before = reading.next
    negated = bool(reading.took("not"))
    if negated and reading.took("exists"):
        return _is_set(left, negated)
    sign = reading.took(*WORD_SIGNS) if negated else reading.took(*SIGNS, *WORD_SIGNS)
    if sign:
        compared = _compared(reading, left, sign, first)
        return Not(compared) if negated else compared
    if negated:
        raise reading.wrong(f"Expected {', '.join(WORD_SIGNS)} or exists after “not”")
    return _truth(reading, left, first, before)


def _compared(reading: Reading, left: Operand, sign: str, first: Token) -> Compare:
    start = reading.next
    right = operands.operand(reading, f"a value after “{sign}”")
    if sign == "in" and not isinstance(right, Listing | Path):
        raise reading.wrong('Expected a list after “in”, such as ["track", "page"]', start)
    compared = Compare(sign, left, right)
    if reason := hints.never(compared):
        raise reading.wrong(reason, start if isinstance(right, Value) else first)
    if reading.next.kind == "sign" and reading.next.raw in SIGNS:
        raise reading.wrong(f"Expected “and” or “or” before another “{reading.next.raw}”")
    return compared


def _is_set(left: Operand, negated: bool = False) -> Compare:
    return Compare("=" if negated else "!=", left, Value(None))


def _truth(reading: Reading, left: Operand, first: Token, after: Token) -> Truth:
    """An operand alone, where it can be true by itself."""
    if isinstance(left, Path) and (len(left.parts) != 1 or left.parts[0] not in hints.TEXT_FIELDS):
        if after.kind in ("text", "number", "word", "path") and after.raw.lower() not in ("and", "or"):
            raise reading.wrong(f"Expected a comparison after “{first.raw}”", after)
        return Truth(left)
    if isinstance(left, Function) and FUNCTIONS[left.name].is_truth:
        return Truth(left)
    if isinstance(left, Value) and isinstance(left.value, bool):
        return Truth(left)
    name = f"{left.name}(…)" if isinstance(left, Function) else first.raw
    raise reading.wrong(f"Expected a comparison after “{name}”", after)
