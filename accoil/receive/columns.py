"""Requests as columns of facts-to-be."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa

from accoil.receive import tracks
from accoil.receive.calls import Call
from accoil.receive.encoding import SCHEMA
from accoil.receive.tracks import Sent


class Request(msgspec.Struct, frozen=True):
    """The calls of one request that are to be kept."""

    product: int
    received: int  # ms
    calls: list[Call]
    source: int = 0  # the ingest key's id


def table(requests: Sequence[Request | Sent]) -> pa.Table:
    """Columns of facts-to-be: first of the requests that came the short way, then of the others."""
    short = [each for each in requests if isinstance(each, Sent)]
    long = [each for each in requests if isinstance(each, Request)]
    parts = [_table(long, _columns(long))] if long or not short else []
    if short:
        parts.insert(0, _table(short, tracks.columns(short)))
    return pa.concat_tables(parts) if len(parts) > 1 else parts[0]


def _table(requests: Sequence[Request | Sent], columns: dict[str, pa.Array]) -> pa.Table:
    sizes = [len(each.calls) for each in requests]
    for name, type in (("product", np.int32), ("received", np.int64), ("source", np.int32)):
        of_requests = np.array([getattr(each, name) for each in requests], type)
        columns[name] = pa.array(np.repeat(of_requests, sizes))
    calls = sum(sizes)
    return pa.table(
        [columns[field.name] if field.name in columns else pa.nulls(calls, field.type) for field in SCHEMA],
        schema=SCHEMA,
    )


def _columns(requests: list[Request]) -> dict[str, pa.Array]:
    calls = [call for each in requests for call in each.calls]
    return {
        "kind": pa.array([call.kind for call in calls], pa.int8()),
        "message": pa.array([call.messageId for call in calls], pa.string()),
        "sent_at": pa.array([call.at for call in calls], pa.int64()),
        "user": pa.array([call.userId for call in calls], pa.string()),
        "anonymous": pa.array([call.anonymousId for call in calls], pa.string()),
        "account": pa.array([call.groupId for call in calls], pa.string()),
        "event": pa.array([call.event for call in calls], pa.string()),
        "traits": pa.array([call.pairs for call in calls], pa.map_(pa.string(), pa.string())),
    }
