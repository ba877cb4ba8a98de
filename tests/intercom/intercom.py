"""The stand-in: several workspaces behind one address, told apart by their tokens."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from tests.intercom import attributes, companies, contacts, inbox, oauth, tags
from tests.intercom.calls import Answer, Call, Refusal
from tests.intercom.contract import VERSION, contract
from tests.intercom.limits import PER_WINDOW, Limits
from tests.intercom.oauth import Grants
from tests.intercom.routing import Routes
from tests.intercom.signer import Signer
from tests.intercom.stand_in import StandIn
from tests.intercom.workspace import Workspace

routes, pages = Routes(), Routes()


class Intercom(StandIn):
    """`checks`: hold every request against the description (2 ms each; long runs may do without)."""

    def __init__(
        self, clock: Callable[[], float] | None = None, per_window: int = PER_WINDOW, checks: bool = True
    ) -> None:
        super().__init__(clock)
        self.contract = contract() if checks else None
        self.limits = Limits(self.clock, per_window)
        self.client_id, self.client_secret = "stand-in-client", "stand-in-secret"
        self.grants = Grants(self.clock)
        self.signer = Signer(self)
        self.workspaces: dict[str, Workspace] = {}
        self.workspace = self.add_workspace("ws1", "Acme Support")
        self.widget_at = ""  # address of the app that the inbox shows

    def add_workspace(self, id_code: str, name: str, **more: Any) -> Workspace:
        made = self.workspaces[id_code] = Workspace(id_code, name, self.clock, **more)
        return made

    def token(self, workspace: Workspace | None = None) -> str:
        """A new one, as from the Developer Hub."""
        token = f"tok_{secrets.token_hex(12)}"
        (workspace or self.workspace).tokens.add(token)
        return token

    def page(self, call: Call) -> Answer | None:
        """One may ask us, who ask it meanwhile."""
        found = pages.find(call.method, call.path)
        return found[0](self, call, **found[1]) if found else None

    def act(self, call: Call, headers: dict[str, str], refusal: Refusal | None) -> Answer:
        workspace = self._workspace_of(call)
        headers |= self.limits.take()
        if refusal:
            if refusal.status == 429:  # somebody else has used the window up
                headers["X-RateLimit-Remaining"] = "0"
            raise refusal
        if call.headers.get("intercom-version") != VERSION:
            raise Refusal(400, "intercom_version_invalid", f"This stand-in wants Intercom-Version: {VERSION}")
        found = routes.find(call.method, call.path)
        if not found:
            raise Refusal(404, "not_found", "The requested resource was not found")
        if self.contract:
            self.contract.check(call)
        handler, parts = found
        return handler(workspace, call, **parts)

    def _workspace_of(self, call: Call) -> Workspace:
        if not call.token:
            raise Refusal(401, "missing_authorization", "Authorization required")
        for workspace in self.workspaces.values():
            if call.token in workspace.tokens:
                return workspace
        raise Refusal(401, "unauthorized", "Access Token Invalid")


@routes("GET", "/me")
def me(workspace: Workspace, call: Call) -> Answer:
    app = {
        "type": "app", "id_code": workspace.id_code, "name": workspace.name, "region": workspace.region,
        "timezone": "Europe/London", "created_at": 1734537243, "secure": False, "identity_verification": False,
    }  # fmt: skip
    admin = {"type": "admin", "id": "1", "name": "Ada Admin", "email": "ada@acme.example", "email_verified": True}
    return Answer(admin | {"has_inbox_seat": True, "app": app})


routes.add(contacts.routes, companies.routes, attributes.routes, tags.routes)
pages.add(oauth.routes, inbox.routes)
