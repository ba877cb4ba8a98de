"""What can be wrong with Salesforce beside what every tool shares: fields that are not there, and calls of a day."""

from accoil.connect.connection import SignInAgain, ToolError, TryLater
from accoil.connect.models import Connection
from accoil.connect.names import synced, wanted
from accoil.connect.salesforce.matching import EXTERNAL_ID, lacks_ids
from accoil.connect.salesforce.org import Org, org_of
from accoil.connect.salesforce.speaking import OBJECTS, STOPS_AT
from accoil.connect.soon import soon
from accoil.connect.troubles import Check

FIELDS, CALLS = "Are the fields there?", "Are there calls left today?"


def checks(connection: Connection) -> list[Check]:
    try:
        org = org_of(connection)
        with soon(connection.team_id, connection):
            fields = _fields(connection, org)
    except (TryLater, SignInAgain, ToolError) as why:
        return [Check(question=FIELDS, mark="fair", answers=(f"Salesforce could not be asked. {why.reason}",))]
    return [fields, _calls(org)]


def _fields(connection: Connection, org: Org) -> Check:
    """Each that is missing, or not as it must be, with what an admin does about it."""
    asked = [each.attribute for each in wanted(synced(connection))]
    for kind in OBJECTS:
        org.fields.all(kind, 5.0)
    told = [why for each in asked if (why := org.fields.lacks(each))]
    own = [
        f"{why}, so accounts are found through their users alone. In Salesforce: Setup > Object Manager > Account > "
        f"Fields & Relationships > New, field name {EXTERNAL_ID.removesuffix('__c')}, type Text (100), External ID and "
        "Unique."
    ] if (why := lacks_ids(org.fields)) else []  # fmt: skip
    if not told:
        there = f"All {len(asked)} are there, and may be edited." if asked else "No profile is switched on yet."
        return Check(question=FIELDS, mark="fair" if own else "good", answers=(there, *own))
    first = f"{len(told)} of {len(asked)} are not there, or not as they must be."
    return Check(question=FIELDS, mark="bad", answers=(first, *told, *own))


def _calls(org: Org) -> Check:
    used, of = org.speaker.limits.used, org.speaker.limits.of
    said = f"{used:,} of {of:,} calls of the company are used; Accoil stops at {STOPS_AT:.0%}."
    return Check(question=CALLS, mark="bad" if of and used >= STOPS_AT * of else "good", answers=(said,))
