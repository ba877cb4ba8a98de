"""Which contact and which account is whom: contacts by their e-mail address, when one only has it; accounts by our id,
else by their users. Nobody is ever made there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from accoil.connect.batches import batches
from accoil.connect.connection import Firm, Match, Person
from accoil.connect.salesforce.fields import Fields
from accoil.connect.salesforce.speaking import Speaker, quoted

EXTERNAL_ID = "Accoil_Id__c"  # of accounts: our id
ASKED = 100  # in one query
BY_EMAIL, BY_ID, BY_USERS = "e-mail", "our account id", "its users"
NOBODY = "No contact in Salesforce has this e-mail address."
NO_ACCOUNT = f"No account in Salesforce has its id in {EXTERNAL_ID}, and none of its users is a contact of one."


def match_users(speaker: Speaker, people: Sequence[Person]) -> Iterator[Match]:
    for some in batches(people, ASKED):
        found = _grouped(speaker, "Contact", "Email", {person.email for person in some})
        for person in some:
            yield _match(person.entity, found[person.email], BY_EMAIL, NOBODY, "contacts")


def match_accounts(speaker: Speaker, fields: Fields, firms: Sequence[Firm]) -> Iterator[Match]:
    may_ask = not lacks_ids(fields)
    for some in batches(firms, ASKED):
        ids = {firm.tracking_id.lower() for firm in some} if may_ask else set()
        by_id = _grouped(speaker, "Account", EXTERNAL_ID, ids)
        rest = [firm for firm in some if not by_id[firm.tracking_id.lower()]]
        of = _accounts_of(speaker, {contact for firm in rest for _, contact in firm.users})
        for firm in some:
            if own := by_id[firm.tracking_id.lower()]:
                yield _match(firm.entity, own, BY_ID, NO_ACCOUNT, "accounts")
            else:
                theirs = list(dict.fromkeys(of[contact] for _, contact in firm.users if contact in of))
                yield _match(firm.entity, theirs, BY_USERS, NO_ACCOUNT, "accounts")


def lacks_ids(fields: Fields) -> str:
    """Why accounts are not found by our id; "" when they are. Of any other type, queries for texts are refused."""
    found = fields.all("account").get(EXTERNAL_ID)
    if found is None:
        return f"Account has no field {EXTERNAL_ID}"
    if found.get("type") != "string" or not found.get("filterable", True):
        return f"The field {EXTERNAL_ID} of Account cannot be asked for texts"
    return ""


def _match(entity: int, found: Sequence[str], by: str, nobody: str, what: str) -> Match:
    if len(found) == 1:
        return Match(entity=entity, remote_id=found[0], matched_by=by)
    if not found:
        return Match(entity=entity, remote_id=None, reason=nobody)
    told = f"{len(found)} {what} in Salesforce fit by {by}: {', '.join(found[:5])}. Keep one, or merge them."
    return Match(entity=entity, remote_id=None, ambiguous=True, reason=told)


def _grouped(speaker: Speaker, object: str, field: str, values: Iterable[str]) -> dict[str, list[str]]:
    """Value, in small letters, → ids."""
    found: dict[str, list[str]] = defaultdict(list)
    if asked := sorted(value for value in values if value):
        soql = f"SELECT Id, {field} FROM {object} WHERE {field} IN ({', '.join(map(quoted, asked))})"  # noqa: S608
        for row in speaker.query(soql):
            found[str(row[field]).lower()].append(str(row["Id"]))
    return found


def _accounts_of(speaker: Speaker, contacts: Iterable[str]) -> dict[str, str]:
    """Contact → account."""
    found: dict[str, str] = {}
    for some in batches(sorted(contacts), ASKED):
        soql = f"SELECT Id, AccountId FROM Contact WHERE Id IN ({', '.join(map(quoted, some))})"  # noqa: S608
        found |= {str(row["Id"]): str(row["AccountId"]) for row in speaker.query(soql) if row.get("AccountId")}
    return found
