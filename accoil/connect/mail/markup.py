"""A letter as HTML. Mail programs know little of it: tables hold columns, and each element brings its own style; those
that know of dark grounds read the few rules in the head."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from accoil.connect.mail.parts import Head, Line, Part

GREY, INK, ACCENT = "#5b6070", "#1d2230", "#4338ca"
_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_RULES = """:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){.page{background:#14161d!important}.sheet{background:#1c1f29!important}
.ink{color:#e9ebf2!important}.grey{color:#a3a8b8!important}.link{color:#a5b0ff!important}
.edge{border-color:#343948!important}.rise{color:#5fd0a5!important}.fall{color:#ff9b7d!important}
.button{background:#a5b0ff!important;color:#14161d!important}}
@media (max-width:480px){.sheet{padding:20px 16px!important}.page{padding:0!important}}"""


_NOTE = '<p class="grey" style="margin:8px 0 0;font-size:13px;line-height:18px;color:{}">{}</p>'


def html(subject: str, head: Head, parts: Sequence[Part], why: str, stop: str) -> SafeString:
    """`stop`: the address where one says that one wants no more of these, or ""."""
    body = format_html_join("", "{}", ((_part(part),) for part in parts))
    leave = format_html(' <a class="link" href="{}" style="color:{}">I don’t want these any more</a>', stop, GREY)
    return format_html(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark"><title>{}</title><style>{}</style></head>'
        '<body class="page" style="margin:0;padding:24px 12px;background:#f2f3f7;{};font-size:15px;line-height:22px">'
        '<div class="sheet ink" style="max-width:560px;margin:0 auto;padding:28px 32px;border-radius:8px;'
        'background:#fff;color:{}">{}{}{}<p class="grey edge" style="margin:32px 0 0;padding-top:16px;'
        'border-top:1px solid #e2e4ec;font-size:12px;line-height:18px;color:{}">{}{}</p></div></body></html>',
        subject, mark_safe(_RULES), mark_safe(_FONT), INK, _head(head), body, _open(head), GREY, why,  # noqa: S308
        leave if stop else "",
    )  # fmt: skip


def _head(head: Head) -> SafeString | str:
    if not head.title:
        return ""
    news = format_html(
        '<p style="margin:16px 0 0;font-size:17px;line-height:25px;font-weight:600">{}</p>', head.news
    ) if head.news else ""  # fmt: skip
    return format_html(
        '<h1 style="margin:0;font-size:22px;line-height:30px">{}</h1>'
        '<p class="grey" style="margin:2px 0 0;font-size:13px;line-height:18px;color:{}">{}</p>{}',
        head.title, GREY, head.note, news,
    )  # fmt: skip


def _open(head: Head) -> SafeString | str:
    if not head.link:
        return ""
    return format_html(
        '<p style="margin:28px 0 0"><a class="button" href="{}" style="display:inline-block;padding:9px 16px;'
        'border-radius:6px;background:{};color:#fff;font-weight:600;text-decoration:none">Open the feed</a></p>',
        head.link, ACCENT,
    )  # fmt: skip


def _part(part: Part) -> SafeString:
    total = format_html(
        ' <span class="grey" style="font-weight:400;color:{}">{}</span>', GREY, f"{part.total:,}"
    ) if part.total else ""  # fmt: skip
    title = (
        format_html('<h2 style="font-size:15px;line-height:22px;margin:28px 0 4px">{}{}</h2>', part.title, total)
        if part.title
        else ""
    )
    rows = format_html_join("", "{}", ((_row(line) if part.title else _paragraph(line),) for line in part.lines))
    if part.title:
        rows = format_html(
            '<table role="presentation" cellpadding="0" cellspacing="0" width="100%" '
            'style="border-collapse:collapse">{}</table>',
            rows,
        )
    said = _linked(part.note, part.link) if part.link else part.note
    note = format_html(_NOTE, GREY, said) if part.note else ""
    return format_html("{}{}{}", title, rows, note)


def _row(line: Line) -> SafeString:
    small = format_html_join(
        "",
        '<br><span class="grey" style="font-size:13px;line-height:18px;color:{}">{}</span>',
        ((GREY, each) for each in (line.why, line.text) if each),
    )
    return format_html(
        '<tr><td class="edge" style="padding:8px 12px 8px 0;border-top:1px solid #e2e4ec;vertical-align:top">{}{}</td>'
        '<td class="edge{}" style="padding:8px 0;border-top:1px solid #e2e4ec;vertical-align:top;text-align:right;'
        'white-space:nowrap;font-variant-numeric:tabular-nums{}">{}</td></tr>',
        _name(line), small, *_way(line.figure), line.figure,
    )  # fmt: skip


def _way(figure: str) -> tuple[str, str]:
    """Class and colour of what rose or fell: the arrow says it as well."""
    if "▲" in figure:
        return " rise", ";color:#0a7a55"
    return (" fall", ";color:#b3401a") if "▼" in figure else ("", "")


def _paragraph(line: Line) -> SafeString:
    between = " " if line.name and line.text else ""
    return format_html('<p style="margin:4px 0;white-space:pre-line">{}{}{}</p>', _name(line), between, line.text)


def _name(line: Line) -> SafeString | str:
    if not line.name:
        return ""
    if not line.link:
        return format_html("<b>{}</b>", line.name)
    return format_html("<b>{}</b>", _linked(line.name, line.link))


def _linked(text: str, url: str) -> SafeString:
    return format_html('<a class="link" style="color:{}" href="{}">{}</a>', ACCENT, url, text)
