"""Which version of a profile was in force when, and what was reported under it."""

from datetime import date, timedelta
from typing import Any

from accoil.count import days
from accoil.count.ids import Kind
from accoil.count.late import late_days
from accoil.score.day_summary import DaySummary
from accoil.score.history import Period, scores
from accoil.score.models import Profile, Version
from accoil.score.summaries import summaries

Row = dict[str, Any]


def in_force(profile: Profile, first: date, last: date) -> list[tuple[Version, date, date]]:
    """The versions in force on these days, each with its first and last day among them, oldest first. Of several
    begun on one day the latest holds; before all of them the first."""
    found: list[tuple[Version, date, date]] = []
    until = last
    for version in profile.versions.order_by("-number"):
        since = first if version.number == 1 else max(first, version.in_force_from)
        if since <= until:
            found.append((version, since, until))
            until = since - timedelta(days=1)
    return found[::-1]


def periods(profile: Profile, first: date, last: date) -> list[Period]:
    """These days as they were reported: under the version in force, against the benchmark that was kept."""
    return [
        Period(since, until, version.parsed, _benchmarks(version, since, until))
        for version, since, until in in_force(profile, first, last)
    ]


def _benchmarks(version: Version, first: date, last: date) -> dict[date, float | None]:
    kept = version.day_summaries.filter(day__range=(first, last))
    return dict(kept.values_list("day", "benchmark"))


def course(profile: Profile, kind: Kind, id: int, first: date, last: date, done: str = "counts") -> list[Row]:
    """A user or account on every day: `day`; `score` and `raw` as the definition in force today says;
    `reported_score` under the version in force then, against the benchmark kept; `version`, its number; `late`, whether
    events that belong to that day's window came after the day was summed up. `done`: a table of what it did, where it
    was put aside."""
    product = profile.product_id
    now = scores(product, [Period(first, last, profile.current.parsed)], kind, [id], done)[id]
    then = scores(product, periods(profile, first, last), kind, [id], done)[id]
    told = _in_force_on(profile, kind, id, first, last)
    return [
        {**row, "reported_score": reported["score"], **told[row["day"]]}
        for row, reported in zip(now, then, strict=True)
    ]


def _in_force_on(profile: Profile, kind: Kind, id: int, first: date, last: date) -> dict[date, Row]:
    found = {}
    for version, since, until in in_force(profile, first, last):
        definition, kept = version.parsed, version.day_summaries.filter(day__range=(since, until))
        summed_up = {day: at.timestamp() * 1000 for day, at in kept.values_list("day", "computed_at")}
        a, b = days.number(since) - definition.window + 1, days.number(until)
        came = late_days(profile.product_id, kind, id, list(definition.events), a, b) if summed_up else {}
        for day in days.through(since, until):
            end = days.number(day)
            window = (came.get(each, 0) for each in range(end - definition.window + 1, end + 1))
            is_late = day in summed_up and any(at > summed_up[day] for at in window)
            found[day] = {"version": version.number, "late": is_late}
    return found


def book_course(profile: Profile, first: date, last: date) -> list[Row]:
    """The book on every day as it was reported: the rows kept, and where none is kept yet what it is now under the
    version in force, with `kept` false and perhaps without totals. `version` is its number."""
    found: list[Row] = []
    for version, since, until in in_force(profile, first, last):
        kept = {row.day: row for row in version.day_summaries.filter(day__range=(since, until))}
        there = days.through(since, until)
        missing = [day for day in there if day not in kept]
        made = summaries(profile.product_id, version.parsed).rows(missing[0], missing[-1]) if missing else []
        computed = {row["day"]: row for row in made}
        for day in there:
            row = _told(kept[day]) if day in kept else computed[day]
            found.append({**row, "version": version.number, "kept": day in kept})
    return found


FIGURES = (
    "day", "benchmark", "users", "accounts", "active_users", "active_accounts", "average_user_score",
    "average_account_score", "average_total_score", "average_active_percent", "filled_in", "computed_at",
)  # fmt: skip


def _told(summary: DaySummary) -> Row:
    return {name: getattr(summary, name) for name in FIGURES}
