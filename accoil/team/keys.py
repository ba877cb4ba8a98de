"""The ingest keys, as the front door needs them."""

from accoil.team.models import IngestKey


def receiving_keys() -> dict[str, tuple[int, bool]]:
    """Every ingest key → (product id, whether it is enabled)."""
    rows = IngestKey.objects.values_list("key", "product_id", "disabled_at")
    return {key: (product_id, disabled_at is None) for key, product_id, disabled_at in rows}
