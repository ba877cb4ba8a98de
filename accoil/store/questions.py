"""Questions live in .sql files beside the Python that asks them: `-- name: …` starts one, the file gives the rest.

In it `:value` is bound, `{place}` is the name of a table or column, and `<part>` is more of the question, such as
another one: never anything that somebody sent."""

import re
from pathlib import Path

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)
_VALUE = re.compile(r"(?<![:\w]):([a-z_]\w*)")
_PLACE = re.compile(r"\{(\w+)\}")
_SAFE = re.compile(r"[a-z][a-z0-9_.]*")


def read(path: Path) -> dict[str, str]:
    """Name → text of each question in the file."""
    pieces = _NAME.split(path.read_text())
    return {name: text.strip() for name, text in zip(pieces[1::2], pieces[2::2], strict=True)}


def beside(python_file: str, name: str) -> dict[str, str]:
    return read(Path(python_file).with_name(f"{name}.sql"))


def filled(question: str, **parts: str) -> str:
    """A question with its parts; one may have parts itself, which come after it."""
    for part, text in parts.items():
        question = question.replace(f"<{part}>", text)
    return question


def values_in(question: str) -> set[str]:
    """The names of the values (`:name`) a question wants."""
    return set(_VALUE.findall(question))


def render(question: str, places: dict[str, str]) -> str:
    """The engine's spelling of values (`$name`), and names of tables put into `{places}`."""
    return _placed(_VALUE.sub(r"$\1", question), places)


def put(question: str, values: dict[str, str], places: dict[str, str]) -> str:
    """The same for an engine that spells each value its own way."""
    return _VALUE.sub(lambda found: values[found[1]], _placed(question, places))


def _placed(question: str, places: dict[str, str]) -> str:
    def place(found: re.Match[str]) -> str:
        name = places[found[1]]
        if not _SAFE.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a table or column")
        return name

    return _PLACE.sub(place, question)
