"""A letter to one member of a team, as plain text and as HTML, with all that mail programs want to know of it."""

import hashlib
from collections.abc import Iterator, Sequence
from email.utils import parseaddr

import msgspec
from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from accoil.connect.mail.markup import html
from accoil.connect.mail.parts import Head, Part
from accoil.connect.muted import Link

LONGEST_SUBJECT = 150  # characters


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """`key`: the same for the same letter, however often it is tried. `why` somebody gets it, as a sentence."""

    key: str
    to: str
    subject: str
    parts: Sequence[Part]
    why: str
    stop: Link
    head: Head = Head()

    @property
    def one_line(self) -> str:
        return " ".join(self.subject.split())[:LONGEST_SUBJECT]

    def message(self) -> EmailMultiAlternatives:
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        told = f"{self.key} {self.to}".encode()
        headers = {
            "Message-ID": f"<{hashlib.sha256(told).hexdigest()[:40]}@{domain}>",
            "Auto-Submitted": "auto-generated",
        }
        if self.stop.address:
            headers |= {
                "List-Unsubscribe": f"<{self.stop.address}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            }
        made = EmailMultiAlternatives(self.one_line, self.text(), to=[self.to], headers=headers)
        made.attach_alternative(self.html(), "text/html")
        return made

    def html(self) -> str:
        return html(self.one_line, self.head, self.parts, self.why, self.stop.address)

    def text(self) -> str:
        told: list[str] = [*filter(None, (self.head.title, self.head.note, self.head.news))]
        told += [""] if told else []
        for part in self.parts:
            told += [*_plain(part), ""]
        told += [*([f"Open the feed: {self.head.link}", ""] if self.head.link else [])]
        end = f"{self.why} You don't want these any more: {self.stop.address}" if self.stop.address else self.why
        return "\n".join([*told, "-- ", end, ""])


def _plain(part: Part) -> Iterator[str]:
    if part.title:
        yield f"{part.title.upper()}{f' ({part.total:,})' if part.total else ''}"
    dash = "- " if part.title else ""
    for line in part.lines:
        yield dash + ": ".join(filter(None, (line.name, ", ".join(filter(None, (line.figure, line.text))))))
        if line.why:
            yield f"  {line.why}"
        if line.link:
            yield f"  {line.link}" if dash else line.link
    if part.note:
        yield part.note
