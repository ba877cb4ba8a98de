"""All that is held of somebody, for servers without the journal: a row that the one that counts answers."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accoil.count import people
from accoil.count.ids import Kind
from accoil.erase.held import held
from accoil.erase.models import Erasure, Holding, HoldingPart
from accoil.team.models import Product, User

LASTS = timedelta(hours=1)
SLOW = timedelta(seconds=30)  # then whoever waits is told that somebody may be missing
LARGEST = 250_000  # bytes of a part
AT_ONCE = 4  # parts in memory
IS_MADE = "The server that counts puts it together: download it again in a few seconds."
IS_LATE = (
    "The server that counts has not put it together yet, asked {ago} seconds ago: see whether it runs and what its "
    "/health says, and download it again then."
)
IS_HELD_BACK = "Somebody is being deleted just now: it is put together when that is done. See Settings > Privacy."
State = Erasure.State


def asked(product: Product, kind: Kind, entity: int, by: User) -> Holding:
    """Begins it, unless it was asked for within the hour."""
    _forget_old()
    return Holding.objects.get_or_create(product=product, kind=kind, entity=entity, asked_by=by)[0]


def why_not(holding: Holding) -> str | None:
    """None: it is there."""
    if holding.made_at:
        return None
    if _deleting(holding.product, timezone.now()):
        return IS_HELD_BACK
    ago = timezone.now() - holding.asked_at
    return IS_MADE if ago < SLOW else IS_LATE.format(ago=round(ago.total_seconds()))


def pieces(holding: Holding) -> Iterator[bytes]:
    for part in holding.parts.iterator(AT_ONCE):
        yield part.text.encode()


def step() -> None:
    """Puts together what is asked for, on the server that counts. What goes wrong with one keeps no other from being
    put together, and is raised then."""
    _forget_old()
    failed: Exception | None = None
    for each in Holding.objects.filter(made_at=None).select_related("product"):
        try:
            _make(each)
        except Exception as wrong:
            failed = wrong
    if failed:
        raise failed


def _make(holding: Holding) -> None:
    began = timezone.now()
    kind: Kind = "user" if holding.kind == "user" else "account"
    if not people.exists(holding.product_id, kind, holding.entity):  # deleted meanwhile
        holding.delete()
        return
    holding.parts.all().delete()  # of a time that was broken off
    text = b""
    for piece in held(holding.product, kind, holding.entity):
        text += piece
        if len(text) > LARGEST:
            if not _put(holding, began, text):
                return
            text = b""
    _put(holding, began, text, made_at=timezone.now())


def _put(holding: Holding, began: datetime, text: bytes, **then: datetime) -> bool:
    """Writes a part down, each by itself: all may be larger than the memory. Whether it is still wanted: what was read
    of somebody who is being deleted is not written down after all else was; it is read again."""
    with transaction.atomic():
        own = Holding.objects.select_for_update().filter(pk=holding.pk)
        if _deleting(holding.product, began) or not own.exists():
            return False
        HoldingPart.objects.create(holding=holding, text=text.decode())
        own.update(**then)
    return True


def _deleting(product: Product, began: datetime) -> bool:
    on_its_way = Q(state__in=[State.JOURNAL, State.NUMBERS, State.RECORDS]) | Q(since__gte=began)
    return Erasure.objects.filter(on_its_way, product=product).exists()


def _forget_old() -> None:
    Holding.objects.filter(asked_at__lt=timezone.now() - LASTS).delete()
