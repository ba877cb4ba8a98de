"""A mail server on this machine with a page of the letters that came, the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape

from tests.mailbox import Mailbox, running
from tests.shown import Said, page, serving


@dataclass
class Letters(Mailbox):
    address: str = ""  # of the page


def listed(box: Mailbox) -> str:
    told = []
    for place in range(len(box.letters) - 1, -1, -1):
        letter = box.letters[place]
        told.append(f"<h2>{escape(str(letter['subject']))}</h2><p>To {escape(box.to[place])}</p>")
        told.append(f'<iframe src="/{place}" title="The letter" sandbox="allow-popups"></iframe>')
        told.append(f"<details><summary>As plain text</summary><pre>{escape(box.bodies()[place][0])}</pre></details>")
    return page("Letters (stand-in)", "".join(told) or "<p>No letter came yet.</p>")


@contextmanager
def open_letters(port: int = 0) -> Iterator[Letters]:
    """`port`: of the page; mail comes to `box.port`."""
    box = Letters()

    def answering(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Said:
        number = path.removeprefix("/")
        if number.isdecimal() and int(number) < len(box.letters):
            return 200, "text/html; charset=utf-8", box.bodies()[int(number)][1].encode()
        return 200 if path == "/" else 404, "text/html; charset=utf-8", listed(box).encode()

    with running(box), serving(answering, port) as box.address:
        yield box
