"""What this process remembers of connections and teams, by their ids."""

from accoil.act import bursts
from accoil.connect.hubspot.portal import portals
from accoil.connect.intercom.session import workspaces
from accoil.connect.mail import sending
from accoil.connect.rate import lane
from accoil.connect.salesforce.org import orgs
from accoil.connect.segment.speaking import doors
from accoil.connect.slack import channels
from accoil.connect.webhook import tool as webhook


def forget() -> None:
    for each in (workspaces, portals, orgs, doors, bursts):
        each.forget()
    for kept in (lane, sending.pace, webhook.pace):
        kept.cache_clear()
    for connection in [*channels._limits]:
        channels.forget(connection)
