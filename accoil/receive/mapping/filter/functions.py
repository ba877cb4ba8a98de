"""The functions of filter texts. Null has a sensible answer everywhere, so that conditions stay short."""

from collections.abc import Callable
from typing import Any, NamedTuple

from accoil.receive.mapping.filter.values import number, same, text


class Known(NamedTuple):
    """`run` gets as many values as `arguments` names; `is_truth`: what comes back can stand as a condition."""

    arguments: tuple[str, ...]
    run: Callable[..., Any]
    is_truth: bool = False


def contains(whole: Any, part: Any) -> bool:
    """Text within text, or an element of a list."""
    if isinstance(whole, list):
        return any(same(element, part) for element in whole)
    wanted = text(part)
    return isinstance(whole, str) and wanted is not None and wanted in whole


def starts_with(whole: Any, part: Any) -> bool:
    wanted = text(part)
    return isinstance(whole, str) and wanted is not None and whole.startswith(wanted)


def ends_with(whole: Any, part: Any) -> bool:
    wanted = text(part)
    return isinstance(whole, str) and wanted is not None and whole.endswith(wanted)


def length(value: Any) -> int:
    """Elements of a list, bytes of a text (as UTF-8); anything else has none."""
    if isinstance(value, list):
        return len(value)
    return len(value.encode("utf-8", "surrogatepass")) if isinstance(value, str) else 0


def type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    if isinstance(value, int | float):
        return "number"
    return "list" if isinstance(value, list) else "null" if value is None else "object"


def to_bool(value: Any) -> bool:
    return value not in (None, False, 0, "", "false") and value != []


def _each_text(change: Callable[[str], str]) -> Callable[[Any], str | None]:
    return lambda value: change(value) if isinstance(value, str) else None


def _title(words: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in words.split(" "))


FUNCTIONS = {
    "contains": Known(("text or list", "part"), contains, is_truth=True),
    "match": Known(("text", "pattern"), lambda whole, fits: isinstance(whole, str) and fits(whole), is_truth=True),
    "length": Known(("text or list",), length),
    "lowercase": Known(("text",), _each_text(str.lower)),
    "uppercase": Known(("text",), _each_text(str.upper)),
    "snakecase": Known(("text",), _each_text(lambda words: words.replace(" ", "_"))),
    "kebabcase": Known(("text",), _each_text(lambda words: words.replace(" ", "-"))),
    "titlecase": Known(("text",), _each_text(_title)),
    "typeof": Known(("value",), type_of),
    "bool": Known(("value",), to_bool, is_truth=True),
    "string": Known(("value",), text),
    "number": Known(("value",), number),
}
