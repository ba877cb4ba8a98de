"""A letter to one member of a team, as plain text and as HTML, with all that mail programs want to know of it."""

import hashlib
from collections.abc import Sequence
from email.utils import parseaddr

import msgspec
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accoil.connect.muted import Link

LONGEST_SUBJECT = 150  # characters


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is linked to `link`, if there is one."""

    name: str = ""
    text: str = ""
    link: str = ""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """`note` stands below the lines, small."""

    title: str = ""
    lines: Sequence[Line] = ()
    note: str = ""


def letter(key: str, to: str, subject: str, parts: Sequence[Part], why: str, stop: Link) -> EmailMultiAlternatives:
    """`key`: the same for the same letter, however often it is tried. `why` somebody gets it, as a sentence."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    headers = {
        "Message-ID": f"<{hashlib.sha256(f'{key} {to}'.encode()).hexdigest()[:40]}@{domain}>",
        "Auto-Submitted": "auto-generated",
    }
    if stop.address:
        headers |= {
            "List-Unsubscribe": f"<{stop.address}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    one_line = " ".join(subject.split())[:LONGEST_SUBJECT]
    made = EmailMultiAlternatives(one_line, _text(parts, why, stop), to=[to], headers=headers)
    made.attach_alternative(_html(one_line, parts, why, stop), "text/html")
    return made


def _text(parts: Sequence[Part], why: str, stop: Link) -> str:
    told: list[str] = []
    for part in parts:
        told += [part.title] if part.title else []
        for line in part.lines:
            told += [": ".join(each for each in (line.name, line.text) if each), *([line.link] if line.link else [])]
        told += [part.note, ""] if part.note else [""]
    end = f"{why} You don't want these any more: {stop.address}" if stop.address else why
    return "\n".join([*told, "-- ", end, ""])


def _html(subject: str, parts: Sequence[Part], why: str, stop: Link) -> SafeString:
    body = format_html_join("", "{}", ((_part(part),) for part in parts))
    leave = format_html(' <a href="{}" style="color:#555">I don’t want these any more</a>', stop.address)
    return format_html(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
        '<title>{}</title></head><body style="font:15px/22px system-ui,sans-serif;max-width:40em;margin:0 auto;'
        'padding:16px">{}<p style="font-size:12px;color:#777;margin-top:32px">{}{}</p></body></html>',
        subject, body, why, leave if stop.address else "",
    )  # fmt: skip


def _part(part: Part) -> SafeString:
    title = format_html('<h2 style="font-size:16px;margin:24px 0 4px">{}</h2>', part.title) if part.title else ""
    told = ((_name(line), " " if line.name and line.text else "", line.text) for line in part.lines)
    lines = format_html_join("", '<p style="margin:4px 0;white-space:pre-line">{}{}{}</p>', told)
    note = format_html('<p style="margin:4px 0;font-size:13px;color:#777">{}</p>', part.note) if part.note else ""
    return format_html("{}{}{}", title, lines, note)


def _name(line: Line) -> SafeString | str:
    if not line.name:
        return ""
    if not line.link:
        return format_html("<b>{}</b>", line.name)
    return format_html('<b><a href="{}">{}</a></b>', line.link, line.name)
