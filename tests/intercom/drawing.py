"""A canvas as HTML: what a teammate would see, without any script."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any

Component = dict[str, Any]


def drawn(canvas: dict[str, Any]) -> str:
    """The insides of a form. A component that submits by itself is a button called `use`, whose value is its id and,
    where one of several was chosen, that choice: "tab=summary". What else was filled in comes as "in:ID"."""
    return "\n".join(_drawn(component) for component in canvas["content"]["components"])


def _drawn(component: Component) -> str:
    draw = _HOW.get(component["type"])
    return draw(component) if draw else f"<p class=error>({escape(component['type'])} is not drawn here)</p>"


def _text(component: Component) -> str:
    style, tight = component.get("style", "paragraph"), " tight" if component.get("bottom_margin") == "none" else ""
    tag = "h3" if style == "header" else "p"
    return f'<{tag} class="text {style}{tight}">{_markdown(component["text"])}</{tag}>'


def _markdown(text: str) -> str:
    safe = escape(text).replace("\n", "<br>")
    safe = re.sub(r"\*\*?(.+?)\*\*?", r"<b>\1</b>", safe)
    return re.sub(r"\[([^\]]+)\]\((https?://[^)\s]+)\)", r'<a href="\2" target="_blank" rel="noopener">\1</a>', safe)


def _table(component: Component) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(one["field"])}</th>'
        f'<td title="{escape(one["value"])}">{escape(one["value"])}</td></tr>'
        for one in component["items"]
    )
    return f"<table>{rows}</table>"


def _list(component: Component) -> str:
    return "<ul>" + "".join(f"<li>{_item(one)}</li>" for one in component["items"]) + "</ul>"


def _item(item: Component) -> str:
    lines = [f"<b>{escape(item['title'])}</b>"]
    lines += [f"<span>{escape(item[part])}</span>" for part in ("subtitle", "tertiary_text") if item.get(part)]
    return _acting("item", item["id"], "".join(lines), item.get("action"), item.get("disabled", False))


def _button(component: Component) -> str:
    kind, label = f"button {component.get('style', 'primary')}", escape(component["label"])
    return _acting(kind, component["id"], label, component["action"], component.get("disabled", False))


def _acting(kind: str, id: str, inside: str, action: Component | None, disabled: bool) -> str:
    if not action:
        return f'<div class="{kind}">{inside}</div>'
    if action["type"] == "url":
        return f'<a class="{kind}" href="{escape(action["url"])}" target="_blank" rel="noopener">{inside}</a>'
    off = " disabled" if disabled else ""
    return f'<button class="{kind}" name="use" value="{escape(id)}"{off}>{inside}</button>'


def _single_select(component: Component) -> str:
    id, chosen = component["id"], component.get("value", "")
    label = f"<legend>{escape(component['label'])}</legend>" if component.get("label") else ""
    if component.get("action"):
        parts = [
            f'<button name="use" value="{escape(id)}={escape(one["id"])}" '
            f'aria-pressed="{"true" if one["id"] == chosen else "false"}">{escape(one["text"])}</button>'
            for one in component["options"]
        ]
        kept = f'<input type="hidden" name="in:{escape(id)}" value="{escape(chosen)}">'
        return f'<fieldset class="tabs">{label}{kept}{"".join(parts)}</fieldset>'
    parts = [
        f'<label><input type="radio" name="in:{escape(id)}" value="{escape(one["id"])}"'
        f"{' checked' if one['id'] == chosen else ''}> {escape(one['text'])}</label>"
        for one in component["options"]
    ]
    return f"<fieldset>{label}{''.join(parts)}</fieldset>"


def _dropdown(component: Component) -> str:
    options = "".join(
        f'<option value="{escape(one["id"])}"{" selected" if one["id"] == component.get("value") else ""}>'
        f"{escape(one['text'])}</option>"
        for one in component["options"]
    )
    label = escape(component.get("label", component["id"]))
    return f'<label>{label} <select name="in:{escape(component["id"])}">{options}</select></label>'


def _input(component: Component) -> str:
    label, value = escape(component.get("label", component["id"])), escape(component.get("value", ""))
    return f'<label>{label} <input name="in:{escape(component["id"])}" value="{value}"></label>'


_HOW: dict[str, Callable[[Component], str]] = {
    "text": _text, "data-table": _table, "list": _list, "button": _button, "single-select": _single_select,
    "dropdown": _dropdown, "input": _input, "textarea": _input, "divider": lambda _: "<hr>",
    "spacer": lambda _: '<div class="spacer"></div>',
}  # fmt: skip
