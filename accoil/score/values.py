"""A definition as the values that the questions take."""

from accoil.count import ids
from accoil.score.definition import Definition
from accoil.store.store import Value


def of(product_id: int, definition: Definition) -> dict[str, Value]:
    """product, win, events, weights, positions, offsets, curve, fixed."""
    return {
        "product": product_id,
        "win": definition.window,
        "events": [ids.id_of(product_id, ids.EVENT, name) for name in definition.events],
        "weights": list(definition.events.values()),
        "positions": list(range(len(definition.events))),
        "offsets": list(range(definition.window)),
        "curve": definition.curve,
        "fixed": definition.benchmark,
    }
