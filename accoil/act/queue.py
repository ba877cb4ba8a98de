"""The queue of what is to be done in other tools: rows of Delivery, put there by automations and by people."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from accoil.act.actions import Values, action_of, check_values
from accoil.act.models import Automation, Batch, Delivery, Feed, Firing
from accoil.connect.batches import batches
from accoil.connect.connection import Tool
from accoil.connect.models import Connection, live
from accoil.connect.models import State as Connected
from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.team.models import Product, User

AT_ONCE = 500  # rows of one statement
MOST_BY_HAND = 10_000

State = Delivery.State


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One action for one user or account. `key`: the same for what must be done once. `entity` None: there is nobody to
    do it for, which `why_not` says."""

    action: str
    kind: Kind
    entity: int | None
    values: Values
    key: str
    told: dict[str, Any] = {}
    why_not: str = ""
    firing: Firing | None = None
    batch: Batch | None = None
    feed: Feed | None = None


def queue_all(product: Product, wanted: Iterable[Wanted]) -> None:
    """Those whose key is there already are left as they are."""
    connections = _Connections(product)
    rows = [_delivery(product, each, connections) for each in wanted]
    Delivery.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)


def by_hand(
    product: Product, author: User | None, action: str, values: Any, kind: Kind, entities: Sequence[int]
) -> Batch:
    """Has an action done to ticked rows. Raises Refused for wrong values, or when the tool is not connected."""
    tool, offered = action_of(action)
    if not offered.by_hand or kind not in offered.kinds:
        raise Refused(f"{offered.label} can't be done by hand to {kind}s.")
    checked = check_values(action, values, kind, with_names=False)
    several = list(dict.fromkeys(entities))
    if not several:
        raise Refused(f"Tick the {kind}s it is to be done to.")
    if len(several) > MOST_BY_HAND:
        raise Refused(f"{len(several):,} {kind}s are ticked; {MOST_BY_HAND:,} is the most at a time.")
    connection = _Connections(product).of(tool, checked)
    if connection is None:
        raise Refused(not_connected(tool))
    if connection.state == Connected.DISCONNECTING:
        raise Refused(f"{tool.name} is being disconnected. When that is over, connect it again, then try again.")
    with transaction.atomic():
        batch = Batch.objects.create(product=product, author=author, action=action, values=checked)
        queue_all(
            product,
            (
                Wanted(
                    action=action, kind=kind, entity=entity, values=checked, key=f"batch:{batch.pk}:{entity}",
                    batch=batch,
                )
                for entity in several
            ),
        )  # fmt: skip
    return batch


def counts(deliveries: QuerySet[Delivery]) -> dict[str, int]:
    """State → how many; all states are there."""
    found = dict(deliveries.order_by().values_list("state").annotate(n=Count("pk")))
    return {str(state): found.get(str(state), 0) for state in State}


def retry(delivery: Delivery) -> bool:
    """Has one that failed, or that waits for later, tried now; whether there was anything to do."""
    return retry_all(Delivery.objects.filter(pk=delivery.pk)) == 1


def retry_all(deliveries: QuerySet[Delivery], done: bool = False) -> int:
    """How many are tried again: those that failed, and those that wait; with `done` those that arrived as well, which
    say the same again, under the same key."""
    states = (State.FAILED, State.WAITING, *((State.DONE,) if done else ()))
    again = deliveries.filter(state__in=states).exclude(entity=0)
    found = list(again.select_related("product__team"))
    connections = {each.product_id: _Connections(each.product) for each in found}
    together: dict[Connection | None, list[int]] = {}
    for each in found:
        if tool := _tool_of(each.action):
            together.setdefault(connections[each.product_id].of(tool, each.values), []).append(each.pk)
    now = timezone.now()
    anew = {"state": State.WAITING, "attempts": 0, "due_at": now, "next_at": now, "ended_at": None}
    tried = 0
    for connection, keys in together.items():
        for batch in batches(keys, AT_ONCE):
            some = Delivery.objects.filter(pk__in=batch)
            tried += some.filter(state__in=states).update(**anew, connection=connection)
    return tried


def of_automation(automation: Automation) -> QuerySet[Delivery]:
    return Delivery.objects.filter(firing__automation=automation)


def not_connected(tool: Tool) -> str:
    return f"{tool.name} is not connected. Connect it in Settings > Connections, then try again."


class _Connections:
    """What actions of a team go through, looked up once."""

    def __init__(self, product: Product) -> None:
        self._team = product.team
        self._found: dict[tuple[str, ...], Connection | None] = {}

    def of(self, tool: Tool, values: Values) -> Connection | None:
        """The team's connection to the tool, or what the tool says that these values go through."""
        found = tool.connection_of
        key = (tool.key, *(text for pair in sorted(values.items()) for text in pair if found))
        if key not in self._found:
            self._found[key] = found(self._team, values) if found else live(self._team, tool.key)
        return self._found[key]


def _tool_of(action: str) -> Tool | None:
    try:
        return action_of(action)[0]
    except Refused:
        return None


def _delivery(product: Product, wanted: Wanted, connections: _Connections) -> Delivery:
    tool = _tool_of(wanted.action)
    connection = connections.of(tool, wanted.values) if tool else None
    why_not = wanted.why_not
    if not why_not and tool is None:
        why_not = f"No tool knows the action {wanted.action} any more."
    now = timezone.now()
    ended = {"state": State.FAILED, "answer": why_not, "ended_at": now} if why_not else {}
    return Delivery(
        product=product, firing=wanted.firing, batch=wanted.batch, feed=wanted.feed, connection=connection,
        action=wanted.action,
        kind=wanted.kind, entity=wanted.entity or 0, values=wanted.values, told=wanted.told, key=wanted.key,
        due_at=now, next_at=now, **ended,
    )  # fmt: skip
