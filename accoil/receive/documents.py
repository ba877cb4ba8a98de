"""Documents from which browser and mobile libraries learn where to send: here, and nowhere else."""

import re
from typing import Any

import msgspec

_HOST = re.compile(rb"[A-Za-z0-9._-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")

# Without `Segment.io` in it, Segment's browser library would send everything to Segment.
UNBUNDLED: dict[str, Any] = {"unbundledIntegrations": [], "addBundledMetadata": True}


def settings(key: str, address: str) -> bytes:
    """For Segment's libraries. `address`: scheme, host and the path before /v1, if any."""
    scheme, _, host = address.partition("://")
    ours = {"apiKey": key, "apiHost": f"{host}/v1", "protocol": scheme, **UNBUNDLED}
    return msgspec.json.encode(
        {
            "integrations": {"Segment.io": ours},
            "plan": {"track": {"__default": {"enabled": True}}},
            "edgeFunction": {},
            "metrics": {"sampleRate": 0},
        }
    )


def source(key: str, product: int) -> bytes:
    """For Rudder's browser library, which sends nothing without one."""
    return msgspec.json.encode(
        {
            "source": {
                "id": str(product),
                "name": "Accoil",
                "writeKey": key,
                "enabled": True,
                "workspaceId": "accoil",
                "config": {"statsCollection": {"errors": {"enabled": False}, "metrics": {"enabled": False}}},
                "connections": [],
                "destinations": [],
                "dataplanes": {},
            },
            "updatedAt": "2026-01-01T00:00:00.000Z",
        }
    )


def address(public: str, scheme: str, host: bytes, prefix: str) -> str:
    """Where this server is reached: as configured, else as this request reached it."""
    here = public or f"{scheme}://{host.decode() if _HOST.fullmatch(host) else 'localhost'}"
    return here + prefix
