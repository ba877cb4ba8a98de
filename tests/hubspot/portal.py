"""One account: its contacts, companies, properties and lists, and every write that was made to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.intercom.calls import Answer, Refusal

KINDS = {"contacts": "0-1", "companies": "0-2"}
BUILT_IN = {
    "contacts": ("email", "firstname", "hs_additional_emails", "lifecyclestage"),
    "companies": ("name", "domain", "city"),
}
MOST_PROPERTIES, MOST_UNIQUE = 1000, 10
CATEGORIES = {400: "VALIDATION_ERROR", 401: "INVALID_AUTHENTICATION", 403: "MISSING_SCOPES", 404: "OBJECT_NOT_FOUND",
              409: "CONFLICT", 429: "RATE_LIMITS"}  # fmt: skip


class Refused(Refusal):
    """As HubSpot says no."""

    def __init__(self, status: int, message: str, category: str = "", **headers: str) -> None:
        super().__init__(status, category or CATEGORIES.get(status, "INTERNAL_ERROR"), message, None, **headers)

    def answer(self) -> Answer:
        body = {"status": "error", "message": self.message, "correlationId": "c0ffee", "category": self.code}
        return Answer(body, self.status, self.headers)


@dataclass
class Record:
    id: str
    properties: dict[str, str]
    companies: dict[str, bool] = field(default_factory=dict)  # of a contact: company → whether it is the primary one
    merged_into: str = ""

    def told(self, names: list[str]) -> dict[str, Any]:
        return {"id": self.id, "properties": {name: self.properties.get(name) for name in names}, "archived": False}


@dataclass
class Property:
    name: str
    label: str
    group: str
    type: str
    unique: bool = False
    archived: bool = False
    used: bool = False  # by a workflow, so that it cannot be archived
    options: list[dict[str, str]] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        return {"name": self.name, "label": self.label, "groupName": self.group, "type": self.type,
                "hasUniqueValue": self.unique, "archived": self.archived, "options": self.options}  # fmt: skip


@dataclass
class List:
    id: str
    name: str
    kind: str
    processing: str
    members: set[str] = field(default_factory=set)
    branch: dict[str, Any] | None = None  # of an active one

    def properties(self) -> set[str]:
        return {each["property"] for each in self._filters()}

    def holds(self, properties: dict[str, str]) -> bool:
        """Of an active one, whether a record is in it: in one of its branches, each of one filter here."""
        return any(self._fits(each, properties.get(each["property"], "")) for each in self._filters())

    def _filters(self) -> list[dict[str, Any]]:
        branches = self.branch["filterBranches"] if self.branch else []
        assert all(each["filterBranchType"] == "AND" and len(each["filters"]) == 1 for each in branches)
        return [each["filters"][0] for each in branches]

    def _fits(self, asked: dict[str, Any], value: str) -> bool:
        operation = asked["operation"]
        assert (asked["filterType"], operation["operationType"]) == ("PROPERTY", "MULTISTRING")
        (text,) = (each.lower() for each in operation["values"])
        value = value.lower()
        return {"IS_EQUAL_TO": value == text, "CONTAINS": text in value, "STARTS_WITH": value.startswith(text),
                "ENDS_WITH": value.endswith(text)}[operation["operator"]]  # fmt: skip

    def told(self) -> dict[str, Any]:
        return {
            "listId": self.id,
            "name": self.name,
            "objectTypeId": KINDS[self.kind],
            "processingType": self.processing,
        }


@dataclass(frozen=True)
class Write:
    """Something that was accepted. `changed` is False when it left everything as it was."""

    kind: str
    id: str
    values: dict[str, str]
    changed: bool


class Portal:
    """Made, read and changed by tests directly; through HTTP by routes. `tells_each`: of a batch with a bad row others
    are written, and it is told what is wrong with it (207); else all of the batch is refused. `restores`: properties
    come out of the archive."""

    def __init__(self, id: int, clock: Callable[[], float]) -> None:
        self.id, self.clock, self.tells_each, self.restores = id, clock, False, True
        self.records: dict[str, dict[str, Record]] = {kind: {} for kind in KINDS}
        self.properties: dict[str, dict[str, Property]] = {
            kind: {name: Property(name, name.capitalize(), "info", "string") for name in names}
            for kind, names in BUILT_IN.items()
        }
        self.properties["contacts"]["email"].unique = True
        self.groups: dict[str, set[str]] = {kind: {"info"} for kind in KINDS}
        self.lists: dict[str, List] = {}
        self.writes: list[Write] = []
        self.most_properties = MOST_PROPERTIES
        self.locked: set[str] = set()  # records whose values a rule of the account does not let change
        self._last = 100

    def contact(self, email: str, companies: list[Record] | None = None, **more: str) -> Record:
        """The first of its companies is the primary one."""
        made = self._made("contacts", {"email": email, **more})
        made.companies = {company.id: place == 0 for place, company in enumerate(companies or [])}
        return made

    def company(self, name: str, domain: str = "", **more: str) -> Record:
        return self._made("companies", {"name": name, "domain": domain, **more})

    def property(self, kind: str, name: str, type: str = "string", **more: Any) -> Property:
        made = self.properties[kind][name] = Property(name, more.pop("label", name), "info", type, **more)
        return made

    def merge(self, kind: str, gone: Record, into: Record) -> None:
        gone.merged_into = into.id

    def in_use(self, kind: str) -> dict[str, Property]:
        """Those of the portal's own making."""
        return {
            name: one for name, one in self.properties[kind].items() if not one.archived and name not in BUILT_IN[kind]
        }

    def find(self, kind: str, id: str) -> Record | None:
        found = self.records[kind].get(id)
        return self.find(kind, found.merged_into) if found and found.merged_into else found

    def by(self, kind: str, name: str, value: str) -> Record | None:
        """The one with a unique value, or an e-mail address that is one of its further ones."""
        for each in self.records[kind].values():
            own = [each.properties.get(name, "")]
            own += each.properties.get("hs_additional_emails", "").split(";") if name == "email" else []
            if value.lower() in [one.lower() for one in own if one] and not each.merged_into:
                return each
        return None

    def next_id(self) -> str:
        self._last += 1
        return str(self._last)

    def _made(self, kind: str, properties: dict[str, str]) -> Record:
        made = Record(self.next_id(), properties)
        self.records[kind][made.id] = made
        return made
