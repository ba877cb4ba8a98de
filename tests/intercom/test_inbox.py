"""The stand-in's other side: it calls us as Intercom does, refuses bad canvases, and shows good ones to a person."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.door import Answer, ask
from tests.intercom import Intercom
from tests.intercom.canvas import NotACanvas, check_canvas

TABS = ("summary", "account", "user", "info")


def widget(tab: str = "summary", profile: str = "trial") -> dict[str, Any]:
    """Shaped like the widget; its header tells what it was asked for."""
    tabs = [{"type": "option", "id": one, "text": one.title()} for one in TABS]
    profiles = [{"type": "option", "id": one, "text": one.title()} for one in ("trial", "paid")]
    return {
        "content": {
            "components": [
                {"type": "single-select", "id": "tab", "value": tab, "action": {"type": "submit"}, "options": tabs},
                {"type": "text", "style": "header", "text": f"{tab} of {profile}"},
                {"type": "text", "text": "**72** <b> [Open](http://127.0.0.1:1/accounts/1)"},
                {"type": "data-table", "items": [{"type": "field-value", "field": "Engagement", "value": "72 (+5)"}]},
                {"type": "divider"},
                {"type": "dropdown", "id": "profile", "label": "Profile", "value": profile, "options": profiles},
                {"type": "button", "id": "apply", "label": "Switch profile", "action": {"type": "submit"}},
            ]
        },
        "stored_data": {"v": 1},
    }


class Ours(ThreadingHTTPServer):
    """Stands where our server stands: remembers what came and answers with the widget that was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.says: dict[str, Any] | None = None


class _Handler(BaseHTTPRequestHandler):
    server: Ours

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append((self.path, {name.lower(): text for name, text in self.headers.items()}, raw))
        inputs = json.loads(raw).get("input_values", {})
        answer = json.dumps(self.server.says or {"canvas": widget(**inputs)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def ours() -> Iterator[Ours]:
    with Ours() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_the_widget_is_asked_with_a_signature_of_the_bytes_that_are_sent(intercom: Intercom, ours: Ours) -> None:
    contact = intercom.workspace.contact("ann@example.com", name="Ann")
    assert intercom.signer.initialize(ours.address, contact).json() == {"canvas": widget()}
    intercom.signer.submit(ours.address, contact, "tab", widget(), {"tab": "user", "profile": "paid"})
    (first, headers, raw), (second, _, other) = ours.came
    assert (first, second) == ("/intercom/initialize", "/intercom/submit")
    expected = hmac.new(intercom.client_secret.encode(), raw, hashlib.sha256).hexdigest()
    assert headers["x-body-signature"] == expected
    assert json.loads(raw)["contact"]["email"] == "ann@example.com"
    told = json.loads(other)
    assert (told["component_id"], told["input_values"]["tab"], told["current_canvas"]) == ("tab", "user", widget())


def test_notifications_are_signed_and_the_uninstall_is_told(intercom: Intercom, ours: Ours) -> None:
    contact = intercom.workspace.contact("ann@example.com")
    item = intercom.workspace.tell_contact(contact)
    intercom.signer.notify(ours.address, "contact.deleted", item, id="notif_1")
    intercom.signer.notify(ours.address, "contact.deleted", item, secret="another")
    intercom.signer.uninstall(ours.address)
    (path, headers, raw), (_, wrong, _), (end, unsigned, gone) = ours.came
    expected = "sha1=" + hmac.new(intercom.client_secret.encode(), raw, hashlib.sha1).hexdigest()
    assert (path, headers["x-hub-signature"]) == ("/intercom/webhooks", expected)
    assert wrong["x-hub-signature"] != expected
    assert (json.loads(raw)["app_id"], json.loads(raw)["id"]) == ("ws1", "notif_1")
    assert (end, json.loads(gone), "x-body-signature" in unsigned) == (
        "/intercom/uninstalled",
        {"app_id": "ws1"},
        False,
    )


def _with(**changes: Any) -> dict[str, Any]:
    """The widget, its last component changed."""
    canvas = widget()
    canvas["content"]["components"][-1] |= changes
    return canvas


@pytest.mark.parametrize(
    ("canvas", "why"),
    [
        ({"content": {"components": [{"type": "dropdown", "id": "p", "options": []}]}}, "2 to 10"),
        (widget(profile="gone"), "which is no choice"),
        (_with(id="tab"), "two components"),
        (_with(label="x" * 70_000), "larger than"),
    ],
)
def test_a_canvas_that_intercom_would_not_show_is_refused(canvas: dict[str, Any], why: str) -> None:
    with pytest.raises(NotACanvas, match=why):
        check_canvas("initialize_response", {"canvas": canvas})


def test_a_canvas_is_held_against_the_description(intercom: Intercom) -> None:
    if not intercom.contract:
        pytest.skip("the description of Canvas Kit is not here: nothing is held against it (set ACCOIL_CONTRACTS)")
    check_canvas("submit_response", {"canvas": widget()})
    with pytest.raises(NotACanvas, match="not a submit_response"):
        check_canvas("submit_response", {"canvas": _with(style="loud")})


def test_a_person_sees_the_widget_and_what_was_kept(intercom: Intercom, ours: Ours) -> None:
    workspace, intercom.widget_at = intercom.workspace, ours.address
    workspace.attribute("contact", "Accoil_Trial_Score", "integer")
    company = workspace.company("acc-1", "Acme <Ltd>")
    contact = workspace.contact("ann@example.com", [company], name="Ann", custom_attributes={"Accoil_Trial_Score": 72})
    page = _text(ask(intercom.address, "GET", f"/inbox?contact={contact.id}", None, {}))
    assert "<h3" in page and "summary of trial" in page
    assert "Accoil_<wbr>Trial_<wbr>Score</th><td>72<" in page and "Acme &lt;Ltd&gt;" in page
    assert '<b>72</b> &lt;b&gt; <a href="http://127.0.0.1:1/accounts/1"' in page


def test_a_person_switches_tab_and_profile(intercom: Intercom, ours: Ours) -> None:
    intercom.widget_at = ours.address
    contact = intercom.workspace.contact("ann@example.com", name="Ann")
    form = {"contact": contact.id, "canvas": json.dumps(widget()), "in:tab": "summary", "in:profile": "paid"}
    assert "user of paid" in _text(_posted(intercom, form | {"use": "tab=user"}))
    assert "summary of paid" in _text(_posted(intercom, form | {"use": "apply"}))


def test_a_person_is_told_when_the_app_is_silent_or_wrong(intercom: Intercom, ours: Ours) -> None:
    contact = intercom.workspace.contact("ann@example.com", name="Ann")
    where = f"/inbox?contact={contact.id}"
    assert "No app is installed" in _text(ask(intercom.address, "GET", where, None, {}))
    intercom.widget_at, ours.says = ours.address, {"canvas": widget(profile="gone")}
    assert "Intercom could not show this" in _text(ask(intercom.address, "GET", where, None, {}))
    intercom.widget_at = "http://127.0.0.1:1"
    assert "did not answer" in _text(ask(intercom.address, "GET", where, None, {}))


def test_an_inbox_without_anybody_says_so(intercom: Intercom) -> None:
    assert "Nobody is here" in _text(ask(intercom.address, "GET", "/inbox", None, {}))


def _posted(intercom: Intercom, form: dict[str, str]) -> Answer:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return ask(intercom.address, "POST", "/inbox", urlencode(form).encode(), kind)


def _text(page: Answer) -> str:
    assert page.status == 200, page
    return page.body.decode()
