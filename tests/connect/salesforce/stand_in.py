"""A stand-in for Salesforce, made from its public documentation: organisations told apart by their tokens, with
contacts, accounts and fields that an admin makes. HTTP and faults are those of the stand-in for Intercom."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.connect.salesforce.pages import allowed, asked, shown
from tests.intercom.calls import Answer, Call, Refusal
from tests.intercom.routing import Routes
from tests.intercom.server import running as running
from tests.intercom.stand_in import StandIn

CLIENT, SECRET = "stand-in-key", "stand-in-secret"
MOST = 200
DATA = "/services/data/v66.0"
PREFIX = {"Contact": "003", "Account": "001"}
CODES = {429: "REQUEST_LIMIT_EXCEEDED", 403: "REQUEST_LIMIT_EXCEEDED", 503: "SERVER_UNAVAILABLE"}
WHERE = re.compile(r"SELECT Id, (\w+) FROM (\w+) WHERE (\w+) IN \((.*)\)", re.DOTALL)
TEXT = re.compile(r"'((?:[^'\\]|\\.)*)'(?:, )?", re.DOTALL)

routes, pages = Routes(), Routes()


class Refused(Refusal):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, code, message)

    def answer(self) -> Answer:
        return Answer([{"errorCode": self.code, "message": self.message}], self.status, self.headers)


@dataclass
class Field:
    name: str
    type: str = "double"
    label: str = ""
    length: int = 255
    updateable: bool = True
    values: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        options = [{"label": each, "value": each.lower()} for each in self.values]
        return {"name": self.name, "label": self.label or self.name, "type": self.type, "length": self.length,
                "updateable": self.updateable, "picklistValues": options}  # fmt: skip


@dataclass
class Record:
    object: str
    id: str
    values: dict[str, Any]


class Org:
    """`locked`: how often each record is still being changed by somebody else. `page`: rows of a query at once."""

    def __init__(self, number: int) -> None:
        self.id = f"00D{number:015}"
        self.fields: dict[str, dict[str, Field]] = {object: {} for object in PREFIX}
        self.add_field("Contact", "Email", "email")
        self.add_field("Account", "Name", "string")
        self.records: dict[str, Record] = {}
        self.writes: list[tuple[str, dict[str, Any]]] = []
        self.locked: dict[str, int] = {}
        self.refuses: set[str] = set()
        self.page = 2000
        self._left: dict[str, list[dict[str, Any]]] = {}

    def add_field(self, object: str, name: str, type: str = "double", **more: Any) -> Field:
        made = self.fields[object][name] = Field(name, type, **more)
        return made

    def contact(self, email: str, account: Record | None = None, **more: Any) -> Record:
        return self._made("Contact", {"Email": email, "AccountId": account.id if account else None, **more})

    def account(self, name: str, **more: Any) -> Record:
        return self._made("Account", {"Name": name, **more})

    def _made(self, object: str, values: dict[str, Any]) -> Record:
        made = Record(object, f"{PREFIX[object]}{len(self.records) + 1:015}", values)
        self.records[made.id] = made
        return made

    def query(self, soql: str) -> dict[str, Any]:
        found = WHERE.fullmatch(soql)
        if not found:
            raise Refused(400, "MALFORMED_QUERY", f"unexpected token: {soql[:80]}")
        told, object, by, listed = found.groups()
        if TEXT.sub("", listed):
            raise Refused(400, "MALFORMED_QUERY", "unexpected token in the list")
        for name in {told, by} - {"Id", "AccountId"}:
            if name not in self.fields[object]:
                raise Refused(400, "INVALID_FIELD", f"No such column '{name}' on entity '{object}'")
        if by != "Id" and self.fields[object][by].type not in ("string", "email"):
            raise Refused(400, "INVALID_FIELD", f"field '{by}' can not be filtered in a query call")
        asked = {re.sub(r"\\(.)", r"\1", text).lower() for text in TEXT.findall(listed)}
        rows = [
            {"Id": each.id, told: each.values.get(told)}
            for each in self.records.values()
            if each.object == object and str(each.id if by == "Id" else each.values.get(by)).lower() in asked
        ]
        return self.rest(rows)

    def rest(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        if len(rows) <= self.page:
            return {"totalSize": len(rows), "done": True, "records": rows}
        key = secrets.token_hex(4)
        self._left[key] = rows[self.page :]
        return {"done": False, "nextRecordsUrl": f"{DATA}/query/{key}", "records": rows[: self.page]}

    def more(self, key: str) -> dict[str, Any]:
        return self.rest(self._left.pop(key))

    def change(self, object: str, id: str, values: dict[str, Any]) -> tuple[str, str, list[str]] | None:
        """What is wrong: code, message and fields."""
        record = self.records.get(id)
        if not record or record.object != object:
            return "ENTITY_IS_DELETED", "entity is deleted", []
        if self.locked.get(id, 0) > 0:
            self.locked[id] -= 1
            return "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", []
        if id in self.refuses:
            return "FIELD_CUSTOM_VALIDATION_EXCEPTION", "A rule of ours says no", ["Email"]
        for name, value in values.items():
            known = self.fields[object].get(name)
            if not known or not known.updateable:
                return "INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields", [name]
            if known.type == "double" and not isinstance(value, int | float | None):
                return "INVALID_TYPE_ON_FIELD_IN_RECORD", "value not of required type", [name]
            if known.type == "string" and value is not None and len(value) > known.length:
                return "STRING_TOO_LONG", "data value too large", [name]
        self.writes.append((id, values))
        record.values |= {name: float(value) if isinstance(value, int) else value for name, value in values.items()}
        return None


class Salesforce(StandIn):
    """`used` of `of` calls of the day are told in every answer."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.orgs = [Org(1)]
        self.org = self.orgs[0]
        self.tokens: dict[str, Org] = {}
        self.refreshes: dict[str, Org] = {}
        self.codes: dict[str, tuple[Org, str]] = {}  # code → organisation, challenge
        self.used, self.of, self.rotates, self.may = 0, 100_000, False, True

    def add_org(self) -> Org:
        self.orgs.append(made := Org(len(self.orgs) + 1))
        return made

    def code(self, verifier: str, org: Org | None = None) -> str:
        """As of somebody who has just allowed it."""
        digest = hashlib.sha256(verifier.encode()).digest()
        code = secrets.token_hex(8)
        self.codes[code] = (org or self.org, base64.urlsafe_b64encode(digest).rstrip(b"=").decode())
        return code

    def act(self, call: Call, headers: dict[str, str], refusal: Refusal | None) -> Answer:
        try:
            return self._act(call, refusal)
        finally:
            if not call.path.startswith("/services/oauth2"):
                headers |= {"Sforce-Limit-Info": f"api-usage={self.used}/{self.of}"}

    def _act(self, call: Call, refusal: Refusal | None) -> Answer:
        if refusal:
            raise Refused(refusal.status, CODES.get(refusal.status, refusal.code), refusal.message)
        if page := pages.find(call.method, call.path):
            return page[0](self, call, **page[1])
        org = self.tokens.get(call.token)
        if not org:
            raise Refused(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if not self.may:
            raise Refused(403, "API_DISABLED_FOR_ORG", "API is not enabled for this user")
        self.used += 1
        found = routes.find(call.method, call.path)
        if not found:
            raise Refused(404, "NOT_FOUND", "The requested resource does not exist")
        return found[0](org, call, **found[1])


@routes("GET", f"{DATA}/sobjects/{{object}}/describe")
def described(org: Org, call: Call, object: str) -> Answer:
    return Answer({"name": object, "fields": [each.told() for each in org.fields[object].values()]})


@routes("GET", f"{DATA}/query")
def queried(org: Org, call: Call) -> Answer:
    return Answer(org.query(call.query["q"]))


@routes("GET", f"{DATA}/query/{{key}}")
def queried_on(org: Org, call: Call, key: str) -> Answer:
    return Answer(org.more(key))


@routes("PATCH", f"{DATA}/composite/sobjects")
def collected(org: Org, call: Call) -> Answer:
    body = call.fields("allOrNone", "records")
    records = body["records"]
    assert body["allOrNone"] is False and 1 <= len(records) <= MOST
    assert len({each["id"] for each in records}) == len(records) and len({str(e["attributes"]) for e in records}) == 1
    told = []
    for each in records:
        values = {name: value for name, value in each.items() if name not in ("id", "attributes")}
        assert values
        wrong = org.change(each["attributes"]["type"], each["id"], values)
        errors = [{"statusCode": wrong[0], "message": wrong[1], "fields": wrong[2]}] if wrong else []
        told.append({"id": each["id"], "success": not wrong, "errors": errors})
    return Answer(told)


@routes("GET", f"{DATA}/sobjects/{{object}}/{{id}}")
def read(org: Org, call: Call, object: str, id: str) -> Answer:
    if id not in org.records:
        raise Refused(404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible")
    return Answer({name: org.records[id].values.get(name) for name in call.query["fields"].split(",")})


@routes("PATCH", f"{DATA}/sobjects/{{object}}/{{id}}")
def changed(org: Org, call: Call, object: str, id: str) -> Answer:
    if wrong := org.change(object, id, call.body):
        raise Refused(404 if wrong[0] == "ENTITY_IS_DELETED" else 400, wrong[0], wrong[1])
    return Answer("", 204)


pages("GET", "/")(shown)
pages("GET", "/services/oauth2/authorize")(asked)
pages("POST", "/oauth/allow")(allowed)


@pages("POST", "/services/oauth2/token")
def told_a_token(salesforce: Salesforce, call: Call) -> Answer:
    form = call.body
    if call.query or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
        return Answer({"error": "invalid_client", "error_description": "invalid client credentials"}, 400)
    refresh = form.get("refresh_token", "")
    if form["grant_type"] == "refresh_token":
        org = salesforce.refreshes.get(refresh)
        if org and salesforce.rotates:
            del salesforce.refreshes[refresh]
            refresh = secrets.token_hex(16)
    else:
        org, challenge = salesforce.codes.pop(form["code"], (None, ""))
        digest = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        org = org if digest == challenge and form["redirect_uri"].startswith("http") else None
        refresh = secrets.token_hex(16)
    if not org:
        return Answer({"error": "invalid_grant", "error_description": "expired access/refresh token"}, 400)
    salesforce.refreshes[refresh] = org
    salesforce.tokens[token := f"00D!{secrets.token_hex(12)}"] = org
    told = {"access_token": token, "instance_url": salesforce.address, "token_type": "Bearer",
            "id": f"https://login.salesforce.com/id/{org.id}/005000000000001"}  # fmt: skip
    is_new = form["grant_type"] != "refresh_token" or salesforce.rotates
    return Answer(told | ({"refresh_token": refresh} if is_new else {}))


@pages("POST", "/services/oauth2/revoke")
def revoked(salesforce: Salesforce, call: Call) -> Answer:
    org = salesforce.refreshes.pop(call.body["token"], None)
    salesforce.tokens = {token: of for token, of in salesforce.tokens.items() if of is not org}
    return Answer("", 200)
