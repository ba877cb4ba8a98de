"""The components a canvas is made of, within the bounds that Intercom sets. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

Part = dict[str, Any]
Style = Literal["header", "paragraph", "muted", "error"]
Options = Sequence[tuple[str, str]]  # id, text

FEWEST, MOST = 2, 10  # options of a choice
LONGEST_TEXT = 600  # characters; names come from anybody
LONGEST_LABEL = 60
# Text is Markdown: a person called "[pay here](https://…)" must not become a link.
_PLAIN = str.maketrans({"[": "(", "]": ")", "*": "", "`": "", "<": "‹", ">": "›", "\\": "", "\n": " ", "\r": " "})

SUBMIT: Part = {"type": "submit"}


def plain(text: str) -> str:
    """Of what others wrote, so that it reads as it is in a text."""
    return text.translate(_PLAIN).replace("://", ": //")  # nor the bare address


def cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def text(said: str, style: Style = "paragraph") -> Part:
    """`said` is plain but for the bold words that we made."""
    return {"type": "text", "text": cut(said, LONGEST_TEXT), "style": style}


def header(said: str) -> Part:
    return text(plain(said), "header")


def table(rows: Iterable[tuple[str, str]]) -> list[Part]:
    """Without the rows that say nothing; no table without rows."""
    items = [
        {"type": "field-value", "field": cut(field, LONGEST_LABEL), "value": cut(value, LONGEST_TEXT)}
        for field, value in rows
        if value
    ]
    return [{"type": "data-table", "items": items}] if items else []


def tabs(chosen: str, names: Options) -> Part:
    """There is no component for tabs: this is the only choice that submits by itself."""
    return {"type": "single-select", "id": "tab", "value": chosen, "action": SUBMIT, "options": _options(names)}


def dropdown(id: str, label: str, chosen: str, choices: Options) -> Part:
    return {"type": "dropdown", "id": id, "label": label, "value": chosen, "options": _options(choices)}


def press(id: str, label: str) -> Part:
    return {"type": "button", "id": id, "label": cut(label, LONGEST_LABEL), "style": "secondary", "action": SUBMIT}


def link(id: str, label: str, url: str) -> Part:
    action = {"type": "url", "url": url}
    return {"type": "button", "id": id, "label": cut(label, LONGEST_LABEL), "style": "link", "action": action}


def pick(choices: Sequence[tuple[str, str, str]]) -> Part:
    """A list whose items submit: id, title, subtitle."""
    items = [
        {"type": "item", "id": id, "title": cut(title, LONGEST_LABEL), "subtitle": subtitle, "action": SUBMIT}
        for id, title, subtitle in choices
    ]
    return {"type": "list", "items": items}


def canvas(parts: Sequence[Part], stored: dict[str, str] | None = None) -> Part:
    made: Part = {"content": {"components": list(parts)}}
    if stored:
        made["stored_data"] = {"v": 1, **stored}
    return {"canvas": made}


DIVIDER: Part = {"type": "divider"}


def _options(choices: Options) -> list[Part]:
    if not FEWEST <= len(choices) <= MOST:
        raise ValueError(f"{len(choices)} options; Intercom shows {FEWEST} to {MOST}")
    return [{"type": "option", "id": id, "text": cut(said, LONGEST_LABEL)} for id, said in choices]
