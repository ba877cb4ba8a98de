"""The tools that can be connected. A new one is its own file or folder, and a line here."""

from accoil.connect.connection import Tool
from accoil.connect.hubspot.tool import TOOL as HUBSPOT
from accoil.connect.intercom.tool import TOOL as INTERCOM
from accoil.connect.mail.tool import TOOL as MAIL
from accoil.connect.salesforce.tool import TOOL as SALESFORCE
from accoil.connect.segment.tool import TOOL as SEGMENT
from accoil.connect.slack.tool import TOOL as SLACK
from accoil.connect.webhook.tool import TOOL as WEBHOOK

TOOLS: dict[str, Tool] = {tool.key: tool for tool in (INTERCOM, HUBSPOT, SALESFORCE, SEGMENT, SLACK, MAIL, WEBHOOK)}
