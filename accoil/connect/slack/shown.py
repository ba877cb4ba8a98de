"""A message as Slack would show it, as HTML: for the preview beside the editor."""

import re
from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_LINK = re.compile(r"<([^|<>]+)\|([^<>]*)>")
_MARKS = (
    (re.compile(r"(?<![\w`])`([^`\n]+)`(?![\w`])"), "code"),
    (re.compile(r"(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?![\w*])"), "b"),
    (re.compile(r"(?<![\w_])_(\S(?:[^_\n]*\S)?)_(?![\w_])"), "i"),
    (re.compile(r"(?<![\w~])~(\S(?:[^~\n]*\S)?)~(?![\w~])"), "s"),
)


def shown(blocks: Sequence[dict[str, Any]]) -> list[tuple[str, SafeString]]:
    """For each block: "head", "text" or "note", and what stands in it."""
    return [_shown(each) for each in blocks]


def _shown(block: dict[str, Any]) -> tuple[str, SafeString]:
    match block["type"]:
        case "header":
            return "head", format_html("{}", block["text"]["text"])
        case "context":
            return "note", html(block["elements"][0]["text"])
        case _:
            return "text", html(block["text"]["text"])


def html(text: str) -> SafeString:
    """`text` is as it is sent: all of it is escaped but our own links, so nothing in it can be a tag."""
    found = [*_LINK.finditer(text)]
    told, at = "", 0
    links = []
    for place, each in enumerate(found):
        told += text[at : each.start()] + f"\x00{place}\x00"
        links.append(format_html('<a href="{}">{}</a>', each[1], mark_safe(_quoted(each[2]))))  # noqa: S308
        at = each.end()
    told = _quoted(told + text[at:])
    for pattern, tag in _MARKS:
        told = pattern.sub(rf"<{tag}>\1</{tag}>", told)
    for place, own in enumerate(links):
        told = told.replace(f"\x00{place}\x00", own)
    return mark_safe(told.replace("\n", "<br>"))  # noqa: S308


def _quoted(text: str) -> str:
    """Whatever came unescaped all the same is escaped here."""
    return text.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
