"""Questions in the spelling of an engine that can't be taught our functions: each call of one is replaced by what it
stands for."""

import re
from pathlib import Path

import msgspec

_DEFINITION = re.compile(r"create or replace macro (\w+)\(([^)]*)\) as\s+(.*?);\s*$", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/")
_PIECE = re.compile(r"'(?:[^']|'')*'|\{[^}]*\}|\w+|[(),]|[^\w'(),{]+", re.DOTALL)
_EXCLUDE = re.compile(r"\bexclude\s*\(")
ENDS = {"from", "union", "except"}  # what comes after what a `select` gives
NO_ELEMENT = "cast([], 'Array(Nullable(Nothing))')"  # of whatever type is asked for

Macros = dict[tuple[str, int], "Macro"]  # by name and number of arguments


class Macro(msgspec.Struct, frozen=True):
    parameters: tuple[str, ...]
    body: str


def read(path: Path) -> Macros:
    """Those of a file of functions. None uses another of them."""
    found: Macros = {}
    for name, parameters, body in _DEFINITION.findall(_COMMENT.sub("", path.read_text())):
        names = tuple(each.strip() for each in parameters.split(","))
        found[name, len(names)] = Macro(names, body)
    return found


def spelled(question: str, macros: Macros) -> str:
    """The question with every call of a macro replaced, and lists that are unnested beside each other."""
    return _EXCLUDE.sub("except (", _Speller(_COMMENT.sub("", question), macros).text())


def statements(text: str) -> list[str]:
    """Of a file with several."""
    return [each for part in _COMMENT.sub("", text).split(";") if (each := part.strip())]


class _Speller:
    def __init__(self, question: str, macros: Macros) -> None:
        self._pieces = _side_by_side(_PIECE.findall(question))
        self._macros = macros
        self._at = 0

    def text(self) -> str:
        written = ""
        while self._at < len(self._pieces):
            written += self._part()
        return written

    def _part(self) -> str:
        """What stands here, up to the end of its brackets if it opens some."""
        piece = self._take()
        if piece == "(":
            return "(" + ",".join(self._arguments()) + ")"
        if piece.isidentifier() and self._next() == "(":
            self._take()
            return self._call(piece, self._arguments())
        return piece

    def _arguments(self) -> list[str]:
        """What stands between brackets, of which the first is behind us already, at its commas."""
        found, written = list[str](), ""
        while (piece := self._next()) != ")":
            if piece == ",":
                self._take()
                found.append(written)
                written = ""
            else:
                written += self._part()
        self._take()
        return [*found, written]

    def _call(self, name: str, arguments: list[str]) -> str:
        if (name, [each.strip() for each in arguments]) == ("unnest", ["null"]):
            return f"arrayJoin({NO_ELEMENT})"
        macro = self._macros.get((name, len(arguments)))
        if macro is None:
            return f"{name}({','.join(arguments)})"
        given = dict(zip(macro.parameters, (each.strip() for each in arguments), strict=True))
        return "".join(_in_place(piece, given) for piece in _PIECE.findall(f"({macro.body})"))

    def _next(self) -> str:
        return self._pieces[self._at] if self._at < len(self._pieces) else ""

    def _take(self) -> str:
        self._at += 1
        return str(self._pieces[self._at - 1])


def _side_by_side(pieces: list[str]) -> list[str]:
    """Several lists that are unnested in what one `select` gives go on in step, as in a zip: here as one list of pairs,
    unnested once, since ClickHouse would put each element of one beside every element of the other. And a column of a
    table (`c.id`) is called by its own name, also where another table has one of that name."""
    changes: list[tuple[int, int, str]] = []  # from, until, what is there instead
    for first, last in _selects(pieces):
        lists = [(at, _end(pieces, at + 1)) for at in _unnested(pieces, first, last)]
        together = ", ".join("".join(pieces[start + 2 : end]) for start, end in lists)
        if len(lists) > 1:
            changes += [
                (start, end + 1, f"tupleElement(arrayJoin(arrayZip({together})), {place})")
                for place, (start, end) in enumerate(lists, 1)
            ]
        changes += [(at, at + 1, f"{pieces[at]} as {pieces[at]}") for at in _columns_of_tables(pieces, first, last)]
    for start, end, instead in sorted(changes, reverse=True):
        pieces[start:end] = _PIECE.findall(instead)
    return pieces


def _selects(pieces: list[str]) -> list[tuple[int, int]]:
    """Where what each `select` gives begins and ends."""
    found, opened, depth = list[tuple[int, int]](), list[tuple[int, int]](), 0  # opened: where, how deep in brackets
    for at, piece in enumerate([*pieces, ")"]):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        while opened and (opened[-1][1] > depth or (piece in ENDS and opened[-1][1] == depth)):
            found.append((opened.pop()[0], at))
        if piece == "select":
            opened.append((at + 1, depth))
    return found


def _unnested(pieces: list[str], first: int, last: int) -> list[int]:
    """Calls of `unnest` there, without those in a `select` within."""
    inner = [(begin, end) for begin, end in _selects(pieces[first:last])]
    return [
        at
        for at in range(first, last)
        if pieces[at : at + 2] == ["unnest", "("] and not any(begin <= at - first < end for begin, end in inner)
    ]


def _columns_of_tables(pieces: list[str], first: int, last: int) -> list[int]:
    """The last word of each column that is given as it stands in its table."""
    found, depth, words = list[int](), 0, list[int]()
    for at in range(first, last + 1):
        piece = pieces[at] if at < last else ","
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "," and depth == 0:
            words = words[1:] if words and pieces[words[0]] == "distinct" else words
            if len(words) == 3 and pieces[words[1]] == "." and pieces[words[2]].isidentifier():
                found.append(words[2])
            words = []
        elif piece.strip():
            words.append(at)
    return found


def _end(pieces: list[str], bracket: int) -> int:
    """Where a bracket is closed."""
    depth = 0
    for at in range(bracket, len(pieces)):
        depth += {"(": 1, ")": -1}.get(pieces[at], 0)
        if depth == 0:
            return at
    raise ValueError("a bracket is never closed")


def _in_place(piece: str, given: dict[str, str]) -> str:
    if piece not in given:
        return piece
    return given[piece] if given[piece].replace("_", "").isalnum() else f"({given[piece]})"
