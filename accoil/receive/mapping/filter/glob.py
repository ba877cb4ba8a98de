"""Patterns of `match`: `*` any characters, `?` one, `[abc]` and `[a-z]` one of these, `\\x` the character itself."""

import re
from collections.abc import Callable

LONGEST = 200  # characters of a pattern that is new; longer ones may have been kept before there was a bound
LOOKED_AT = 1_000  # characters of a text: what follows is as if it were not there


def compile_glob(pattern: str) -> Callable[[str], bool]:
    """Whether a whole text is of the pattern. Raises ValueError with a sentence.

    Each stretch between two stars is taken at the first place where it fits and never moved again (`(?>…)`), so no
    pattern takes longer than its length times the length of the text. So only the beginning of a long text is
    looked at.
    """
    stretches = [""]
    at = 0
    while at < len(pattern):
        if pattern[at] == "*":
            stretches.append("")
            at += 1
        else:
            piece, at = _one(pattern, at)
            stretches[-1] += piece
    first, *others = stretches
    if not others:
        expression = first
    else:
        *middle, last = others
        expression = first + "".join(f"(?>.*?{stretch})" for stretch in middle) + f".*{last}"
    found = re.compile(expression, re.DOTALL).fullmatch
    return lambda text: found(text[:LOOKED_AT]) is not None


def _one(pattern: str, at: int) -> tuple[str, int]:
    """What one character of the text must be, as a regular expression; and where the pattern goes on."""
    character = pattern[at]
    if character == "?":
        return ".", at + 1
    if character == "[":
        return _listed(pattern, at + 1)
    if character == "\\" and at + 1 < len(pattern):
        at += 1
        character = pattern[at]
    return re.escape(character), at + 1


def _listed(pattern: str, at: int) -> tuple[str, int]:
    ranges = ""
    while at < len(pattern) and pattern[at] != "]":
        first, at = _member(pattern, at)
        last = first
        if pattern[at : at + 1] == "-" and pattern[at + 1 : at + 2] not in ("", "]"):
            last, at = _member(pattern, at + 1)
        if first > last:
            raise ValueError(f"In the pattern, “{first}-{last}” runs backwards")
        ranges += f"\\U{ord(first):08x}-\\U{ord(last):08x}"
    if at >= len(pattern):
        raise ValueError("In the pattern, “[” is not closed by “]”")
    if not ranges:
        raise ValueError("In the pattern, “[]” lists no character")
    return f"[{ranges}]", at + 1


def _member(pattern: str, at: int) -> tuple[str, int]:
    if pattern[at] == "\\" and at + 1 < len(pattern):
        at += 1
    return pattern[at], at + 1
