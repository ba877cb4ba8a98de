"""Filters a second time, written from the description of the language alone: small random trees, the texts they may be
written as, and what they mean, worked out the plainest way there is."""

import json
from typing import Any

from hypothesis import strategies as st

Tree = tuple[Any, ...]
Draw = Any

KEYS = ("a", "b 1", "and", "5", "x.y", "ア", "-c")
VALUES = ("", "a", "ab", "A b", "10", "10.5", "true", 'q"\\n', "*", 10, 10.0, 10.5, -3, 0, 1, True, False, None)
TYPES = ("track", "page", "group")
WORDS = ("contains", "starts_with", "ends_with")
NUMERIC = ("<", "<=", ">", ">=")
PATTERNS = ("*", "a*", "*b", "?", "[ab]*", "1?", "A ?")

values = st.sampled_from(VALUES)
paths = st.one_of(
    st.sampled_from((("event",), ("type",))),
    st.tuples(st.sampled_from(("properties", "traits")), st.sampled_from(KEYS)),
    st.tuples(st.just("properties"), st.just("list"), st.integers(0, 2)),
)  # fmt: skip
lists = st.lists(values, min_size=1, max_size=3)
events = st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES)},
    optional={
        "event": values,
        "properties": st.one_of(
            values, st.dictionaries(st.sampled_from((*KEYS, "list")), st.one_of(values, lists), max_size=5)
        ),
        "traits": st.dictionaries(st.sampled_from(KEYS), st.one_of(values, lists), max_size=3),
    },
)
comparisons = st.one_of(
    st.tuples(st.sampled_from(("=", "!=")), paths.filter(lambda path: path != ("type",)), values),
    st.tuples(st.just("="), st.just(("type",)), st.sampled_from(TYPES)),
    st.tuples(st.sampled_from(NUMERIC), paths, st.sampled_from(("10", 10, 10.5, -3))),
    st.tuples(st.sampled_from(WORDS), paths, values),
    st.tuples(st.just("in"), paths, lists),
    st.tuples(st.just("holds"), values, paths),
    st.tuples(st.just("set"), paths),
    st.tuples(st.just("true"), paths.filter(lambda path: len(path) > 1)),
    st.tuples(st.just("match"), paths, st.sampled_from(PATTERNS)),
    st.tuples(st.just("longer"), paths, st.integers(0, 3)),
)
trees: st.SearchStrategy[Tree] = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(("and", "or")), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=8,
)


def write(draw: Draw, tree: Tree) -> str:
    """One of the texts that say it."""
    space = draw(st.sampled_from((" ", "  ", "\n")))
    match tree:
        case ("and" | "or" as word, parts):
            return f"{space}{word}{space}".join(f"({write(draw, part)})" for part in parts)
        case ("not", inner):
            return f"{draw(st.sampled_from(('not ', '!', 'NOT')))}({write(draw, inner)})"
        case ("set", path):
            return f"{name(path)} {draw(st.sampled_from(('exists', 'is set', '!= null')))}"
        case ("true", path):
            return name(path)
        case ("match", path, pattern):
            return f"match({name(path)},{space}{json.dumps(pattern)})"
        case ("longer", path, least):
            return f"length( {name(path)} ) > {least}"
        case ("in", path, listed):
            return f"{name(path)} in [{', '.join(literal(draw, value) for value in listed)}]"
        case ("holds", value, path):
            return f"{literal(draw, value)} in {name(path)}"
        case ("contains", path, value) if draw(st.booleans()):
            return f"contains({name(path)}, {literal(draw, value)})"
        case (sign, path, value):
            gap = "" if draw(st.booleans()) and sign in (*NUMERIC, "=", "!=") else " "
            return f"{name(path)}{gap}{sign}{gap}{literal(draw, value)}"
    raise AssertionError(tree)


def name(path: tuple[str | int, ...]) -> str:
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += "." * bool(text) + "".join(c if c.isalnum() or c in "_-" else f"\\{c}" for c in part)
    return text


def literal(draw: Draw, value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    if "'" not in value and draw(st.booleans()):
        return "'" + value.replace("\\", "\\\\").replace("\n", "\\n") + "'"
    return json.dumps(value)


def holds(tree: Tree, event: dict[str, Any]) -> bool:
    match tree:
        case ("and", parts):
            return False not in [holds(part, event) for part in parts]
        case ("or", parts):
            return True in [holds(part, event) for part in parts]
        case ("not", inner):
            return not holds(inner, event)
        case ("set", path):
            return find(path, event) is not None
        case ("true", path):
            return find(path, event) is True
        case ("match", path, pattern):
            found = find(path, event)
            return isinstance(found, str) and fits(found, pattern)
        case ("longer", path, least):
            found = find(path, event)
            return (
                isinstance(found, str | list)
                and (len(found) if isinstance(found, list) else len(found.encode())) > least
            )
        case ("in", path, listed):
            return any(equal(find(path, event), value) for value in listed)
        case ("holds", value, path):
            found = find(path, event)
            return isinstance(found, list) and any(equal(value, element) for element in found)
        case (sign, path, value):
            return compare(sign, find(path, event), value)
    raise AssertionError(tree)


def find(path: tuple[str | int, ...], event: Any) -> Any:
    for part in path:
        try:
            event = event[part] if isinstance(event, list if isinstance(part, int) else dict) else None
        except LookupError:
            event = None
    return event


def shown(value: Any) -> str:
    if isinstance(value, float) and value % 1 == 0:
        value = int(value)
    return value if isinstance(value, str) else json.dumps(value)


def equal(one: Any, other: Any) -> bool:
    if one is None or other is None or isinstance(one, list) or isinstance(other, list):
        return one is other if not isinstance(one, list) else one == other
    return shown(one) == shown(other)


def as_number(value: Any) -> float | None:
    if isinstance(value, bool | list | None):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def compare(sign: str, found: Any, value: Any) -> bool:
    if sign in ("=", "!="):
        return equal(found, value) == (sign == "=")
    if sign in NUMERIC:
        one, other = as_number(found), as_number(value)
        if one is None or other is None:
            return False
        return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[sign]
    if sign == "contains" and isinstance(found, list):
        return any(equal(element, value) for element in found)
    if not isinstance(found, str) or value is None:
        return False
    part = shown(value)
    at = found.find(part)
    return {"contains": at >= 0, "starts_with": at == 0, "ends_with": found[len(found) - len(part) :] == part
            and len(part) <= len(found)}[sign]  # fmt: skip


def fits(text: str, pattern: str) -> bool:
    """By trying every length for every star."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(fits(text[length:], pattern[1:]) for length in range(len(text) + 1))
    if not text:
        return False
    if pattern[0] == "[":
        end = pattern.index("]")
        return text[0] in pattern[1:end] and fits(text[1:], pattern[end + 1 :])
    return pattern[0] in ("?", text[0]) and fits(text[1:], pattern[1:])
