"""Search over everything of a product that the person may see, seen through the chosen profile."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from accoil.act.models import Automation
from accoil.count import ids, people
from accoil.count.ids import Kind
from accoil.score.called import called
from accoil.score.features import kept
from accoil.segment.built_ins import with_built_ins
from accoil.segment.models import Journey
from accoil.show import words
from accoil.show.frame import SETTINGS_PAGES, TITLES, Frame
from accoil.show.seen import Seen

LONGEST = 200  # characters of what is searched for
PEOPLE = 6  # shown of each kind
OTHERS = 5
FURTHER_FROM = 3  # characters: whom the profile leaves out is looked for among everybody there ever was

# What else people call a page.
ALSO: dict[str, str] = {
    "settings": "time zone, API tokens, general",
    "keys": "ingest key, write key, rotate",
    "connect": "Segment, RudderStack, snippet, install",
    "connections": "Intercom, HubSpot, Salesforce, Segment, Slack, webhooks, sync, tags, lists",
    "configuration": "traits, owner of an account, internal domains",
    "features": "sets of events",
    "imports": "CSV, upload, back-fill",
    "mappings": "rename events, drop events",
    "debugger": "calls, live",
    "ingest-health": "rejected, duplicates, silent",
    "profiles": "score, weights, activation steps",
    "journeys": "stages",
    "feeds": "news, digest, cards",
    "automations": "plays, alerts, triggers",
}


Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Hit:
    title: str
    link: str
    note: str = ""
    score: int | None = None


@dataclass(frozen=True)
class Found:
    """Hits of one kind, the likeliest first. `more` leads to all of them."""

    title: str
    icon: str
    hits: list[Hit] = field(default_factory=list)
    more: str = ""


def wanted(frame: Frame) -> str:
    return " ".join(frame.request.GET.get("q", "").replace("\x00", "").split())[:LONGEST]


def found(frame: Frame, text: str) -> list[Found]:
    """What matches, kind by kind; kinds without a hit are left out. Nothing typed: the pages there are."""
    kinds = [_pages(frame, text)] if not text else [*_of_profile(frame, text), *_of_product(frame, text)]
    return [each for each in kinds if each.hits]


def _of_profile(frame: Frame, text: str) -> Iterator[Found]:
    if frame.profile is None:
        return
    seen = Seen(frame)
    yield from _people(seen, text)
    segments = [each for each in with_built_ins(frame.profile) if not each.is_stage]
    yield _named(
        "Segments", "segments", text, segments,
        lambda each: Hit(each.name, frame.link("segment", each.pk), f"{each.scope}s"),
    )  # fmt: skip
    yield _named(
        "Journeys", "journeys", text, Journey.objects.filter(profile=frame.profile),
        lambda each: Hit(each.name, frame.link("journey", each.pk), f"{each.scope}s"),
    )  # fmt: skip
    yield _named(
        "Automations", "automations", text, Automation.objects.filter(profile=frame.profile),
        lambda each: Hit(each.name, frame.link("automation", each.pk), "on" if each.enabled else "off"),
    )  # fmt: skip


def _of_product(frame: Frame, text: str) -> Iterator[Found]:
    yield _named(
        "Profiles", "profiles", text, frame.profiles,
        lambda each: Hit(each.name, frame.link("profile", each.pk)),
    )  # fmt: skip
    if frame.profile:
        events = sorted(people.all_names(frame.product.pk, "events"))
        yield _named("Events", "events-view", text, events, partial(_event, frame), _spellings)
        yield _named(
            "Features", "features-view", text, kept(frame.product),
            lambda each: Hit(each.name, frame.link("feature-view", each.id)),
        )  # fmt: skip
    yield _pages(frame, text)


def _event(frame: Frame, event: str) -> Hit:
    return Hit(words.event(event), frame.link("event-view", ids.id_of(frame.product.pk, ids.EVENT, event)))


def _spellings(event: str) -> str:
    return f"{words.event(event)}\n{event}"


def _people(seen: Seen, text: str) -> Iterator[Found]:
    """Of the book; those that the profile leaves out are looked for when nobody of it is meant. That takes longer, so
    not at the first letters either."""
    frame = seen.frame
    kinds: tuple[Kind, ...] = ("account", "user")
    meant = {kind: called(seen.book, kind, text, PEOPLE + 1) for kind in kinds}
    further = len(text) >= FURTHER_FROM and not any(meant.values()) and not frame.definition.counts_everyone
    for kind, rows in meant.items():
        hits = [Hit(row["name"], frame.link(kind, row["id"]), _whose(row), row["score"]) for row in rows[:PEOPLE]]
        more = frame.link(f"{kind}s", search=text) if len(rows) > PEOPLE else ""
        yield Found(TITLES[f"{kind}s"], f"{kind}s", _left_out(frame, kind, text) if further else hits, more)


def _left_out(frame: Frame, kind: Kind, text: str) -> list[Hit]:
    others = people.called(frame.product.pk, kind, text, PEOPLE)
    named = people.names(frame.product.pk, kind, others) if others else {}
    return [Hit(name, frame.link(kind, id), f"not in {frame.profile}") for id, name in named.items()]


def _whose(row: dict[str, Any]) -> str:
    given = (row.get("account_name"), row.get("email"))
    return " · ".join(each for each in given if each and each != row["name"])


def _pages(frame: Frame, text: str) -> Found:
    every = [(name, TITLES[name], "") for name in (each["name"] for each in frame.nav)]
    below = ((name, title) for name, title in SETTINGS_PAGES.items() if name != "settings")
    every += [(name, title, "Settings") for name, title in below if frame.may_see(name)]
    return _named(
        "Pages", "right", text, every,
        lambda each: Hit(each[1], frame.link(each[0]), each[2]),
        lambda each: f"{each[1]}\n{ALSO.get(each[0], '')}",
        most=OTHERS if text else len(every),
    )  # fmt: skip


def _named(
    title: str,
    icon: str,
    text: str,
    things: Iterable[Thing],
    hit: Callable[[Thing], Hit],
    name: Callable[[Thing], str] = lambda each: each.name,  # type: ignore[attr-defined]
    most: int = OTHERS,
) -> Found:
    near = [(far, place, each) for place, each in enumerate(things) if (far := _how_far(name(each), text)) is not None]
    return Found(title, icon, [hit(each) for _, _, each in sorted(near, key=lambda found: found[:2])[:most]])


def _how_far(name: str, text: str) -> int | None:
    """0 for the very name, more the further in the text stands; None where it does not."""
    name, text = name.casefold(), text.casefold()
    if text not in name:
        return None
    if name.partition("\n")[0] == text:
        return 0
    return 1 if name.startswith(text) else 2 if f" {text}" in name or f"\n{text}" in name else 3
