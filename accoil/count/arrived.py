"""Columns of a journal block, made ready for the store: ids for names, days for times, duplicates gone."""

from collections.abc import Mapping
from datetime import date

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from accoil.count import days, ids, in_columns
from accoil.count.duplicates import Repeats, repeats
from accoil.count.hashes import Hashes
from accoil.count.late import late
from accoil.count.numeric import number_in
from accoil.count.pairs import pairs, within_bounds
from accoil.count.seen import Seen
from accoil.receive import encoding, times
from accoil.receive.calls import ALIAS, EVENT, GROUP, IDENTIFY
from accoil.receive.identity import LONGEST_ID, cut
from accoil.receive.suppressed import Suppressed, account_in

FIRST_MOMENT = times.DAY * days.number(date(2, 1, 1))  # a zone may move a time by a day, and calendars end
LAST_MOMENT = times.DAY * days.number(date(9999, 12, 30))


class Arrived(msgspec.Struct):
    """What one product received: tables as in the store's schema."""

    product: int
    messages: pa.Table  # every new message, with its own account (given_id) and, for identify and group, its account
    names: pa.Table
    traits: pa.Table
    links: pa.Table  # which ids are told to be which users'
    late: pa.Table  # events that came after their day
    hashes: Hashes
    duplicates: int
    again: Repeats | None  # what was a duplicate

    @property
    def tells_of_people(self) -> bool:
        """Of their traits or memberships, or when one was first seen under an id that he sent before he was known."""
        only_events = pc.all(pc.equal(self.messages["kind"], EVENT)).as_py()
        return len(self.traits) > 0 or not only_events or bool(pc.any(self.messages["is_anonymous"]).as_py())


def by_product(
    facts: pa.Table, seen: Mapping[int, Seen], zones: Mapping[int, str], account_traits: Mapping[int, str | None],
    deleted: Mapping[int, Suppressed],
) -> dict[int, Arrived]:  # fmt: skip
    found, products = {}, pc.unique(facts["product"]).to_pylist()
    for product in products:
        own = facts if len(products) == 1 else facts.filter(pc.equal(facts["product"], product))
        read_in = zones.get(product, "UTC"), account_traits.get(product), deleted.get(product)
        found[product] = arrived(product, own.combine_chunks(), seen[product], *read_in)
    return found


def arrived(
    product: int, facts: pa.Table, seen: Seen, zone: str,
    account_trait: str | None = None, deleted: Suppressed | None = None,
) -> Arrived:  # fmt: skip
    """`account_trait`: the trait of an identify call that names the user's account where the call itself doesn't.
    `deleted`: who was; calls of before the trait was chosen may name such an account."""
    hashes = in_columns.message_hashes(product, facts["message"])
    new = seen.first_times(hashes)
    fresh = within_bounds(facts.take(pa.array(new)).combine_chunks() if len(new) < len(facts) else facts)
    if account_trait is not None:
        fresh = _with_accounts(fresh, account_trait, deleted)
    kind = fresh["kind"].combine_chunks()
    sent_at = fresh["sent_at"].to_numpy()
    if len(sent_at) and not (sent_at.min() >= FIRST_MOMENT and sent_at.max() < LAST_MOMENT):
        raise ValueError("there are times that no calendar has")
    day = in_columns.local_days(sent_at, zone)
    columns = {
        name: (name_kind, names := fresh[name].combine_chunks(), in_columns.ids_of(product, name_kind, names))
        for name, name_kind in (("user", ids.USER), ("account", ids.ACCOUNT), ("event", ids.EVENT))
    }
    is_anonymous, sender = senders(product, fresh, columns["user"][2])
    messages = pa.table(
        {
            "product": np.full(len(fresh), product, np.int32),
            "message_id": hashes[new],
            "kind": kind,
            "sent_at": sent_at,
            "day": day,
            "user_id": sender,
            "given_id": columns["account"][2],
            "event_id": columns["event"][2],
            "n": encoding.times(fresh),
            "sent_as": np.zeros(len(fresh), np.int64),  # where ids are linked, `adoption` says who they are
            "is_anonymous": is_anonymous,
            "waits": is_anonymous,
        }
    )
    named = [_names(product, *column, sent_at, day) for column in columns.values()]
    return Arrived(
        product, messages, pa.concat_tables(named), _traits(messages, kind, fresh["traits"].combine_chunks(), zone),
        _links(product, fresh, columns["user"][2]), late(messages, fresh["received"].to_numpy(), zone), hashes[new],
        len(facts) - len(fresh), repeats(facts, hashes, new),
    )  # fmt: skip


def senders(
    product: int, fresh: pa.Table, users: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Which events and identify calls have no user but an anonymous id, and the id of everyone's sender. An id is one
    and the same in whatever field it came. (A group's anonymous id is nobody's.)"""
    kind = fresh["kind"].to_numpy()
    places = np.flatnonzero((users == ids.NOBODY) & (kind <= IDENTIFY))
    is_anonymous = np.zeros(len(fresh), bool)
    if not len(places):
        return is_anonymous, users
    anonymous = np.full(len(fresh), ids.NOBODY, np.int64)
    anonymous[places] = in_columns.ids_of(product, ids.USER, _not_blank(fresh["anonymous"].take(pa.array(places))))
    is_anonymous = anonymous != ids.NOBODY
    return is_anonymous, np.where(is_anonymous, anonymous, users)


def _with_accounts(fresh: pa.Table, trait: str, deleted: Suppressed | None) -> pa.Table:
    """Identify calls without an account get the one that their trait names: a text that is not blank, or a number."""
    traits = fresh["traits"].combine_chunks()
    rows, keys, values = pairs(traits)
    named = pc.equal(keys, trait)
    account = np.full(len(fresh), None, object)
    account[rows.filter(named).to_numpy()] = [_account(text, deleted) for text in values.filter(named).to_pylist()]
    nameless = pc.and_(pc.equal(fresh["kind"], IDENTIFY), pc.is_null(_not_blank(fresh["account"])))
    accounts = pc.if_else(nameless, pa.array(account, pa.string()), fresh["account"])
    return fresh.set_column(fresh.schema.get_field_index("account"), "account", accounts)


def _account(text: str, deleted: Suppressed | None) -> str | None:
    named = account_in(text)
    account = cut(named, LONGEST_ID) if named else None
    return None if deleted and deleted.has_account(account) else account


def _links(product: int, fresh: pa.Table, users: npt.NDArray[np.int64]) -> pa.Table:
    """An identify call with both ids, or an alias: from when on the one is told to be the other."""
    kind = fresh["kind"].to_numpy()
    places = np.flatnonzero((users != ids.NOBODY) & ((kind == IDENTIFY) | (kind == ALIAS)))
    telling = fresh.take(pa.array(places))
    table = pa.table(
        {
            "id": in_columns.ids_of(product, ids.USER, _not_blank(telling["anonymous"])),
            "user_id": users[places],
            "name": telling["user"],
            "sent_at": telling["sent_at"],
        }
    )
    told = pc.and_(pc.not_equal(table["id"], ids.NOBODY), pc.not_equal(table["id"], table["user_id"]))
    grouped = table.filter(told).group_by(["id", "user_id", "name"]).aggregate([("sent_at", "min")])
    return pa.table(
        {
            "product": np.full(len(grouped), product, np.int32),
            "id": grouped["id"],
            "user_id": grouped["user_id"],
            "name": grouped["name"],
            "sent_at": grouped["sent_at_min"],
        }
    )


def _not_blank(texts: pa.ChunkedArray) -> pa.Array:
    texts = texts.combine_chunks()
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(texts), ""), None, texts)


def _names(
    product: int, kind: int, names: pa.Array, name_ids: npt.NDArray[np.int64],
    sent_at: npt.NDArray[np.int64], day: npt.NDArray[np.int32],
) -> pa.Table:  # fmt: skip
    columns = {"id": name_ids, "name": names, "sent_at": sent_at, "day": day}
    table = pa.table(columns).filter(pc.is_valid(names))
    grouped = table.group_by(["id", "name"]).aggregate([("sent_at", "min"), ("day", "min")])
    return pa.table(
        {
            "product": np.full(len(grouped), product, np.int32),
            "kind": np.full(len(grouped), kind, np.int8),
            "id": grouped["id"],
            "name": grouped["name"],
            "first_at": grouped["sent_at_min"],
            "first_day": grouped["day_min"],
        }
    )


def _traits(messages: pa.Table, kind: pa.Array, traits: pa.Array, zone: str) -> pa.Table:
    """One row per trait: identify speaks of its user, group of its account."""
    rows, keys, items = pairs(traits)
    told_by = messages.take(rows)
    of_group = pc.equal(kind.take(rows), GROUP)
    values = items.dictionary_encode()
    read = [_read(text) for text in values.dictionary.to_pylist()]
    texts = pa.array([text for text, _, _ in read], pa.string())
    moments = pa.array([moment for _, _, moment in read], pa.int64())
    moment_days = pa.array(in_columns.local_days(moments.fill_null(0).to_numpy(zero_copy_only=False), zone))
    table = pa.table(
        {
            "product": told_by["product"],
            "kind": pc.if_else(of_group, ids.ACCOUNT, ids.USER).cast(pa.int8()),
            "id": pc.if_else(of_group, told_by["given_id"], told_by["user_id"]),
            "key": keys,
            "day": told_by["day"],
            "sent_at": told_by["sent_at"],
            "value": items,
            "text": texts.take(values.indices),
            "number": pa.array([number for _, number, _ in read], pa.float64()).take(values.indices),
            "moment": moments.take(values.indices),
            "moment_day": pc.if_else(moments.is_valid(), moment_days, None).take(values.indices),
            "sent_as": told_by["sent_as"],
            "waits": told_by["waits"],
        }
    )
    return table.filter(pc.not_equal(table["id"], ids.NOBODY))


def _read(text: str) -> tuple[str | None, float | None, int | None]:
    """A trait's value as people read it, as a number and as a moment (ms), where it can be read so."""
    value = msgspec.json.decode(text)
    shown: str | None = value if isinstance(value, str) else text
    if value is None or not str(value).strip():
        shown = None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return shown, None, None
    moment = times.parse(value) if not isinstance(value, str) or value[:1].isdigit() else None
    if moment is not None and not FIRST_MOMENT <= moment < LAST_MOMENT:
        moment = None
    return shown, number_in(value), moment
