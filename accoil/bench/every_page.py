"""Every page that the menu and the settings lead to, asked several times each: how soon it is there, and how large."""

import gzip
import re
from collections.abc import Callable, Iterator
from typing import Any

from accoil.bench.figures import percentile
from accoil.bench.visitor import Visitor
from accoil.refused import Refused

# As urls.py calls it: where it is. {accounts} is one of those that the list at that address leads to.
PAGES = {
    "dashboard": "",
    "dashboard-habits": "habits",
    "accounts": "accounts",
    "account": "accounts/{accounts}",
    "number-of-account": "accounts/{accounts}/says/score",
    "delete-account": "accounts/{accounts}/delete",
    "filter-accounts": "accounts/filter",
    "users": "users",
    "user": "users/{users}",
    "number-of-user": "users/{users}/says/score",
    "delete-user": "users/{users}/delete",
    "filter-users": "users/filter",
    "search": "search",
    "segments": "segments",
    "segment": "segments/{segments}",
    "new-segment": "segments/new",
    "edit-segment": "segments/{segments}/edit",
    "journeys": "journeys",
    "journey": "journeys/{journeys}",
    "new-journey": "journeys/new",
    "edit-journey": "journeys/{journeys}/edit",
    "automations": "automations",
    "automation": "automations/{automations}",
    "automation-log": "automations/{automations}/log",
    "automation-looked-back": "automations/{automations}/look-back",
    "new-automation": "automations/new",
    "edit-automation": "automations/{automations}/edit",
    "feeds": "feeds",
    "new-feed": "feeds/new",
    "events-view": "views/events",
    "event-view": "views/events/{views/events}",
    "features-view": "views/features",
    "feature-view": "views/features/{views/features}",
    "profiles": "profiles",
    "new-profile": "profiles/new",
    "profile": "profiles/{profiles}",
    "backtest": "profiles/{profiles}/backtest",
    "settings": "settings",
    "team": "settings/team",
    "features": "settings/features",
    "feature": "settings/features/{settings/features}",
    "new-feature": "settings/features/new",
    "configuration": "settings/configuration",
    "keys": "settings/keys",
    "ingest-key": "settings/keys/{settings/keys}",
    "new-key": "settings/keys/new",
    "connect": "settings/connect",
    "connections": "settings/connections",
    "connection": "settings/connections/intercom",
    "connection-records": "settings/connections/intercom/records",
    "connection-ledger": "settings/connections/intercom/ledger",
    "disconnect": "settings/connections/intercom/disconnect",
    "mappings": "settings/mappings",
    "mapping": "settings/mappings/{settings/mappings}",
    "new-mapping": "settings/mappings/new",
    "imports": "settings/import",
    "privacy": "settings/privacy",
    "debugger": "settings/debugger",
    "ingest-health": "settings/ingest-health",
    "audit": "settings/audit",
    "start": "start",
}

Report = dict[str, dict[str, Any]]
Timed = Callable[[int, Callable[[str], object], Iterator[str]], dict[str, Any]]


def measure(visitor: Visitor, asked: int, timed: Timed) -> Report:
    """Page → how soon its answers came, in ms, and the bytes of the last one, plain and compressed."""
    return {name: _measured(visitor, visitor.page(_found(visitor, at)), asked, timed) for name, at in PAGES.items()}


def _measured(visitor: Visitor, address: str, asked: int, timed: Timed) -> dict[str, Any]:
    answers: list[str] = []
    took = timed(asked, lambda where: answers.append(visitor.get(where)), iter([address] * (asked + 1)))
    body = answers[-1].encode()
    return {**took, "bytes": len(body), "gzip_bytes": len(gzip.compress(body, 6))}


def _found(visitor: Visitor, at: str) -> str:
    """With the first that its list leads to in place of the braces."""
    listed = re.search(r"{(.+)}", at)
    if listed is None:
        return at
    place = visitor.page(listed[1])
    first = re.search(rf'href="{place}/(?!new|columns|filter|act)([\w-]+)', visitor.get(place))
    if first is None:
        raise Refused(f"Nothing is on {place}.")
    return at.replace(listed[0], first[1])


def summary(report: Report) -> dict[str, float]:
    """Over all pages: the slowest p95 in ms, the largest, and how much all weigh, in bytes."""
    return {
        "slowest_p95_ms": max(each["p95_ms"] for each in report.values()),
        "median_p95_ms": percentile([each["p95_ms"] for each in report.values()], 0.5),
        "largest_bytes": max(each["bytes"] for each in report.values()),
        "largest_gzip_bytes": max(each["gzip_bytes"] for each in report.values()),
    }
