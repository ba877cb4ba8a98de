"""Code to copy, with the product's key and this server's address filled in."""

from dataclasses import dataclass
from urllib.parse import urlsplit

PYTHON = """\
# pip install segment-analytics-python
import segment.analytics as analytics

analytics.write_key = "{key}"
analytics.host = "{host}"

analytics.identify("user-1", {{"email": "ada@example.com", "name": "Ada"}})
analytics.group("user-1", "acme", {{"name": "Acme Ltd", "plan": "Growth", "mrr": 120000}})  # cents a month
analytics.track("user-1", "Report_Created")
analytics.flush()"""

NODE = """\
// npm install @segment/analytics-node
import {{ Analytics }} from "@segment/analytics-node";

const analytics = new Analytics({{ writeKey: "{key}", host: "{host}" }});

analytics.identify({{ userId: "user-1", traits: {{ email: "ada@example.com", name: "Ada" }} }});
analytics.group({{ userId: "user-1", groupId: "acme", traits: {{ name: "Acme Ltd", plan: "Growth", mrr: 120000 }} }});
analytics.track({{ userId: "user-1", event: "Report_Created" }});
await analytics.closeAndFlush();"""

BROWSER = """\
// npm install @segment/analytics-next
import {{ AnalyticsBrowser }} from "@segment/analytics-next";

const segment = {{ apiKey: "{key}", apiHost: "{bare_host}/v1", protocol: "{scheme}" }};
const analytics = AnalyticsBrowser.load({{
  writeKey: "{key}",
  cdnSettings: {{ integrations: {{ "Segment.io": segment }} }},
}});

analytics.identify("user-1", {{ email: "ada@example.com", name: "Ada" }});
analytics.group("acme", {{ name: "Acme Ltd", plan: "Growth", mrr: 120000 }});
analytics.track("Report_Created");"""

CURL = """\
curl {host}/v1/batch -u {key}: \\
  -H 'Content-Type: application/json' -d '{{"batch": [
  {{"type": "identify", "userId": "user-1",
    "traits": {{"email": "ada@example.com", "name": "Ada"}}}},
  {{"type": "group", "userId": "user-1", "groupId": "acme",
    "traits": {{"name": "Acme Ltd", "plan": "Growth", "mrr": 120000}}}},
  {{"type": "track", "userId": "user-1", "event": "Report_Created"}}
]}}'"""


@dataclass(frozen=True)
class Snippet:
    name: str
    note: str
    code: str


def snippets(key: str, address: str) -> list[Snippet]:
    """How to send a person, their company and an event; `address` is this server's, such as https://host."""
    parts = urlsplit(address)
    filled = {"key": key, "host": address, "bare_host": parts.netloc, "scheme": parts.scheme}
    return [
        Snippet(name, note, code.format(**filled))
        for name, note, code in (
            ("curl", "nothing to install", CURL),
            ("Python", "segment-analytics-python", PYTHON),
            ("Node", "@segment/analytics-node", NODE),
            ("Browser", "@segment/analytics-next", BROWSER),
        )
    ]
