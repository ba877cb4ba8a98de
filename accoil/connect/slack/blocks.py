"""What messages are built of: plain text, in which nothing of what anybody is called can become a mention or a link."""

from typing import Any

SECTION = 3_000  # characters that Slack takes in one block
ALL = 10_000  # of all blocks together
HEADER = 150
LINE = 300  # characters of one of several
Block = dict[str, Any]


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fitting(text: str, most: int) -> str:
    """Escaped, and cut so that it is no longer than that, never within an escaped character."""
    if len(escaped(text)) <= most:
        return escaped(text)
    size = 0
    for place, character in enumerate(text):
        size += len(escaped(character))
        if size > most - 1:
            return escaped(text[:place]) + "…"
    return escaped(text)


def link(label: str, url: str) -> str:
    """Only of addresses of our own."""
    told = fitting(label.replace("|", "¦").replace("\n", " "), 200)
    return f"<{url}|{told}>" if url else told


def header(text: str) -> Block:
    """In large letters: plain text, in which nothing is marked or linked."""
    plain = " ".join(text.split())
    shown = plain if len(plain) <= HEADER else plain[: HEADER - 1] + "…"
    return {"type": "header", "text": {"type": "plain_text", "text": shown, "emoji": False}}


def section(text: str) -> Block:
    return {"type": "section", "text": _shown(text)}


def context(text: str) -> Block:
    """Small and grey."""
    return {"type": "context", "elements": [_shown(text)]}


def _shown(text: str) -> Block:
    """Verbatim: else Slack makes links of addresses and names of channels that stand in it."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}
