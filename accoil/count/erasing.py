"""What a block of the journal says without somebody who is deleted.

A user's own calls go. What others sent stays, without the mention of him; a group call tells of an account, whoever
sent it. An account's own calls go; its users stay, and their events count for no account by that name."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from accoil.count import ids, in_columns
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.receive.calls import ALIAS, GROUP, IDENTIFY
from accoil.receive.encoding import times
from accoil.receive.rewriting import Change, Taken
from accoil.receive.suppressed import account_in, stands_for
from accoil.store.questions import beside

ASK = beside(__file__, "erasing")

Mask = npt.NDArray[np.bool_]


class Erased(msgspec.Struct):
    """Who is to be deleted, for whose sake `number` stands. `key`: of the hashes that stand for message ids. `named` is
    told every text that an id was sent as, before the block that it stands in is changed."""

    number: int
    product: int
    kind: Kind
    ids: frozenset[int]  # the account's, or the user's and those that he adopted
    key: bytes
    account_trait: str | None = None  # the user trait that names the account, where one does
    named: Callable[[str], None] = lambda text: None
    known: set[str] = set()  # texts that it was told

    def change(self, block: pa.Table) -> tuple[pa.Table, int, int] | None:
        """The block without him, how many calls that took away and how many of others it changed; None where he is not
        in it."""
        own = block["product"].to_numpy() == self.product
        if not own.any():
            return None
        return self._without_user(block, own) if self.kind == "user" else self._without_account(block, own)

    def _without_user(self, block: pa.Table, own: Mask) -> tuple[pa.Table, int, int] | None:
        user, anonymous = self._are(block, "user", ids.USER) & own, self._are(block, "anonymous", ids.USER) & own
        if not (user | anonymous).any():
            return None
        kind, nobody = block["kind"].to_numpy(), block["user"].is_null().to_numpy()
        gone = (kind != GROUP) & (user | (anonymous & (nobody | (kind == ALIAS))))
        mentioned = (user | anonymous) & ~gone
        block = self._told_by_nobody(block, user & ~gone)
        block = _emptied(block, "user", user & ~gone)
        return _rest(_emptied(block, "anonymous", anonymous & ~gone), gone, mentioned)

    def _without_account(self, block: pa.Table, own: Mask) -> tuple[pa.Table, int, int] | None:
        named = self._are(block, "account", ids.ACCOUNT) & own
        told = self._told_in_traits(block, own)
        if not (named | told).any():
            return None
        is_group = named & (block["kind"].to_numpy() == GROUP)
        gone = is_group & block["user"].is_null().to_numpy()
        # Whoever sent it stays a user: it becomes an identify call that tells nothing.
        kept = is_group & ~gone
        block = self._told_by_nobody(_emptied(block, "anonymous", kept), kept)
        kinds = np.where(kept, IDENTIFY, block["kind"].to_numpy()).astype(np.int8)
        block = block.set_column(block.schema.get_field_index("kind"), "kind", pa.array(kinds))
        block = self._without_pairs(_emptied(block, "traits", kept), told)
        return _rest(_emptied(block, "account", named), gone, (named | told) & ~gone)

    def _are(self, block: pa.Table, column: str, kind: int) -> Mask:
        """Which rows name one of them there."""
        texts = block[column].combine_chunks()
        found = np.isin(in_columns.ids_of(self.product, kind, texts), list(self.ids))
        for text in set(pc.unique(texts.filter(pa.array(found))).to_pylist()) - self.known:
            self.named(text)
            self.known.add(text)
        return found

    def _told_in_traits(self, block: pa.Table, own: Mask) -> Mask:
        found = np.zeros(len(block), bool)
        if self.account_trait is None:
            return found
        places = np.flatnonzero(own & (block["kind"].to_numpy() == IDENTIFY))
        for place, pairs in zip(places, block["traits"].take(pa.array(places)).to_pylist(), strict=True):
            found[place] = any(self._is_named(*pair) for pair in pairs or ())
        return found

    def _is_named(self, trait: str, value: str) -> bool:
        named = account_in(value) if trait == self.account_trait else None
        return named is not None and ids.id_of(self.product, ids.ACCOUNT, named) in self.ids

    def _without_pairs(self, block: pa.Table, told: Mask) -> pa.Table:
        if not told.any():
            return block
        every = block["traits"].to_pylist()
        for place in np.flatnonzero(told):
            every[place] = [pair for pair in every[place] if not self._is_named(*pair)] or None
        type = block.schema.field("traits").type
        return block.set_column(block.schema.get_field_index("traits"), "traits", pa.array(every, type))

    def _told_by_nobody(self, block: pa.Table, whose: Mask) -> pa.Table:
        """An id that a client made may name who sent the message."""
        if not whose.any():
            return block
        texts = block["message"].to_pylist()
        for place in np.flatnonzero(whose):
            texts[place] = stands_for(self.key, texts[place] or "")
        return block.set_column(block.schema.get_field_index("message"), "message", pa.array(texts, pa.string()))


def change_of(several: Sequence[Erased]) -> Change:
    """All of them at once."""

    def change(block: pa.Table) -> tuple[pa.Table, Taken] | None:
        taken: Taken = []
        for each in several:
            if (changed := each.change(block)) is not None:
                block, removed, mentioned = changed
                taken.append((each.number, removed, mentioned))
        return (block, taken) if taken else None

    return change


def _rest(block: pa.Table, gone: Mask, mentioned: Mask) -> tuple[pa.Table, int, int]:
    calls = times(block)
    return block.filter(pa.array(~gone)), int(calls[gone].sum()), int(calls[mentioned].sum())


def _emptied(block: pa.Table, column: str, where: Mask) -> pa.Table:
    if not where.any():
        return block
    place, type = block.schema.get_field_index(column), block.schema.field(column).type
    kept = block[column].combine_chunks().take(pa.array(np.arange(len(block)), mask=where))
    return block.set_column(place, column, kept.cast(type))


def adopted(product: int, user: int) -> list[int]:
    """The other ids of a user."""
    return [row["id"] for row in facts().store.rows(ASK["adopted"], product=product, id=user)]


def ids_of(product: int, kind: Kind, name: str) -> frozenset[int]:
    own = ids.id_of(product, ids.USER if kind == "user" else ids.ACCOUNT, name)
    return frozenset({own, *adopted(product, own)}) if kind == "user" else frozenset({own})
