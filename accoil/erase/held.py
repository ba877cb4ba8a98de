"""Everything that is held of one user or account, for whoever asks for it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from accoil.act.models import Delivery, Firing
from accoil.connect.models import Record
from accoil.count import belongings, days, erasing, people
from accoil.count.ids import Kind
from accoil.receive.calls import ALIAS, EVENT, GROUP, IDENTIFY
from accoil.score.exclusion import is_excluded
from accoil.segment.models import Stay
from accoil.team.models import Product

Row = dict[str, Any]
KINDS = {EVENT: "event", IDENTIFY: "identify", GROUP: "group", ALIAS: "alias"}


class Elsewhere(Exception):
    """What was received is not on this server, but on the one that counts (`accoil.erase.handing`)."""


def held(product: Product, kind: Kind, entity: int) -> Iterator[bytes]:
    """As a JSON object, in pieces: the calls may be many, and are read from the journal one block after the other.
    Raises Elsewhere where there is none."""
    journal = belongings.journal()
    if journal is None:
        raise Elsewhere
    return _pieces(journal, product, kind, entity)


def _pieces(journal: Path, product: Product, kind: Kind, entity: int) -> Iterator[bytes]:
    tracking_id = people.tracking_ids(product.pk, kind, [entity])[entity]
    whole: Row = {
        kind: tracking_id,
        "product": str(product),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "traits": people.traits(product.pk, kind, entity),
        "traits_before": [_day(row) | {"value": msgspec.json.decode(row["value"])} for row in
                          belongings.told(product.pk, kind, entity)],
        "memberships": [_day(row) for row in belongings.memberships(product.pk, kind, entity)],
        "counts": [_day(row) for row in belongings.counts(product.pk, kind, entity)],
        "segments": _segments(product, kind, entity),
        "automations": _firings(product, kind, entity),
        "deliveries": _deliveries(product, kind, entity),
        "connections": _records(product, kind, entity),
        "left_out_of": [str(each) for each in product.profiles.all()
                        if is_excluded(each.current.parsed, kind, tracking_id)],
    }  # fmt: skip
    yield msgspec.json.encode(whole)[:-1] + b',"calls":['
    between = b""
    for call in belongings.calls(journal, product.pk, kind, erasing.ids_of(product.pk, kind, tracking_id)):
        yield between + msgspec.json.encode(_call(call))
        between = b","
    yield b"]}"


def _call(row: Row) -> Row:
    """As it was received; what it had none of is left out. Of days that are no longer kept: how many times up to which
    moment."""
    times = row.get("n")
    told = {
        "kind": KINDS.get(row["kind"], "event"),
        "id": "" if times else row["message"],
        "times": times,
        "up_to" if times else "at": _moment(row["sent_at"]),
        "received": "" if times else _moment(row["received"]),
        "user": row["user"],
        "anonymous": row["anonymous"],
        "account": row["account"],
        "event": row["event"],
        "traits": {key: msgspec.json.decode(value) for key, value in row["traits"] or ()},
    }
    return {name: value for name, value in told.items() if value}


def _segments(product: Product, kind: Kind, entity: int) -> list[Row]:
    stays = Stay.objects.filter(segment__profile__product=product, segment__scope=kind, entity=entity)
    return [
        {
            "profile": str(stay.segment.profile),
            "segment": stay.segment.name,
            "entered": days.day(stay.entered_day).isoformat(),
            "left": None if stay.left_day is None else days.day(stay.left_day).isoformat(),
        }
        for stay in stays.select_related("segment__profile").order_by("entered_day", "pk")
    ]


def _firings(product: Product, kind: Kind, entity: int) -> list[Row]:
    firings = Firing.objects.filter(automation__profile__product=product, automation__scope=kind, entity=entity)
    return [
        {"automation": each.automation.name, "at": each.at, "became": each.get_became_display(), "why": each.because}
        for each in firings.select_related("automation").order_by("pk")
    ]


def _deliveries(product: Product, kind: Kind, entity: int) -> list[Row]:
    deliveries = Delivery.objects.filter(product=product, kind=kind, entity=entity).order_by("pk")
    fields = ("action", "values", "told", "state", "answer", "created_at", "ended_at")
    return [dict(row) for row in deliveries.values(*fields)]


def _records(product: Product, kind: Kind, entity: int) -> list[Row]:
    records = Record.objects.filter(product=product, kind=kind, entity=entity).select_related("connection")
    return [
        {
            "tool": each.connection.tool,
            "workspace": each.connection.workspace_name,
            "id_there": each.remote_id,
            "matched_by": each.matched_by,
            "written_there": each.confirmed,
            "ledger": list(each.ledger.order_by("pk").values("at", "what", "changes", "reason")),
        }
        for each in records.order_by("pk")
    ]


def _day(row: Row) -> Row:
    return row | {"day": days.day(row["day"]).isoformat()}


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")
