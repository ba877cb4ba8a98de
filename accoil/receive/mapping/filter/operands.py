"""Reads what stands beside a comparison sign: paths, values, lists and functions."""

from accoil.receive.mapping.filter import hints
from accoil.receive.mapping.filter.functions import FUNCTIONS
from accoil.receive.mapping.filter.glob import LONGEST, compile_glob
from accoil.receive.mapping.filter.reading import Reading
from accoil.receive.mapping.filter.tokens import Token
from accoil.receive.mapping.filter.tree import RESERVED, Function, Listing, Operand, Path, Value
from accoil.receive.mapping.filter.values import Scalar

_CONSTANTS: dict[str, Scalar] = {"true": True, "false": False, "null": None}


def operand(reading: Reading, expected: str) -> Operand:
    """`expected`: what the sentence asks for when nothing of the kind is there."""
    token = reading.next
    if reading.opens_function and token.raw.lower() not in RESERVED - {"contains"}:
        return _function(reading)
    if token.kind in ("text", "number") or _constant(token):
        return Value(_value(reading, expected))
    if token.kind == "sign" and token.raw == "[":
        return _listing(reading)
    if token.kind == "path" or (token.kind == "word" and token.raw.lower() not in RESERVED):
        found = Path(reading.take().parts)
        if reason := hints.misspelt(found):
            raise reading.wrong(reason, token)
        return found
    raise reading.wrong(f"Expected {expected}" + (f", not “{token.raw}”" if token.raw else ""))


def _constant(token: Token) -> bool:
    return token.kind == "word" and token.raw.lower() in _CONSTANTS


def _value(reading: Reading, expected: str) -> Scalar:
    token = reading.next
    if token.kind not in ("text", "number") and not _constant(token):
        raise reading.wrong(f"Expected {expected}")
    reading.take()
    return _CONSTANTS[token.raw.lower()] if token.kind == "word" else token.value


def _listing(reading: Reading) -> Listing:
    start = reading.take()
    values: list[Scalar] = []
    while not values or reading.took(","):
        values.append(_value(reading, 'a value in the list, such as "track"'))
    reading.expect("]", start)
    return Listing(tuple(values))


def _function(reading: Reading) -> Function:
    name = reading.take()
    known = FUNCTIONS.get(name.raw.lower())
    if not known:
        raise reading.wrong(f"There is no function “{name.raw}”; there are {', '.join(FUNCTIONS)}", name)
    start = reading.take()
    arguments: list[Operand] = []
    with reading.deeper(start):
        for place, argument in enumerate(known.arguments):
            if place and not reading.took(","):
                raise reading.wrong(f"Expected a comma and the {argument} of {name.raw}(…)")
            token = reading.next
            arguments.append(operand(reading, f"the {argument} of {name.raw}(…)"))
            if argument == "pattern":
                _check_pattern(reading, arguments[-1], token)
    reading.expect(")", start)
    return Function(name.raw.lower(), tuple(arguments))


def _check_pattern(reading: Reading, pattern: Operand, token: Token) -> None:
    if not isinstance(pattern, Value) or not isinstance(pattern.value, str):
        raise reading.wrong("Expected a pattern in quotation marks, such as “*@example.com”", token)
    if reading.is_new and len(pattern.value) > LONGEST:
        raise reading.wrong(f"A pattern has at most {LONGEST} characters, this one {len(pattern.value):,}", token)
    try:
        compile_glob(pattern.value)
    except ValueError as wrong:
        raise reading.wrong(str(wrong), token) from None
