"""Pages of the stand-in for Salesforce: where somebody lets Accoil in, and what stands in our fields."""

from __future__ import annotations

import secrets
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.intercom.calls import Answer, Call
from tests.shown import allowing, page, table

if TYPE_CHECKING:
    from tests.connect.salesforce.stand_in import Org, Salesforce

KEPT = ("state", "redirect_uri", "code_challenge")
SHOWN = 30  # records of an object


def asked(salesforce: Salesforce, call: Call) -> Answer:
    return Answer(allowing("Salesforce", {name: call.query.get(name, "") for name in KEPT}))


def allowed(salesforce: Salesforce, call: Call) -> Answer:
    back = call.body["redirect_uri"]
    assert back.startswith(("http://127.0.0.1", "http://localhost", "http://testserver"))
    told = {"error": "access_denied"}
    if call.body.get("said") == "allow":
        told = {"code": secrets.token_hex(8)}
        salesforce.codes[told["code"]] = (salesforce.org, call.body["code_challenge"])
    return Answer("", 302, {"Location": f"{back}?{urlencode(told | {'state': call.body['state']})}"})


def shown(salesforce: Salesforce, call: Call) -> Answer:
    told = "".join(_object(salesforce.org, object, by) for object, by in (("Contact", "Email"), ("Account", "Name")))
    used = f"<p>{salesforce.used:,} of {salesforce.of:,} calls of the day are used.</p>"
    return Answer(page("Salesforce (stand-in)", used + told))


def _object(org: Org, object: str, by: str) -> str:
    """Those that have something of ours first."""
    own = [name for name in org.fields[object] if name.endswith("__c")]
    records = [each for each in org.records.values() if each.object == object]
    records.sort(key=lambda each: (not any(each.values.get(name) is not None for name in own), str(each.values[by])))
    rows = [[each.values[by], *(each.values.get(name) for name in own)] for each in records[:SHOWN]]
    return f"<h2>{escape(object)}s: {len(records):,}</h2>{table([by, *own], rows)}"
