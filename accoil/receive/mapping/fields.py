"""Where the value of a field comes from, as JSON:

"$.traits.email"                          a path
"{{ traits.email ?? userId }}"            a template; after `??` stands what is taken when nothing is found
["$.traits.email", "$.userId"]            the first of these that finds something
"web", 12, true                           a constant
{"constant": "$.no path"}                 a constant that looks like something else
{"plan": "$.properties.plan"}             an object made member by member, where the field is one
null                                      nothing; the field is not sent
"""

from typing import Any

import msgspec

from accoil.receive.mapping import path
from accoil.receive.mapping.coerce import CALLED, Type, fit
from accoil.receive.mapping.template import Reader, read_template, reads
from accoil.receive.mapping.wrong import FilterError
from accoil.refused import At, Refused

MOST_ALTERNATIVES = 10
MOST_MEMBERS = 100
LONGEST = 2_000  # characters

__all__ = ["Reader", "from_text", "read_form", "to_text"]


def read_form(form: Any, type: Type) -> Reader:
    """What a form makes of an event, or None. Raises Refused with a sentence that does not name the field."""
    if form is None:
        return lambda _: None
    if isinstance(form, list):
        return _first(form, type)
    if isinstance(form, dict):
        return _object(form) if type == "OBJECT" else _constant(_unwrapped(form), type)
    if isinstance(form, str):
        return _text(form, type)
    return _constant(form, type)


def to_text(form: Any) -> str:
    """A form as one line that can be edited; `from_text` reads it."""
    if form is None:
        return ""
    if isinstance(form, str):
        looks_otherwise = form.strip() != form or (form.startswith(("[", "{")) and not form.startswith("{{"))
        form = {"constant": form} if looks_otherwise else form
    return form if isinstance(form, str) else msgspec.json.encode(form).decode()


def from_text(text: str) -> Any:
    """The form that somebody typed: JSON where it begins like a list or an object. Raises Refused."""
    text = text.strip()
    if not text.startswith(("[", "{")) or text.startswith("{{"):
        return text or None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as wrong:
        raise Refused(f"What begins with {text[0]} must be JSON: {wrong}.") from None


def _text(form: str, type: Type) -> Reader:
    if len(form) > LONGEST:
        raise Refused(f"It has {len(form):,} characters; write at most {LONGEST:,}.")
    if "{{" in form:
        return read_template(form)
    if form == "$" or form.startswith(("$.", "$[")):
        parts, end = path.read(form, 0)
        if end < len(form):
            raise FilterError(f"“{form[end]}” can't stand in a path; put a backslash before it", end, form)
        return reads(parts)
    return _constant(form, type)


def _first(forms: list[Any], type: Type) -> Reader:
    if not 1 <= len(forms) <= MOST_ALTERNATIVES:
        raise Refused(f"The list holds {len(forms)} sources; write 1 to {MOST_ALTERNATIVES}.")
    if any(form is None or isinstance(form, list) for form in forms):
        raise Refused("A list holds paths, templates and constants, nothing else.")
    readers = [read_form(form, type) for form in forms]
    return lambda event: next((found for read in readers if (found := read(event)) is not None), None)


def _object(members: dict[Any, Any]) -> Reader:
    if not members or len(members) > MOST_MEMBERS:
        raise Refused(f"The object has {len(members)} members; write 1 to {MOST_MEMBERS}.")
    readers = {}
    for key, form in members.items():
        if not isinstance(key, str) or not key:
            raise Refused(f"The object has a member called {key!r}; put its name in quotation marks.")
        with At(key):
            readers[key] = _member(form)

    def read(event: dict[str, Any]) -> dict[str, Any]:
        return {key: found for key, read in readers.items() if (found := read(event)) is not None}

    return read


def _member(form: Any) -> Reader:
    """A member may be of any type, so its constants need not fit one."""
    if isinstance(form, dict):
        form = _unwrapped(form)
    elif isinstance(form, str | list):
        return read_form(form, "STRING")
    if not isinstance(form, str | int | float | bool):
        raise Refused("A member is a path, a template or a constant.")
    return lambda _: form


def _unwrapped(form: dict[Any, Any]) -> Any:
    if list(form) != ["constant"]:
        raise Refused('An object stands here; write a path, a template, or {"constant": …}.')
    return form["constant"]


def _constant(value: Any, type: Type) -> Reader:
    if not isinstance(value, str | int | float | bool):
        raise Refused("What stands here is neither text nor a number; put a date in quotation marks.")
    if value == "":
        raise Refused("An empty text is no value; leave the field out with null.")
    fitting = fit(value, type)
    if fitting is None:
        shown = f"“{value}”" if isinstance(value, str) else str(value)
        raise Refused(f"{shown} is not {CALLED[type]}.")
    return lambda _: fitting
