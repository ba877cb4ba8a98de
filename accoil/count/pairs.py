"""The traits of calls as columns: keys, values, and which call told them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from accoil.receive.encoding import SCHEMA
from accoil.receive.traits import LONGEST_KEY, LONGEST_VALUE, MOST_TRAITS, bounded

MAP = SCHEMA.field("traits").type
LIST = pa.list_(pa.struct({"key": pa.string(), "value": pa.string()}))


def pairs(traits: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Rows, keys and values of all of them, one after the other."""
    told = traits.drop_null() if traits.null_count else traits
    return pc.list_parent_indices(traits.cast(LIST)), told.keys, told.items


def within_bounds(facts: pa.Table) -> pa.Table:
    """As calls tell their traits today: those of older blocks may be longer, or more."""
    traits = facts["traits"].combine_chunks()
    odd = _odd(traits)
    if not len(odd):
        return facts
    short = pa.array([bounded(told) for told in traits.take(pa.array(odd)).to_pylist()], MAP)
    places = np.arange(len(traits))
    places[odd] = len(traits) + np.arange(len(odd))
    whole = pa.concat_arrays([traits, short]).take(pa.array(places))
    return facts.set_column(facts.schema.get_field_index("traits"), "traits", whole)


def _odd(traits: pa.Array) -> np.ndarray:
    """The rows that may be beyond a bound."""
    rows, keys, values = pairs(traits)
    if not len(rows):
        return np.zeros(0, np.int64)
    rows, of_keys = rows.to_numpy(), pc.binary_length(keys).to_numpy()
    told = of_keys + pc.binary_length(values).to_numpy()  # bytes, which are no fewer than characters
    is_odd = np.bincount(rows, told, len(traits)) > LONGEST_VALUE
    is_odd |= np.bincount(rows, minlength=len(traits)) > MOST_TRAITS
    is_odd[rows[of_keys > LONGEST_KEY]] = True
    return np.flatnonzero(is_odd)
