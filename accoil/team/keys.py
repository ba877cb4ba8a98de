"""The ingest keys and what products want done with their calls, as the front door needs them."""

from datetime import UTC, datetime
from typing import Any

from accoil.team.models import IngestKey, Mapping

Row = dict[str, Any]


def receiving_keys() -> dict[str, Row]:
    """Every ingest key → id, product, enabled, origins, calls_a_second and secret (accoil.receive.keys.Key)."""
    return {
        key.key: {
            "id": key.pk,
            "product": key.product_id,
            "enabled": key.enabled,
            "origins": tuple(key.origins.lower().split()),
            "calls_a_second": key.calls_a_second,
            "secret": key.secret,
        }
        for key in IngestKey.objects.all()
    }


def mappings() -> dict[int, list[Row]]:
    """Product → its mappings (accoil.receive.mapping.rules.Mapping), in their order; products without any left out."""
    found: dict[int, list[Row]] = {}
    fields = ("id", "name", "trigger", "action", "fields", "enabled")
    for row in Mapping.objects.values("product_id", *fields):
        found.setdefault(row.pop("product_id"), []).append(row)
    return found


def remember_last_seen(times: dict[int, float]) -> None:
    """Keeps when keys were last used: key → Unix time in seconds."""
    for key, at in times.items():
        moment = datetime.fromtimestamp(at, UTC)  # another server may have heard of it later
        IngestKey.objects.filter(pk=key).exclude(last_seen_at__gt=moment).update(last_seen_at=moment)
