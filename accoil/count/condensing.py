"""What is left of events of days that are no longer kept: of each user, account and event the first days on which it
was done, since activation asks for them, and one row for all later ones, on the day of the last.

So every number that can still be asked for stays as it is: lifetime sums, first and last days, who is new, who was ever
activated and when. A row stands for days that count for the same account, and its events lie on its last day: whichever
account that day counts for, the others do."""

from collections.abc import Iterable, Mapping

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from accoil.count import ids, in_columns
from accoil.count.arrived import senders
from accoil.count.many_ids import ManyIds
from accoil.receive.calls import EVENT
from accoil.receive.condensing import Ids, Parted
from accoil.receive.encoding import CONDENSED, times
from accoil.store.questions import beside
from accoil.store.store import Store

ASK = beside(__file__, "condensing")

KEY = ("user", "anonymous", "account", "event")

Numbers = npt.NDArray[np.int64]


class Horizon(msgspec.Struct, frozen=True):
    """Of one product: its first kept day, in the zone that its days are counted in; and on how many first days it
    stays known how often each did each event."""

    day: int
    zone: str
    first_days: int


class Condensing:
    """Of several products at once. `seen`: where ids can be put aside that are too many for memory."""

    def __init__(self, store: Store, horizons: Mapping[int, Horizon], seen: ManyIds) -> None:
        self._store, self._horizons, self._seen = store, horizons, seen

    def begin(self, condensed: Iterable[Ids]) -> None:
        self._seen.clear()
        for some in condensed:
            self._seen.add(some[self._seen.first_times(some)])

    def part(self, block: pa.Table) -> Parted | None:
        own = np.isin(block["product"].to_numpy(), list(self._horizons))
        if not own.any():
            return None
        hashes, old = np.zeros(len(block), np.uint64), np.zeros(len(block), bool)
        for product, horizon in self._horizons.items():
            its = np.flatnonzero(block["product"].to_numpy() == product)
            rows = block.take(pa.array(its))
            hashes[its] = in_columns.message_hashes(product, rows["message"])
            day = in_columns.local_days(rows["sent_at"].to_numpy(), horizon.zone)
            old[its] = (rows["kind"].to_numpy() == EVENT) & (day < horizon.day)
        places = np.flatnonzero(own)
        new = places[self._seen.first_times(hashes[places])]
        self._seen.add(hashes[new])
        if len(new) == len(places) and not old.any():
            return None
        stays = ~own
        stays[new] = True
        goes = stays & old
        return Parted(block.filter(pa.array(stays & ~old)), block.filter(pa.array(goes)), hashes[goes])

    def condense(self, old: pa.Table, named: str) -> pa.Table:
        made = [self._condensed(product, old.filter(pc.equal(old["product"], product))) for product in self._horizons]
        table = pa.concat_tables(made).combine_chunks()
        message = pa.array([f"kept:{named}.{place}" for place in range(len(table))], pa.string())
        return table.set_column(table.schema.get_field_index("message"), "message", message)

    def _condensed(self, product: int, old: pa.Table) -> pa.Table:
        old = old.combine_chunks()
        moment, horizon = old["sent_at"].to_numpy(), self._horizons[product]
        day = in_columns.local_days(moment, horizon.zone)
        whose = _groups(old, self._accounts(product, old, day))
        order = np.lexsort((moment, day, whose))
        starts = np.flatnonzero(_begins(whose[order], day[order], horizon.first_days))
        n = np.add.reduceat(times(old)[order], starts) if len(starts) else np.empty(0, np.int64)
        lasts = order[np.append(starts[1:], len(order)) - 1] if len(starts) else np.empty(0, np.int64)
        kept = old.take(pa.array(lasts))
        rows = {name: kept[name] for name in ("product", "kind", "message", "sent_at", *KEY)}
        rows["received"], rows["n"] = kept["sent_at"], pa.array(n)
        columns = [rows.get(field.name, pa.nulls(len(kept), field.type)) for field in CONDENSED]
        return pa.table(columns, schema=CONDENSED).set_column(
            CONDENSED.get_field_index("source"), CONDENSED.field("source"), pa.array(np.zeros(len(kept), np.int32))
        )

    def _accounts(self, product: int, old: pa.Table, day: npt.NDArray[np.int32]) -> Numbers:
        """A number for each row: it differs between days on which the sender belonged to different accounts."""
        users = in_columns.ids_of(product, ids.USER, old["user"].combine_chunks())
        sender = senders(product, old, users)[1]
        moves = self._store.ask(ASK["moves"], product=product)
        who, moved_on = moves["id"].to_numpy(), moves["from_day"].to_numpy()
        known = np.unique(who)
        if not len(known):
            return np.zeros(len(old), np.int64)
        place = np.minimum(np.searchsorted(known, sender), len(known) - 1)
        width = 2**22  # more than the days between any two
        edges = np.sort(np.searchsorted(known, who) * width + np.clip(moved_on, -(2**20), 2**20))
        found = np.searchsorted(edges, place * width + day, side="right")
        return np.where(known[place] == sender, found, 0)


def _groups(old: pa.Table, accounts: Numbers) -> Numbers:
    """A number for each row: the same for the same user, account and event."""
    _, found = np.unique(accounts, return_inverse=True)
    for name in KEY:
        encoded = old[name].combine_chunks().dictionary_encode()
        codes = pc.fill_null(encoded.indices, len(encoded.dictionary)).to_numpy(zero_copy_only=False)
        _, found = np.unique(found * (len(encoded.dictionary) + 1) + codes, return_inverse=True)
    return found.astype(np.int64)


def _begins(whose: Numbers, day: npt.NDArray[np.int32], first_days: int) -> npt.NDArray[np.bool_]:
    """Of rows in order, which begin a new one: the very first of a group, since names know when they came first; each
    of the first days; all others together."""
    if not len(whose):
        return np.zeros(0, bool)
    is_first = np.append(True, whose[1:] != whose[:-1])
    new_day = is_first | np.append(True, day[1:] != day[:-1])
    count = np.cumsum(new_day)
    nth = count - np.repeat(count[is_first], np.diff(np.append(np.flatnonzero(is_first), len(whose))))
    after_first = np.append(False, is_first[:-1]) & ~is_first
    begins: npt.NDArray[np.bool_] = is_first | after_first | (new_day & (nth <= first_days))
    return begins
