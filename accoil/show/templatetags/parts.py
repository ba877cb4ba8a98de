"""The parts as template tags, and the small words as filters. Their markup is in templates/show/parts/."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zlib import crc32

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe

from accoil.show import charts, words
from accoil.show.meanings import MEANINGS

register = template.Library()

register.filter("number", words.number)
register.filter("size", words.size)
register.filter("duration", words.duration)
register.filter("percent", words.percent)
register.filter("money", words.money)
register.filter("event_words", words.event)
register.filter("band_words", words.band)
register.filter("band", charts.band_of)
register.filter("tenure", words.tenure)
register.filter("full_day", words.full_day)
register.filter("short_day", words.short_day)
register.filter("window_words", words.window)
register.filter("this_window", words.this_window)
register.filter("window_before", words.window_before)
register.filter("gain", words.gain)
register.filter("rounded", lambda score: int(score + 0.5))
register.filter("with_code", words.with_code)


@register.filter
def day_words(when: date | None, today: date) -> str:
    return words.day(when, today) if when else "never"


@register.filter
def thousandths(fraction: float) -> int:
    """The width of a bar that is 1000 at most."""
    return round(1000 * min(fraction, 1))


@register.filter
def ago(when: datetime | None) -> str:
    return words.ago(when, timezone.now()) if when else "never"


@register.filter
def counted(n: int, noun: str) -> str:
    """{{ 3|counted:"account" }} → 3 accounts; {{ 3|counted:"person,people" }} → 3 people"""
    one, _comma, many = noun.partition(",")
    return words.count(n, one, many)


@register.filter
def ticked(text: str) -> SafeString:
    """Words between `backticks` as code."""
    parts = re.split(r"`([^`]+)`", text)  # every second one was between them
    marked = [format_html("<code>{}</code>", part) if place % 2 else part for place, part in enumerate(parts)]
    return format_html_join("", "{}", ((part,) for part in marked))


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("accoil/icons.svg"),
        name,
    )


@register.inclusion_tag("show/parts/score.html")
def score(value: int, change: int | None = None, window: int = 7) -> dict[str, Any]:
    return {"score": value, "band": charts.band_of(value), "change": change, "window": window}


@register.simple_block_tag(takes_context=True)
def explained(
    context: template.Context, content: str, key: str, sentence: str = "", link: str = "", go: str = ""
) -> SafeString:
    """A number (or what stands over numbers) that says on click what it means, and with `sentence` what it is made of;
    `link` leads to where that is decided or listed, in the words `go`. Works without script."""
    meaning, shown = MEANINGS[key], mark_safe(content.strip())  # noqa: S308  the template made it, and escaped in it
    plain = " ".join(strip_tags(shown.replace("<", " <")).split())
    values = {
        "id": f"says-{key}-{crc32(f'{plain}|{sentence}|{link}'.encode()):x}",
        "label": f"{plain}: {meaning.name}" if plain != meaning.name else "",
        "content": shown,
        "name": meaning.name,
        "sentence": sentence,
        "means": meaning.in_window(_window(context)),
        "link": link,
        "go": go,
    }
    return render_to_string("show/parts/explained.html", values)


@register.inclusion_tag("show/parts/explains_column.html", takes_context=True)
def explains_column(context: template.Context, key: str, title: str) -> dict[str, str]:
    """The ? beside the head of a column, and what the column means; a click on a number below adds what it is made
    of."""
    meaning = MEANINGS[key]
    return {"key": key, "title": title, "name": meaning.name, "means": meaning.in_window(_window(context))}


def _window(context: template.Context) -> int:
    """Days of the window of the profile looked through; 0 where there is none."""
    frame = context.get("frame")
    return frame.definition.window if frame and frame.profile else 0


@register.inclusion_tag("show/parts/change.html")
def change(points: float, window: int = 7, unit: str = "") -> dict[str, Any]:
    rounded = round(points)
    return {"points": rounded, "size": abs(rounded), "words": words.change_in(rounded, window), "unit": unit}


@register.inclusion_tag("show/parts/change.html")
def percent_change(percent: float) -> dict[str, Any]:
    """A change in percent of what there was."""
    rounded = round(percent)
    told = f"{'up' if rounded > 0 else 'down'} {abs(rounded)} percent"
    return {"points": rounded, "size": abs(rounded), "words": told, "unit": " %"}


@register.inclusion_tag("show/parts/change.html")
def moved(points: float, against: str) -> dict[str, Any]:
    """A change of a rate, in percentage points, against the days before."""
    rounded = round(points, 1)
    size = words.number(abs(rounded))
    told = f"{'up' if rounded > 0 else 'down'} {size} percentage points against {against}"
    return {"points": rounded, "size": size, "words": told, "unit": ""}


@register.inclusion_tag("show/parts/spark.html")
def sparkline(values: Sequence[float | None] | None, kind: str = "score") -> dict[str, Any]:
    """30 days as a line; a "count" fills its own height, a score spans at least 40 points."""
    given = values or []
    drawn = charts.spark_of_scores(given) if kind == "score" else charts.spark_of_counts(given)
    return {"spark": drawn}


@register.inclusion_tag("show/parts/chart.html")
def chart(drawing: charts.Chart) -> dict[str, Any]:
    return {"chart": drawing}


@register.inclusion_tag("show/parts/empty.html")
def empty(sentence: str, picture: str = "people", link: str = "", button: str = "") -> dict[str, Any]:
    return {"sentence": sentence, "picture": picture, "link": link, "button": button}


@register.inclusion_tag("show/parts/snippet.html")
def snippet(code: str, name: str, one_line: bool = False) -> dict[str, Any]:
    return {"code": code, "name": name, "one_line": one_line}


@register.inclusion_tag("show/parts/field.html")
def field(bound: Any, help: str = "") -> dict[str, Any]:
    """A form field with its label, its help and its errors, tied together for screen readers."""
    described = [f"{bound.id_for_label}-help"] if help or bound.help_text else []
    described += [f"{bound.id_for_label}-error"] if bound.errors else []
    extra = {"aria-describedby": " ".join(described)} if described else {}
    if str(bound.field.widget.attrs.get("placeholder", "")).startswith(str(bound.label)):
        extra["placeholder"] = ""  # it would only repeat the label
    if bound.errors:
        extra["aria-invalid"] = "true"
    return {"field": bound, "widget": bound.as_widget(attrs=extra), "help": help or bound.help_text}
