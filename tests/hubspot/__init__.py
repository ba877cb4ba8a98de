"""A stand-in for HubSpot, made from its public documentation: it keeps what is written to it, and refuses what HubSpot
would refuse. There is no description to hold requests against: HubSpot's own is not licensed to others.

Who asks, limits and faults (hubspot) → objects, properties, lists, oauth → portal (what it keeps). HTTP, faults and the
clock are those of the stand-in for Intercom.
"""

from tests.hubspot.hubspot import Hubspot, running
from tests.hubspot.portal import Portal

__all__ = ["Hubspot", "Portal", "running"]
