"""Sources and events that fall silent: noticed, shown, and told to owners and managers once per silence."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

import msgspec
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accoil.count import people
from accoil.team.ingest import EVENT, SOURCE, SourceDay, Upkeep, Watched, source_name
from accoil.team.models import IngestKey, Product
from accoil.team.roles import Role
from accoil.watch.silence import WEEKS, silence

LOOKED_BACK = timedelta(weeks=2 * WEEKS + 1)
FORGOTTEN = timedelta(weeks=WEEKS)  # after this silence is what is usual
DOWN = timedelta(hours=1)  # a shorter stop is no reason to wait with alarms
MOST_LINES = 30  # of a letter


class Quiet(msgspec.Struct, frozen=True):
    """Something that is silent: since when, and in how many hours (of a source) or by how many people, day by day (an
    event), it is usually there in such a time."""

    since: datetime
    usual: int


Subject = tuple[str, str]  # kind, name


def look(now: datetime | None = None) -> None:
    """Looks at every product, and tells what is new. Raises at the end what kept it from looking at one: the clock says
    it in the log, once."""
    wrong: dict[int, Exception] = {}
    now = now or timezone.now()
    up_since = _stay_awake(now)
    for product in Product.objects.select_related("team"):
        try:
            look_at(product, now, up_since)
        except Exception as one:
            wrong[product.pk] = one
    if wrong:
        raise ExceptionGroup(f"products that could not be looked at: {[*wrong]}", [*wrong.values()])


def look_at(product: Product, now: datetime, up_since: datetime | None = None) -> None:
    last_seen = _sources_seen(product)
    quiet = _quiet_sources(product, now, up_since, last_seen)
    by_day = people.event_days(product.pk, (now - LOOKED_BACK).astimezone(product.zone).date())
    if not quiet:  # a silent source takes its events with it: the source is what to look at then
        quiet |= _quiet_events(product, now, up_since, by_day)
    last_seen |= {(EVENT, name): _midnight(product, max(days) + timedelta(1)) for name, days in by_day.items()}
    with transaction.atomic():
        _note(product, quiet)
        _clear(product, last_seen, now)
    _tell(product, now)


def _stay_awake(now: datetime) -> datetime | None:
    """Notes that the server is alive; since when it has been, without being down for long."""
    upkeep, _ = Upkeep.objects.get_or_create(receiver="")
    if upkeep.alive_at is None or now - upkeep.alive_at > DOWN:
        upkeep.up_since = now
    upkeep.alive_at = now
    upkeep.save(update_fields=["alive_at", "up_since"])
    return upkeep.up_since


def _sources_seen(product: Product) -> dict[Subject, datetime]:
    rows = SourceDay.objects.filter(key__product=product, key__disabled_at=None).exclude(library="")
    seen = rows.values_list("key_id", "library").annotate(last=Max("last_seen_at"))
    return {(SOURCE, source_name(key, library)): last for key, library, last in seen if last}


def _quiet_sources(
    product: Product, now: datetime, up_since: datetime | None, last_seen: Mapping[Subject, datetime]
) -> dict[Subject, Quiet]:
    local = now.astimezone(product.zone)
    rows = SourceDay.objects.filter(key__product=product, key__disabled_at=None, day__gte=local.date() - LOOKED_BACK)
    counts: dict[str, Counter[int]] = {}
    for row in rows.exclude(library=""):
        hours = counts.setdefault(source_name(row.key_id, row.library), Counter())
        hours.update(_hour(row.day, hour) for hour, n in enumerate(row.hours) if n)
    awake = _hour(up_since.astimezone(product.zone).date(), up_since.astimezone(product.zone).hour) if up_since else 0
    quiet = {}
    for name, hours in counts.items():
        found = silence(hours, _hour(local.date(), local.hour), 7 * 24, awake)
        if found and (last := last_seen.get((SOURCE, name))):
            quiet[SOURCE, name] = Quiet(last, found.usual)
    return quiet


def _quiet_events(
    product: Product, now: datetime, up_since: datetime | None, by_day: Mapping[str, Mapping[date, int]]
) -> dict[Subject, Quiet]:
    today = now.astimezone(product.zone).date().toordinal()
    awake = up_since.astimezone(product.zone).date().toordinal() + 1 if up_since else 0
    counts = {name: {day.toordinal(): n for day, n in days.items()} for name, days in by_day.items()}
    together = sum((Counter(days) for days in counts.values()), Counter[int]())
    if silence(together, today, 7, awake):
        return {}
    found = {name: silence(days, today, 7, awake) for name, days in counts.items()}
    return {
        (EVENT, name): Quiet(_midnight(product, date.fromordinal(each.last + 1)), each.usual)
        for name, each in found.items()
        if each
    }


def _note(product: Product, quiet: Mapping[Subject, Quiet]) -> None:
    for (kind, name), found in quiet.items():
        watched, _ = Watched.objects.get_or_create(product=product, kind=kind, name=name)
        if watched.silent_since is None:
            watched.silent_since, watched.usual, watched.told_at = found.since, found.usual, None
            watched.save()


def _clear(product: Product, last_seen: Mapping[Subject, datetime], now: datetime) -> None:
    """Silences that are over: it came again, its key is gone, or so long ago that nobody waits any more."""
    for watched in product.watched.exclude(silent_since=None):
        last = last_seen.get((watched.kind, watched.name))
        assert watched.silent_since
        if last is not None and last <= watched.silent_since and now - watched.silent_since < FORGOTTEN:
            continue
        if watched.muted_at is None:
            watched.delete()
        else:
            watched.silent_since = watched.told_at = None
            watched.save()


def _tell(product: Product, now: datetime) -> None:
    """One letter to each owner and manager about what is new."""
    new = list(product.watched.filter(told_at=None, muted_at=None).exclude(silent_since=None).order_by("kind", "name"))
    chosen = product.team.members.filter(role__in=[Role.OWNER, Role.MANAGER], user__is_active=True)
    addresses = list(chosen.values_list("user__email", flat=True))
    if not new:
        return
    if addresses:
        subject, text = letter(product, new)
        get_connection().send_messages([EmailMessage(subject, text, to=[address]) for address in addresses])
    for watched in new:
        watched.told_at = now
        watched.save(update_fields=["told_at"])


def letter(product: Product, new: Iterable[Watched]) -> tuple[str, str]:
    """Subject and text."""
    said = [_line(product, watched) for watched in new]
    what = said[0].partition(" has been")[0] if len(said) == 1 else f"{len(said)} sources and events"
    link = f"{settings.PUBLIC_URL}/p/{product.pk}/settings/ingest-health" if settings.PUBLIC_URL else ""
    where = f"Look at it, or mute it: {link}" if link else "Look at it, or mute it, in Settings > Ingest health."
    more = [f"And {len(said) - MOST_LINES} more."] if len(said) > MOST_LINES else []
    text = "\n".join(
        [*said[:MOST_LINES], *more, "", where, "You get one letter per silence, as an owner or manager of the team."]
    )
    return f"{product}: {what} fell silent", text + "\n"


def _line(product: Product, watched: Watched) -> str:
    assert watched.silent_since
    since = watched.silent_since.astimezone(product.zone)
    day = f"{since:%A} {since.day} {since:%B}"
    if watched.kind == EVENT:
        return f"The event {watched.name} has been silent since {day}; {watched.usual_words}."
    return f"{source_words(watched)} has been silent since {day}, {since:%H:%M}; {watched.usual_words}."


def source_words(watched: Watched) -> str:
    key_id, _, library = watched.name.partition(" ")
    key = IngestKey.objects.filter(pk=key_id).first()
    return f"{library} ({key or 'a key that is gone'})"


def _hour(day: date, hour: int) -> int:
    return day.toordinal() * 24 + hour


def _midnight(product: Product, day: date) -> datetime:
    return datetime.combine(day, time(), product.zone)
