"""How long daily counts are kept, for Settings > Privacy: as it is, what would go, and what is on its way."""

from typing import Any

from django.http import QueryDict

from accoil import environment
from accoil.count.counting import OPEN_DAYS
from accoil.erase import retention
from accoil.erase.models import Retention
from accoil.erase.retention import Going
from accoil.refused import Refused
from accoil.show import words
from accoil.show.frame import Frame
from accoil.team.models import KEEP_CHOICES, Product, Team

FOR_EVER = "for-ever"
STEPS = (Retention.State.JOURNAL, Retention.State.NUMBERS)


def months_in(query: QueryDict) -> int | None:
    """As a form says; None: for ever. Raises Refused."""
    given = query.get("months", "")
    if given == FOR_EVER:
        return None
    if given not in map(str, KEEP_CHOICES):
        raise Refused("Choose how many months of daily counts are kept, or for ever.")
    return int(given)


def told(frame: Frame) -> dict[str, Any]:
    """For the page; where its address names a number of months, with what would go."""
    product, query = frame.product, frame.request.GET
    wanted: int | None = product.keep_months
    going: Going | None = None
    is_asked = "months" in query and frame.may_change
    if is_asked:
        try:
            wanted = months_in(query)
        except Refused:
            is_asked = False
        else:
            going = None if wanted is None else retention.going(product, wanted, open_days())
    return {
        "kept": sentence(product),
        "held_back": held_back(product),
        "asked_months": is_asked,
        "wanted": wanted,
        "going": going,
        "goes": going is not None and (product.kept_from is None or going.until > product.kept_from),
        "months": [(str(each), in_words(each)) for each in (*KEEP_CHOICES, None)],
        "chosen": FOR_EVER if wanted is None else str(wanted),
        **on_its_way(product),
    }


def on_its_way(product: Product) -> dict[str, Any]:
    run = Retention.objects.filter(product=product).first()
    if run is None:
        return {"run": None}
    share = min(100, 100 * run.done // run.total) if run.total else None
    step = 0 if run.state == Retention.State.DONE else STEPS.index(Retention.State(run.state))
    # The journal is one of all teams: they learn nothing of each other's traffic.
    sizes = run.before > 0 and Team.objects.count() == 1
    return {"run": run, "run_sizes": sizes, "run_share": share, "run_step": step, "run_steps": len(STEPS)}


def is_going(product: Product) -> bool:
    return Retention.objects.filter(product=product, finished_at=None).exists()


def sentence(product: Product) -> str:
    if product.keep_months is None:
        since = f", from {product.kept_from} on: what is older is gone" if product.kept_from else ""
        return f"Daily counts of {product} are kept for ever{since}."
    if product.kept_from is None:
        return (
            f"Daily counts of {product} are meant to be kept for {in_words(product.keep_months)}. "
            f"Nothing has gone yet: nothing does before somebody has seen here what would."
        )
    return f"Daily counts of {product} are kept for {in_words(product.keep_months)}: from {product.kept_from} on."


def held_back(product: Product) -> str:
    """Why days don't go by themselves that would by the clock; "" where they do."""
    if not retention.is_due(product, open_days(), product.today()):
        return ""
    seen = retention.today_as_received(product)
    if retention.is_due(product, open_days(), seen):
        return ""
    return (
        f"By this server's clock it is {product.today()}, and older days would go; but events of fewer than "
        f"{retention.DAYS_SEEN} days came after {seen}, so they stay, in case that clock is ahead. They go when events "
        "of later days are here, or when you choose the months here again."
    )


def in_words(months: int | None) -> str:
    """24 months; for ever"""
    return "ever" if months is None else words.count(months, "month")


def open_days() -> int:
    return environment.number("ACCOIL_OPEN_DAYS", OPEN_DAYS, least=1, most=3660)
