"""An inbox to look at: conversations on the left, and on the right the widget as its canvas draws it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.door import Answer as Heard
from tests.intercom.calls import Answer, Call, Refusal
from tests.intercom.canvas import NotACanvas
from tests.intercom.drawing import drawn
from tests.intercom.records import Company, Contact
from tests.intercom.routing import Routes

if TYPE_CHECKING:
    from tests.intercom.intercom import Intercom
    from tests.intercom.workspace import Workspace

SHOWN = 100  # conversations
STYLE = (Path(__file__).parent / "inbox.css").read_text()

routes = Routes()


@routes("GET", "/")
def start(intercom: Intercom, call: Call) -> Answer:
    return Answer("", 302, {"Location": "/inbox"})


@routes("GET", "/inbox")
def opened(intercom: Intercom, call: Call) -> Answer:
    contact = _contact(intercom, call.query)
    if not contact:
        return _page(intercom, None, call.query, "<p>Nobody is here. People appear as soon as they are made.</p>")
    signer = intercom.signer
    return _page(intercom, contact, call.query, _shown(intercom, contact, lambda at: signer.initialize(at, contact)))


@routes("POST", "/inbox")
def used(intercom: Intercom, call: Call) -> Answer:
    """A component of the widget was used: its new canvas in place of the old."""
    form = call.body or {}
    contact = _contact(intercom, form)
    if not contact:
        raise Refusal(404, "not_found", "User Not Found")
    component, _, choice = form.get("use", "").partition("=")
    inputs = {name.removeprefix("in:"): text for name, text in form.items() if name.startswith("in:")}
    if choice:
        inputs[component] = choice
    canvas, signer = json.loads(form["canvas"]), intercom.signer
    widget = _shown(intercom, contact, lambda at: signer.submit(at, contact, component, canvas, inputs))
    return _page(intercom, contact, form, widget)


def _contact(intercom: Intercom, given: dict[str, str]) -> Contact | None:
    """The one that was asked for, else the first there is."""
    with intercom.lock:
        first = next(iter(_conversations(intercom.workspace, given.get("q", ""))), None)
        return intercom.workspace.contacts.get(given.get("contact", "")) or first


def _conversations(workspace: Workspace, words: str) -> list[Contact]:
    """Of those that are there and whose name or address has the words, the first: who was seen last comes first."""
    words = words.lower()
    there = (one for one in workspace.contacts.values() if not one.gone)
    asked = [one for one in there if words in f"{one.name or ''} {one.email}".lower()]
    return sorted(asked, key=lambda one: -(one.last_seen_at or 0))[:SHOWN]


def _shown(intercom: Intercom, contact: Contact, ask: Callable[[str], Heard]) -> str:
    if not intercom.widget_at:
        return "<p>No app is installed in this workspace.</p>"
    try:
        heard = ask(intercom.widget_at)
        if heard.status != 200:
            return f'<p class="error">The app answered {heard.status}.</p>'
        return _form(heard.json()["canvas"], contact)
    except (OSError, ValueError) as fault:
        return f'<p class="error">The app did not answer: {escape(str(fault))}</p>'
    except NotACanvas as fault:
        return f'<p class="error">Intercom could not show this: {escape(str(fault))}</p>'


def _form(canvas: dict[str, Any], contact: Contact) -> str:
    kept = f'<input type="hidden" name="contact" value="{escape(contact.id)}">'
    kept += f'<input type="hidden" name="canvas" value="{escape(json.dumps(canvas))}">'
    return f'<form method="post" action="/inbox" aria-label="Accoil">{kept}{drawn(canvas)}</form>'


def _page(intercom: Intercom, contact: Contact | None, asked: dict[str, str], widget: str) -> Answer:
    with intercom.lock:
        return Answer(_written(intercom.workspace, contact, asked.get("q", ""), widget))


def _written(workspace: Workspace, contact: Contact | None, words: str, widget: str) -> str:
    there = "".join(
        f'<a href="/inbox?contact={one.id}&amp;q={quote(words)}"{" aria-current=page" if one is contact else ""}>'
        f"{escape(one.name or one.email or one.id)}<span>{escape(one.email)}</span></a>"
        for one in _conversations(workspace, words)
    )
    name = escape((contact and (contact.name or contact.email)) or "Nobody")
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{name} · {escape(workspace.name)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head><body>
<nav aria-label="Conversations"><p><b>{escape(workspace.name)}</b>
<span class="muted">{len(workspace.contacts):,} people, {len(workspace.companies):,} companies</span></p>
<form><input name="q" type="search" aria-label="Search people" placeholder="Search people" value="{escape(words)}">
</form>
{there}</nav><main><h1>{name}</h1>
<p class="said">Hi! Could you help me with the report from last week?</p>
{_details(workspace, contact) if contact else ""}</main>
<aside aria-label="Apps"><h2>Accoil</h2><div class="card">{widget}</div></aside></body></html>"""


def _details(workspace: Workspace, contact: Contact) -> str:
    """What the workspace keeps of the person, and of the companies."""
    parts = [_kept("Person", workspace, "contact", contact)]
    for company in (workspace.companies[one] for one in contact.companies if one in workspace.companies):
        parts.append(_kept(company.name or company.company_id, workspace, "company", company))
    return "".join(parts)


def _kept(title: str, workspace: Workspace, model: str, record: Contact | Company) -> str:
    dates = {one.name for one in workspace.attributes.values() if one.data_type == "date"}
    values = sorted(workspace.shown(model, record).items())
    tags = "".join(f'<span class="tag">{escape(tag)}</span>' for tag in workspace.tagged(record))
    rows = _rows((name, _day(value) if name in dates else str(value)) for name, value in values)
    return f"<h2>{escape(title)}</h2>{tags}{rows or '<p class=muted>No attributes yet.</p>'}"


def _day(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%-d %b %Y, %H:%M} UTC"


def _rows(pairs: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f'<tr><th scope="row">{_breakable(a)}</th><td>{escape(b)}</td></tr>' for a, b in pairs)
    return f"<table>{rows}</table>" if rows else ""


def _breakable(name: str) -> str:
    return escape(name).replace("_", "_<wbr>")
