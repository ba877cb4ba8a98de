"""How long a product keeps its daily counts. Lifetime sums stay; only days go, whole months of them."""

from datetime import date, timedelta
from typing import Any

import msgspec
import structlog
from django.db import IntegrityError, transaction

from accoil.count import belongings, days
from accoil.count.condensing import ASK
from accoil.count.facts import facts
from accoil.erase.models import Retention
from accoil.receive.condensing import bytes_a_call
from accoil.score.askable import CHARTS, ZONES
from accoil.score.models import Profile
from accoil.segment.askable import first_days, looks_back
from accoil.team import audit
from accoil.team.models import FIRST_DAYS, Product, User

ACTION = "keep-days"  # as the table of permissions calls it
# Days on which something was done, before days go by themselves by the last but two: a clock that is ahead, and puts
# what comes in meanwhile on days of its own, is noticed by then.
DAYS_SEEN = 3


log = structlog.get_logger()


class Going(msgspec.Struct, frozen=True):
    """What goes when days before `until` do: so many days from `first` on, the events on them, and about how many
    bytes of the journal tell of them (None where that is on another server). `needed`: so many days are kept since
    today's pages look back as far, though fewer were asked for."""

    until: date
    days: int
    events: int
    bytes: int | None
    first: date | None
    needed: int = 0


def first_kept(product: Product, months: int, open_days: int, today: date | None = None) -> tuple[date, int]:
    """The first day that stays, which is the first of a month, and how many days pages need where that is what
    decides, else 0."""
    today = today or product.today()
    wanted = _months_before(today, months)
    needed = max(map(_looks_back, product.profiles.all()), default=0) + ZONES + max(CHARTS, open_days)
    least = (today - timedelta(days=needed)).replace(day=1)
    return (least, needed) if least < wanted else (wanted, 0)


def _looks_back(profile: Profile) -> int:
    """Cards of feeds look back five weeks, which charts do anyway; filters of lists stand in addresses alone."""
    return looks_back(profile, _conditions(profile))


def _first_days(product: Product) -> int:
    """How many first days stay of those that go: as many as any rule may need. Later ones can't need more: those days
    are gone."""
    needed = (first_days(profile, _conditions(profile)) for profile in product.profiles.all())
    return max([FIRST_DAYS, *needed])


def _conditions(profile: Profile) -> list[object]:
    return list(profile.automations.exclude(condition=None).values_list("condition", flat=True))


def going(product: Product, months: int, open_days: int, today: date | None = None) -> Going:
    """Looks only; nothing goes."""
    until, needed = first_kept(product, months, open_days, today)
    row = _told(product, product.kept_from, until)
    journal = belongings.journal()
    size = None if journal is None else int(bytes_a_call(journal) * row["events"])
    first = None if row["first"] is None else days.day(row["first"])
    return Going(until, row["days"], row["events"], size, first, needed)


def has_days(run: Retention) -> bool:
    """Whether anything was done on days that go with it, and did not with one before."""
    return bool(_told(run.product, first_days_kept().get(run.product_id), run.until)["days"])


def _told(product: Product, since: date | None, until: date) -> dict[str, Any]:
    """`days`, `first` and `events`, of days from `since` to before `until`."""
    first = days.number(since) if since else -days.number(date.max)
    return facts().store.rows(ASK["going"], product=product.pk, since=first, until=days.number(until))[0]


def keep(product: Product, months: int | None, open_days: int, author: User | None) -> Retention | None:
    """So many months from now on (None: for ever). What is older goes; None where nothing is. Days that are gone do
    not come back."""
    product.keep_months = months
    product.save(update_fields=["keep_months"])
    if months is None:
        _stop(product)
        return None
    return begin(product, going(product, months, open_days), author.email if author else "")


def begin(product: Product, found: Going, who: str = "") -> Retention | None:
    """From now on events of these days are refused, and days that need them can't be asked for."""
    if product.kept_from is not None and found.until <= product.kept_from:
        return None
    try:
        with transaction.atomic():
            run = Retention.objects.create(
                product=product, until=found.until, who=who, days=found.days, events=found.events
            )
            if product.kept_from is None:
                product.first_days = _first_days(product)
            product.kept_from = found.until
            product.save(update_fields=["kept_from", "first_days"])
    except IntegrityError:  # one is on its way; the next look of the clock goes on from there
        return None
    return run


def first_days_kept() -> dict[int, date]:
    """Product → the day before which all is gone, of those where any is."""
    done = Retention.objects.filter(state=Retention.State.DONE).order_by("until")
    return dict(done.values_list("product", "until"))


def _stop(product: Product) -> None:
    """Takes back what is on its way and has not begun."""
    with transaction.atomic():
        deleted, _ = Retention.objects.filter(product=product, state=Retention.State.JOURNAL, total=0).delete()
        if deleted:
            done = Retention.objects.filter(product=product, state=Retention.State.DONE).first()
            product.kept_from = done.until if done else None
            product.save(update_fields=["kept_from"])


def begin_due(open_days: int) -> None:
    """Where somebody has said so once, it goes on by itself, month by month; never by the clock alone."""
    for product in Product.objects.exclude(keep_months=None).exclude(kept_from=None).select_related("team"):
        if not is_due(product, open_days, product.today()):
            continue
        assert product.keep_months is not None
        if not is_due(product, open_days, today := today_as_received(product)):
            log.info("days are kept longer: nothing tells that the clock is right", product=product.pk, seen=str(today))
            continue
        until, _ = first_kept(product, product.keep_months, open_days, today)
        if begin(product, going(product, product.keep_months, open_days, today)):
            said = f"Daily counts of {product} before {until} go: {product.keep_months} months are kept."
            audit.write([product.team], None, ACTION, said, product=product)


def is_due(product: Product, open_days: int, today: date) -> bool:
    """Whether days go by themselves, where it is that day."""
    if product.keep_months is None or product.kept_from is None:
        return False
    return first_kept(product, product.keep_months, open_days, today)[0] > product.kept_from


def today_as_received(product: Product) -> date:
    """Today, or an earlier day where nothing was received that tells of a later one."""
    assert product.kept_from is not None
    given = {"product": product.pk, "since": days.number(product.kept_from), "many": DAYS_SEEN}
    seen = [days.day(row["day"]) for row in facts().store.rows(ASK["days_seen"], **given)]
    return min(product.today(), seen[-1] if len(seen) == DAYS_SEEN else product.kept_from)


def _months_before(day: date, months: int) -> date:
    """The first day of the month so many months before."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
