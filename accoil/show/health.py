"""How well events come in, as the page of ingest health shows it: sources, reasons, silences."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accoil.receive.calls import LEFT_OUT
from accoil.show import charts, ingest_words, words
from accoil.show.frame import Frame
from accoil.show.sentences import bold
from accoil.team.ingest import EVENT, SOURCE, SourceDay, Watched, source_of
from accoil.team.models import IngestKey

DAYS = 14

Row = dict[str, Any]


@dataclass
class Source:
    """What one key brought in the days shown, or one library by it."""

    name: str
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    refused: int = 0
    last_seen: datetime | None = None
    line: list[int] = field(default_factory=lambda: [0] * DAYS)
    is_off: bool = False
    silent: Watched | None = None
    libraries: list["Source"] = field(default_factory=list)

    @property
    def received(self) -> int:
        return self.accepted + self.rejected

    def add(self, row: SourceDay, first: date) -> None:
        self.count(row)
        self.line[(row.day - first).days] += row.accepted

    def count(self, row: SourceDay) -> None:
        self.accepted += row.accepted
        self.duplicates += row.duplicates
        self.refused += row.refused
        self.rejected += sum(n for reason, n in row.reasons.items() if is_rejection(reason))
        if row.last_seen_at and (self.last_seen is None or row.last_seen_at > self.last_seen):
            self.last_seen = row.last_seen_at


def is_rejection(reason: str) -> bool:
    """A reason that a call was rejected for; the others are of whole requests, or of calls that are left out."""
    return reason not in LEFT_OUT and not reason.partition(" ")[0].isdecimal()


def rows_of(frame: Frame) -> list[SourceDay]:
    rows = SourceDay.objects.filter(key__product=frame.product, day__gt=frame.today - timedelta(DAYS))
    return list(rows.order_by("pk"))  # equals keep their places, whichever row was written last


def sources(frame: Frame, rows: Iterable[SourceDay], silent: Iterable[Watched]) -> list[Source]:
    """The product's keys, each with the libraries that send by it; also keys that were never seen."""
    first = frame.today - timedelta(DAYS - 1)
    by_key: dict[int, dict[str, Source]] = defaultdict(dict)
    keys = {key.pk: key for key in frame.product.ingest_keys.defer("secret")}
    totals = {pk: Source(str(key), is_off=not key.enabled, last_seen=key.last_seen_at) for pk, key in keys.items()}
    for row in rows:
        if not 0 <= (row.day - first).days < DAYS:
            continue  # a day of another time zone, from before it was changed
        totals[row.key_id].add(row, first)
        if row.library:
            by_key[row.key_id].setdefault(row.library, Source(row.library)).add(row, first)
    for watched in silent:
        key_id, library = source_of(watched.name)
        if library in by_key[key_id]:
            by_key[key_id][library].silent = watched
    for pk, source in totals.items():
        source.libraries = sorted(by_key[pk].values(), key=lambda each: -each.received)
    return sorted(totals.values(), key=lambda each: (each.is_off, -each.received))


def day_by_day(frame: Frame, rows: Iterable[SourceDay]) -> list[Row]:
    """What each key brought on each day, newest first."""
    names = dict(frame.product.ingest_keys.values_list("id", "name"))
    found: dict[tuple[date, int], Source] = {}
    for row in rows:
        found.setdefault((row.day, row.key_id), Source(names[row.key_id])).count(row)
    newest = sorted(found, key=lambda place: (-place[0].toordinal(), place[1]))
    return [{"day": f"{day:%a} {charts.short_day(day)}", "source": found[day, key]} for day, key in newest]


def reasons(rows: Iterable[SourceDay]) -> list[Row]:
    """Why calls were rejected or requests refused, most frequent first: what it was, what to do, how many."""
    told = Counter[str]()
    for row in rows:
        told.update(row.reasons)
    found = []
    for reason, n in told.most_common():
        what, to_do = ingest_words.reason(reason)
        counted = words.count(n, "call" if is_rejection(reason) or reason in LEFT_OUT else "request")
        found.append({"what": what, "to_do": to_do, "count": counted})
    return found


def silences(frame: Frame) -> list[Row]:
    """Sources and events that are silent or muted, as they are shown: what, since when, and its row."""
    keys = dict(IngestKey.objects.filter(product=frame.product).values_list("id", "name"))
    return [
        {"watched": each, "name": watched_name(each, keys), "since": since_words(frame, each), "muted": each.muted_at}
        for each in frame.product.watched.order_by(F("muted_at").asc(nulls_first=True), "kind", "name")
    ]


def watched_name(watched: Watched, keys: Mapping[int, str]) -> str:
    if watched.kind == EVENT:
        return watched.name
    key_id, library = source_of(watched.name)
    return f"{library} ({keys.get(key_id, 'a key that is gone')})"


def since_words(frame: Frame, watched: Watched) -> str:
    """Tuesday 31 March, 08:30; of an event, which is looked at by days, without the hour"""
    if watched.silent_since is None:
        return ""
    local = watched.silent_since.astimezone(frame.product.zone)
    return words.full_day(local.date()) + (f", {local:%H:%M}" if watched.kind == SOURCE else "")


def silent_sentence(frame: Frame) -> str:
    """For the dashboard: what fell silent, and since when; "" when nothing did."""
    silent = [each for each in silences(frame) if each["since"] and not each["muted"]]
    if not silent:
        return ""
    if len(silent) == 1:
        return f"{silent[0]['name']} has been silent since {silent[0]['since']}."
    return f"{words.listed([each['name'] for each in silent])} have fallen silent."


def sentence(found: Iterable[Source], silent: list[Row]) -> SafeString:
    """The page's opening: 12,340 calls came in 14 days, 24 of them (0.2 %) were rejected; analytics-node is silent."""
    found = list(found)
    received, rejected = sum(each.received for each in found), sum(each.rejected for each in found)
    if not received:
        return format_html("Nothing has come in {} days.", DAYS)
    calls = format_html("{} came in {} days", bold(words.count(received, "call")), DAYS)
    share = rejected / received
    percent = "less than 0.1 %" if share < 0.001 else f"{share * 100:.1f} %"
    bad = format_html("{} of them ({}) were rejected", bold(words.number(rejected)), percent)
    said = format_html("{}, {}", calls, bad) if rejected else format_html("{}, none was rejected", calls)
    names = [each["name"] for each in silent if each["since"] and not each["muted"]]
    if not names:
        return format_html("{}.", said)
    return format_html("{}. {} {} silent.", said, bold(words.listed(names)), "is" if len(names) == 1 else "are")
