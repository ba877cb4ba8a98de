"""Calls us as Intercom does: the widget, notifications, the uninstall; signed with the app's secret."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from typing import TYPE_CHECKING, Any

from tests.door import Answer, ask
from tests.intercom.canvas import check_canvas, check_request
from tests.intercom.records import Contact
from tests.intercom.workspace import Workspace

if TYPE_CHECKING:
    from tests.intercom.intercom import Intercom

ADMIN = {"type": "admin", "id": "1", "name": "Ada Admin", "email": "ada@acme.example"}


class Signer:
    """Every method posts to `address`, that of our server. `secret`: another than the app's, to be refused."""

    def __init__(self, intercom: Intercom) -> None:
        self._intercom = intercom
        self.admin = dict(ADMIN)  # the teammate who sits in the inbox

    def initialize(
        self, address: str, contact: Contact | dict[str, Any], *, workspace: Workspace | None = None,
        admin: dict[str, Any] | None = None, secret: str | None = None,
    ) -> Answer:  # fmt: skip
        """A teammate opens a conversation with this person. The canvas that comes back is checked."""
        body = self._about(contact, workspace, admin) | {"card_creation_options": {}}
        check_request("initialize_request", body)
        answer = self._post(address, "/intercom/initialize", body, secret)
        if answer.status == 200:
            check_canvas("initialize_response", answer.json())
        return answer

    def submit(
        self, address: str, contact: Contact | dict[str, Any], component: str, canvas: dict[str, Any],
        inputs: dict[str, Any] | None = None, *, workspace: Workspace | None = None,
        admin: dict[str, Any] | None = None, secret: str | None = None, nested: bool = False,
    ) -> Answer:  # fmt: skip
        """A teammate uses a component of `canvas`, the one that was shown. `nested`: as the description has
        `current_canvas`, a level deeper than Intercom's own examples."""
        told = self._about(contact, workspace, admin)
        body = told | {"component_id": component, "input_values": inputs or {}, "user": told["contact"]}
        check_request("submit_request", body | {"current_canvas": {"current_canvas": canvas}})
        body["current_canvas"] = {"current_canvas": canvas} if nested else canvas
        answer = self._post(address, "/intercom/submit", body, secret)
        if answer.status == 200:
            check_canvas("submit_response", answer.json())
        return answer

    def notify(
        self, address: str, topic: str, item: dict[str, Any], *, workspace: Workspace | None = None,
        id: str | None = None, attempts: int = 1, secret: str | None = None,
    ) -> Answer:  # fmt: skip
        """A webhook. The same `id` again is the same notification again."""
        now = int(self._intercom.clock())
        body = {
            "type": "notification_event", "app_id": self._of(workspace).id_code, "id": id or f"notif_{uuid.uuid4()}",
            "topic": topic, "data": {"type": "notification_event_data", "item": item}, "delivery_status": None,
            "delivery_attempts": attempts, "first_sent_at": now, "created_at": now,
        }  # fmt: skip
        raw = json.dumps(body).encode()
        signature = hmac.new(self._secret(secret), raw, hashlib.sha1).hexdigest()
        return self._send(address, "/intercom/webhooks", raw, {"X-Hub-Signature": f"sha1={signature}"})

    def uninstall(self, address: str, *, workspace: Workspace | None = None, signed: bool = False) -> Answer:
        """Whether Intercom signs this one is not known."""
        raw = json.dumps({"app_id": self._of(workspace).id_code}).encode()
        headers = {"X-Body-Signature": self.signature(raw)} if signed else {}
        return self._send(address, "/intercom/uninstalled", raw, headers)

    def signature(self, raw: bytes, secret: str | None = None) -> str:
        return hmac.new(self._secret(secret), raw, hashlib.sha256).hexdigest()

    def _about(
        self, contact: Contact | dict[str, Any], of: Workspace | None, admin: dict[str, Any] | None
    ) -> dict[str, Any]:
        workspace = self._of(of)
        told = contact if isinstance(contact, dict) else workspace.tell_contact(contact)
        return {
            "workspace_id": workspace.id_code, "workspace_region": workspace.region, "admin": admin or self.admin,
            "context": {"conversation_id": 1, "location": "conversation", "locale": "en"},
            "conversation": {"type": "conversation", "id": "1"}, "contact": told,
        }  # fmt: skip

    def _post(self, address: str, path: str, body: dict[str, Any], secret: str | None) -> Answer:
        raw = json.dumps(body).encode()
        return self._send(address, path, raw, {"X-Body-Signature": self.signature(raw, secret)})

    def _send(self, address: str, path: str, raw: bytes, headers: dict[str, str]) -> Answer:
        return ask(address, "POST", path, raw, {"Content-Type": "application/json", **headers})

    def _of(self, workspace: Workspace | None) -> Workspace:
        return workspace or self._intercom.workspace

    def _secret(self, other: str | None) -> bytes:
        return (other if other is not None else self._intercom.client_secret).encode()
