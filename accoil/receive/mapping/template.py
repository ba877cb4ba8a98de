"""Templates: `{{ properties.tenant }}:{{ userId }}`, `{{ traits.email ?? userId ?? "nobody" }}`."""

from collections.abc import Callable
from typing import Any

from accoil.receive.mapping import path
from accoil.receive.mapping.coerce import is_nothing
from accoil.receive.mapping.filter.tokens import read_text
from accoil.receive.mapping.filter.values import text
from accoil.receive.mapping.wrong import FilterError

Reader = Callable[[dict[str, Any]], Any]


def read_template(template: str) -> Reader:
    """What a template makes of an event. Raises FilterError.

    Braces with nothing around them give the value itself, of any type; otherwise the pieces are joined as text.
    Braces that find nothing make the whole template nothing: half an id would be somebody else's.
    """
    pieces: list[Reader] = []
    at = 0
    while (start := template.find("{{", at)) >= 0:
        if start > at:
            pieces.append(_always(template[at:start]))
        alternatives, at = _braces(template, start)
        pieces.append(_first_of(alternatives))
    if at < len(template):
        pieces.append(_always(template[at:]))
    return pieces[0] if len(pieces) == 1 else _joined(pieces)


def _braces(template: str, start: int) -> tuple[list[Reader], int]:
    alternatives = []
    at = start + 2
    while True:
        alternative, at = _alternative(template, _skip(template, at))
        alternatives.append(alternative)
        at = _skip(template, at)
        if template.startswith("}}", at):
            return alternatives, at + 2
        if not template.startswith("??", at):
            raise FilterError("Expected “??” and another path, or “}}”", at, template)
        at += 2


def _alternative(template: str, at: int) -> tuple[Reader, int]:
    if template[at : at + 1] in ("'", '"'):
        constant, end = read_text(template, at)
        return _always(constant), end
    if at == len(template) or not (path.is_plain(template[at]) or template[at] == "\\"):
        raise FilterError("Expected a path, such as traits.email, or text in quotation marks", at, template)
    parts, end = path.read(template, at)
    return reads(parts), end


def _skip(template: str, at: int) -> int:
    while template[at : at + 1].isspace():
        at += 1
    return at


def reads(parts: path.Parts) -> Reader:
    def read(event: dict[str, Any]) -> Any:
        found = path.look_up(event, parts)
        return None if is_nothing(found) else found

    return read


def _always(constant: str) -> Reader:
    return lambda _: constant


def _first_of(alternatives: list[Reader]) -> Reader:
    if len(alternatives) == 1:
        return alternatives[0]
    return lambda event: next((found for read in alternatives if (found := read(event)) is not None), None)


def _joined(pieces: list[Reader]) -> Reader:
    def read(event: dict[str, Any]) -> str | None:
        found = [text(piece(event)) for piece in pieces]
        return None if None in found else "".join(piece or "" for piece in found)

    return read
