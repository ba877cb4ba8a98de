"""A server that is killed while it writes to HubSpot and to Salesforce, and started again: there stands what should,
nobody was made, and nothing of which it knew that it was written was written again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import whole
from tests.connect.salesforce.conftest import VERIFIER, make_fields
from tests.connect.salesforce.stand_in import CLIENT, DATA, SECRET, Salesforce
from tests.connect.salesforce.stand_in import running as salesforce_running
from tests.hubspot import Hubspot
from tests.hubspot import running as hubspot_running
from tests.intercom.clock import Clock
from tests.journey.mortal import Mortal, mortal
from tests.journey.synced import arranged
from tests.waiting import until

PEOPLE, FIRMS = 420, 6  # more than a call takes: 100 of HubSpot's, 200 of Salesforce's
ALL = PEOPLE + FIRMS
SLOW = 0.3  # seconds until a write that is done is answered
DEFINITIONS = """
profiles:
- {name: Everyday, events: {Report_Created: 5}, benchmark: {fixed: 50}, curve: linear}
"""
WRITES = {"hubspot": "POST /crm/objects", "salesforce": f"PATCH {DATA}/composite"}


@dataclass
class Two:
    server: Mortal
    hubspot: Hubspot
    salesforce: Salesforce

    def written(self) -> dict[str, Counter[str]]:
        """Tool → how often each record was written to."""
        with self.hubspot.lock, self.salesforce.lock:
            return {
                "hubspot": Counter(f"{one.kind} {one.id}" for one in self.hubspot.portal.writes),
                "salesforce": Counter(id for id, _ in self.salesforce.org.writes),
            }

    def confirmed(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Tool → record → the values that the server knows to be there."""
        found: dict[str, dict[str, dict[str, Any]]] = {tool: {} for tool in WRITES}
        question = """select tool, kind, remote_id, confirmed from connect_record
                      join connect_connection on connect_connection.id = connection_id where match = 'matched'"""
        for tool, kind, id, values in whole.rows(self.server.data, question):
            kinds = {"user": "contacts", "account": "companies"}
            found[tool][f"{kinds[kind]} {id}" if tool == "hubspot" else id] = json.loads(values)
        return found

    def is_between(self) -> bool:
        return all(len(some) and sum(some.values()) < ALL for some in self.written().values())

    def unfinished(self) -> list[str]:
        confirmed = self.confirmed()
        return [tool for tool in WRITES if len([1 for values in confirmed[tool].values() if values]) < ALL]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    """People who are contacts of both, in firms that are in both; nothing is connected yet."""
    with hubspot_running() as hubspot, salesforce_running(Salesforce(Clock())) as salesforce:
        make_fields(salesforce.org)
        items: list[dict[str, Any]] = []
        firms = [hubspot.portal.company(f"Firm {n}") for n in range(FIRMS)]
        for n in range(FIRMS):
            salesforce.org.account(f"Firm {n}", Accoil_Id__c=f"firm{n}")
        for n in range(PEOPLE):
            email, who = f"u{n}@example.com", {"userId": f"u{n}"}
            hubspot.portal.contact(email, [firms[n % FIRMS]])
            salesforce.org.contact(email)
            items.append({"type": "identify", **who, "traits": {"email": email}})
            items.append({"type": "group", **who, "groupId": f"firm{n % FIRMS}"})
            items += [{"type": "track", **who, "event": "Report_Created"}] * (n % 5 + 1)
        settings = {"ACCOIL_HUBSPOT_URL": hubspot.address, "ACCOIL_SALESFORCE_URL": salesforce.address,
                    "ACCOIL_SALESFORCE_CLIENT_ID": CLIENT, "ACCOIL_SALESFORCE_CLIENT_SECRET": SECRET}  # fmt: skip
        with mortal(tmp_path / "data", **settings) as server:
            assert server.door.post("/v1/batch", {"batch": items}).status == 200
            yield Two(server, hubspot, salesforce)


def test_killed_in_mid_sync_it_writes_what_is_missing_and_nothing_twice(two: Two) -> None:
    for tool in (two.hubspot, two.salesforce):
        tool.faults.plan("slow", "POST /crm/objects/2026-03/contacts/batch/update", times=1_000, seconds=SLOW)
        tool.faults.plan("slow", WRITES["salesforce"], times=1_000, seconds=SLOW)
    file = two.server.data / "definitions.yaml"
    file.write_text(DEFINITIONS)
    code = two.salesforce.code(VERIFIER)
    arranged(two.server, "connect_two", str(file), two.hubspot.token(), code, VERIFIER)
    until(two.is_between, said=lambda: f"{[sum(some.values()) for some in two.written().values()]}", every=0.02)
    two.server.kill()
    assert two.is_between(), "in the middle of both"
    known = two.confirmed()
    assert two.unfinished() == list(WRITES)
    for tool in (two.hubspot, two.salesforce):
        tool.faults.clear()
    two.server.start()
    until(lambda: not two.unfinished(), said=lambda: f"{two.unfinished()}, {two.server.log.read_text()[-2000:]}")

    written = two.written()
    for tool, some in written.items():
        assert len(some) == ALL, tool
        assert [id for id, times in some.items() if times > (1 if known[tool].get(id) else 2)] == [], tool
    assert len(two.hubspot.portal.records["contacts"]) == PEOPLE and len(two.salesforce.org.records) == ALL
    for n in range(PEOPLE):
        contact = two.hubspot.portal.by("contacts", "email", f"u{n}@example.com")
        (person,) = [
            one for one in two.salesforce.org.records.values() if one.values.get("Email") == f"u{n}@example.com"
        ]
        score = 10 * (n % 5 + 1)  # percent of the benchmark
        assert contact
        assert contact.properties["accoil_everyday_score"] == str(score)
        assert person.values["Accoil_Everyday_Score__c"] == score
