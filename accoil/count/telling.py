"""One load, told to the store: what arrived becomes facts, in one transaction."""

from collections.abc import Collection, Sequence

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from accoil.count.adoption import Adoption, concerns
from accoil.count.arrived import Arrived
from accoil.count.shown import show_again
from accoil.receive.calls import EVENT
from accoil.store.questions import beside
from accoil.store.store import Loading

ASK = beside(__file__, "load")

FEW = 5_000  # messages of a load that books are told one by one


class Told(msgspec.Struct):
    moved: dict[int, int]  # product → the first day on which events counted before count for somebody else now
    appended: int  # rows, at most in any table
    linked: set[int]  # products with linked or waiting ids in this load
    # Products with somebody who is new, was there earlier, is told of otherwise, joined or is another, or with an event
    # that is new, or was there earlier.
    people: set[int]
    added: pa.Table | None  # rows of `counts` that it added, where they are few and no others changed

    def added_to(self, product: int) -> pa.Table | None:
        return None if self.added is None else self.added.filter(pc.equal(self.added["product"], product))


def tell(loading: Loading, parts: Sequence[Arrived], linked: Collection[int]) -> Told:
    """`linked`: the products known to have linked or waiting ids before this load."""
    parts = [each for each in parts if len(each.messages)]
    messages = pa.concat_tables([each.messages for each in parts])
    traits = pa.concat_tables([each.traits for each in parts])
    moved: dict[int, int] = {}
    loading.hand_in("fresh_name", pa.concat_tables([each.names for each in parts]))
    people = _put_names(loading)
    concerned = {each.product for each in parts if concerns(each)}
    adoption = Adoption(loading) if concerned or any(each.product in linked for each in parts) else None
    if adoption:
        links = pa.concat_tables([each.links for each in parts])
        messages, traits, moved = adoption.resolve(messages, traits, links)
    loading.hand_in("fresh", messages)
    loading.tell(ASK["messages"])
    if len(traits):
        loading.hand_in("fresh_trait", traits)
        people |= _put_traits(loading)
    if (adoption and adoption.released) or pc.any(pc.greater(messages["kind"], EVENT)).as_py():
        people |= _products(loading, "joined")
        elsewhere = _put_members(loading, adoption)
        if elsewhere:
            _earlier(moved, _move_members(loading))
            people |= elsewhere
    loading.tell(ASK["fresh_counts"])
    rows = len(messages)
    if adoption:
        adoption.count(messages)
        rows += adoption.released
        people |= adoption.news
    added = loading.ask(ASK["added"]) if len(messages) <= FEW else None
    tell_all(loading, "counts", "ever")
    return Told(moved, max(rows, len(traits)), concerned, people, added)


def _put_names(loading: Loading) -> set[int]:
    """Products with new ones: of people, or of events, of which some keep lists too."""
    new = loading.ask(ASK["new_names"])
    if len(new):
        loading.hand_in("new_name", new)
        loading.tell(ASK["names"])
    return set(new["product"].to_pylist())


def _products(loading: Loading, question: str) -> set[int]:
    return set(loading.ask(ASK[question])["product"].to_pylist())


def _put_traits(loading: Loading) -> set[int]:
    """Products with one that is told otherwise. Most loads have none: clients repeat themselves."""
    tell_all(loading, "traits", "told_anew")
    otherwise = _products(loading, "told_otherwise")
    if otherwise:
        tell_all(loading, "forget_last_traits", "last_traits")
        show_again(loading, "told_anew")
    return otherwise


def _put_members(loading: Loading, adoption: Adoption | None) -> set[int]:
    """Products with somebody who belongs elsewhere by that, on any day."""
    tell_all(loading, "memberships", "touched")
    if adoption:
        adoption.join()
    tell_all(loading, "fresh_spans", "changed")
    return _products(loading, "members_elsewhere")


def _move_members(loading: Loading) -> dict[int, int]:
    """The account that earlier events of those count for: where there were such events, and from which day on."""
    tell_all(loading, "forget_spans", "spans", "counted_before")
    found = loading.ask(ASK["whose_counted"])
    moved = dict(zip(found["product"].to_pylist(), found["first_day"].to_pylist(), strict=True))
    if moved:
        tell_all(loading, "attribute_again", "forget_ever", "ever_again")
    return moved


def _earlier(moved: dict[int, int], also: dict[int, int]) -> None:
    for product, first_day in also.items():
        moved[product] = min(first_day, moved.get(product, first_day))


def tell_all(loading: Loading, *names: str) -> None:
    for name in names:
        loading.tell(ASK[name])
