"""A filter text, cut into its words and signs."""

import math
import re
from typing import Literal

import msgspec

from accoil.receive.mapping import path
from accoil.receive.mapping.filter.values import Scalar
from accoil.receive.mapping.wrong import FilterError

LONGEST = 10_000  # characters

_number = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_sign = re.compile(r"!=|<=|>=|[=<>!(),\[\]]")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}
# What people know from elsewhere, and what it is called here.
_ELSEWHERE = {"==": "=", "&&": "and", "||": "or", "<>": "!=", "=~": "match(…)", "&": "and", "|": "or"}


class Token(msgspec.Struct, frozen=True):
    kind: Literal["word", "path", "text", "number", "sign", "end"]
    raw: str  # as it stands in the text
    position: int
    value: Scalar = None  # of texts and numbers
    parts: path.Parts = ()  # of paths; a word is a path of one name without a backslash


def cut(text: str) -> list[Token]:
    """The tokens, the last of kind "end". Raises FilterError."""
    if len(text) > LONGEST:
        raise FilterError(f"A filter has at most {LONGEST:,} characters", LONGEST, text)
    tokens = []
    at = 0
    while True:
        while text[at : at + 1].isspace():
            at += 1
        if at == len(text):
            tokens.append(Token("end", "", at))
            return tokens
        token = _next(text, at)
        tokens.append(token)
        at += len(token.raw)


def _next(text: str, at: int) -> Token:
    character = text[at]
    if character in "\"'":
        value, end = read_text(text, at)
        return Token("text", text[at:end], at, value)
    if character.isdecimal() or character == "-":
        return _read_number(text, at)
    if character == "\\" or path.is_plain(character):
        parts, end = path.read(text, at)
        raw = text[at:end]
        is_word = len(parts) == 1 and "\\" not in raw and isinstance(parts[0], str)
        return Token("word" if is_word else "path", raw, at, parts=parts)
    for sign in (text[at : at + 2], character):
        if sign in _ELSEWHERE:
            raise FilterError(f"Write “{_ELSEWHERE[sign]}” instead of “{sign}”", at, text)
    if found := _sign.match(text, at):
        return Token("sign", found[0], at)
    if character in "“”„‘’«»`":
        raise FilterError(f"Write straight quotation marks instead of “{character}”", at, text)
    raise FilterError(f"“{character}” has no meaning here; text goes in quotation marks", at, text)


def read_text(text: str, at: int) -> tuple[str, int]:
    """A text in quotation marks, and where it ends. Other backslashes than those of `_ESCAPES` stay, for patterns."""
    quote = text[at]
    value = ""
    end = at + 1
    while end < len(text) and text[end] != quote:
        character = text[end]
        if character == "\\" and end + 1 < len(text):
            end += 1
            character = _ESCAPES.get(text[end], f"\\{text[end]}")
        value += character
        end += 1
    if end >= len(text):
        raise FilterError(f"The text that begins with {quote} has no {quote} at its end", at, text)
    return value, end + 1


def _read_number(text: str, at: int) -> Token:
    found = _number.match(text, at)
    end = found.end() if found else at + 1
    if end < len(text) and (path.is_plain(text[end]) or text[end] in "\\."):
        while end < len(text) and (path.is_plain(text[end]) or text[end] in "\\."):
            end += 1
        raise FilterError(f"“{text[at:end]}” is no number; if it is text, put it in quotation marks", at, text)
    if not found:
        raise FilterError("Expected digits after “-”", at + 1, text)
    raw = found[0]
    whole = raw.lstrip("-").isdecimal()
    if len(raw) > 300 or not math.isfinite(float(raw)):
        raise FilterError("This number is too large", at, text)
    return Token("number", raw, at, int(raw) if whole else float(raw))
