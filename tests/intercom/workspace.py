"""One workspace: its contacts, companies, attributes and tags, and every write that was made to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.intercom.records import Attributes, Company, Contact, DataAttribute, Tag

MOST_ATTRIBUTES = 250  # active custom ones, in a workspace


@dataclass(frozen=True)
class Write:
    """Something that was accepted and kept. `changed` is False when it left everything as it was."""

    what: str  # contact, company, attribute, tag, tagged, untagged, attached …
    id: str
    values: dict[str, Any]
    changed: bool


@dataclass
class Workspace:
    """Made, read and changed by tests directly; through HTTP by routes. Both hold `lock` of the stand-in."""

    id_code: str
    name: str
    clock: Callable[[], float]
    region: str = "US"
    search_lag: float = 0.0  # seconds until a search finds a new contact
    ignores_unknown: bool = False  # attributes that are not defined: left out without a word, else 400
    most_attributes: int = MOST_ATTRIBUTES
    contacts: dict[str, Contact] = field(default_factory=dict)
    companies: dict[str, Company] = field(default_factory=dict)
    attributes: dict[int, DataAttribute] = field(default_factory=dict)
    tags: dict[str, Tag] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    scrolls: dict[str, tuple[int, float]] = field(default_factory=dict)  # param → where it stands, last used
    by_email: dict[str, set[str]] = field(default_factory=dict)
    _last: Counter[str] = field(default_factory=Counter)

    # What tests arrange

    def contact(self, email: str = "", companies: Iterable[Company] = (), **more: Any) -> Contact:
        """A new one, as somebody at Intercom would have made it: no write is counted."""
        now = int(self.clock())
        made = Contact(self.next_id("c0"), created_at=now, updated_at=now, found_from=self.clock() + self.search_lag)
        for name, value in more.items():
            setattr(made, name, value)
        self.contacts[made.id] = made
        self.set_email(made, email)
        for company in companies:
            self.attach(made, company)
        return made

    def company(self, company_id: str, name: str = "", **custom_attributes: Any) -> Company:
        now = int(self.clock())
        made = Company(self.next_id("d0"), company_id, name, custom_attributes, created_at=now, updated_at=now)
        self.companies[made.id] = made
        return made

    def attribute(self, model: str, name: str, data_type: str = "string", **more: Any) -> DataAttribute:
        made = DataAttribute(int(self.next_id("", 0)), model, name, data_type, **more)
        self.attributes[made.id] = made
        return made

    def attach(self, contact: Contact, company: Company) -> None:
        if company.id not in contact.companies:
            contact.companies.append(company.id)
        company.contacts.add(contact.id)

    def set_email(self, contact: Contact, email: str) -> None:
        self.by_email.get(contact.email.lower(), set()).discard(contact.id)
        contact.email = email
        self.by_email.setdefault(email.lower(), set()).add(contact.id)

    def merge(self, old: Contact, into: Contact) -> None:
        """The old one answers 410 from now on; what it had and the other has not goes over."""
        old.gone, old.merged_into = "merged", into.id
        into.custom_attributes = {**old.custom_attributes, **into.custom_attributes}
        into.tags |= old.tags
        for company in list(old.companies):
            self.attach(into, self.companies[company])
            self.companies[company].contacts.discard(old.id)

    def delete(self, contact: Contact, how: str = "deleted") -> None:
        """`how`: deleted or archived."""
        contact.gone = how
        for company in contact.companies:
            self.companies[company].contacts.discard(contact.id)

    def revoke(self) -> None:
        """Nobody's token is good any more."""
        self.tokens.clear()

    # What tests look at

    def written(self, what: str | None = None, of: str | None = None) -> list[Write]:
        return [w for w in self.writes if (what is None or w.what == what) and (of is None or w.id == of)]

    def per_record(self, what: str) -> Counter[str]:
        """Id → how often it was written."""
        return Counter(write.id for write in self.written(what))

    def useless(self) -> list[Write]:
        """Writes that changed nothing."""
        return [write for write in self.writes if not write.changed]

    def named(self, model: str, name: str) -> DataAttribute | None:
        """The attribute of that name that is in use, else the archived one."""
        found = [one for one in self.attributes.values() if (one.model, one.name) == (model, name)]
        return min(found, key=lambda one: one.archived, default=None)

    def tagged(self, record: Contact | Company) -> list[str]:
        """Names, sorted."""
        return sorted(self.tags[tag].name for tag in record.tags)

    def shown(self, model: str, record: Contact | Company) -> Attributes:
        """Values of attributes that are in use; what was written to archived ones is kept, and not shown."""
        active = {one.name for one in self.attributes.values() if one.model == model and not one.archived}
        return {name: value for name, value in record.custom_attributes.items() if name in active}

    def find_contact(self, email: str) -> Contact:
        """The only one with this address that is there."""
        (found,) = (one for one in map(self.contacts.get, self.by_email[email.lower()]) if one and not one.gone)
        return found

    # What routes use

    def record(self, what: str, id: str | int, values: dict[str, Any], changed: bool) -> None:
        self.writes.append(Write(what, str(id), values, changed))

    def next_id(self, kind: str, width: int = 24) -> str:
        """Contacts and companies have 24 hexadecimal digits, the rest small numbers."""
        self._last[kind] += 1
        return f"{kind}{self._last[kind]:0{max(0, width - len(kind))}x}" if width else str(self._last[kind])

    def tell_contact(self, contact: Contact) -> dict[str, Any]:
        return contact.told(self.id_code, self.shown("contact", contact))

    def tell_company(self, company: Company) -> dict[str, Any]:
        tags = [self.tags[tag] for tag in sorted(company.tags)]
        return company.told(self.id_code, self.shown("company", company), tags)
