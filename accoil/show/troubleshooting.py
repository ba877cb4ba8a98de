"""What can be wrong between Accoil and a connected tool, each point looked at by itself."""

from typing import NamedTuple

from django.db.models import Count
from django.utils import timezone

from accoil.connect.connection import Tool
from accoil.connect.models import Connection, Mode, ProfileSync, Record, State
from accoil.connect.tools import TOOLS
from accoil.connect.troubles import Check
from accoil.count.ids import Kind
from accoil.score.access import profiles_for
from accoil.show import connection_words as words
from accoil.show.connection_figures import (
    Figures,
    attribute_problems,
    figures,
    hidden_attributes,
    last_run,
    profiles_of,
)
from accoil.show.frame import Frame
from accoil.show.words import ago, count, listed, number

MOST_REASONS = 4


class Point(NamedTuple):
    """`mark`: good, fair or bad; `answers` are sentences, the first is the verdict. `link` mends it."""

    question: str
    mark: str
    answers: list[str]
    link: str = ""
    link_words: str = ""


def points(frame: Frame, joined: Connection) -> list[Point]:
    numbers, tool = figures(joined), TOOLS[joined.tool]
    own = tool.checks(joined, lambda product: profiles_for(frame.request.user, product))
    return [
        _reached(frame, joined, tool),
        *(_own(frame, joined, each) for each in own),
        _traits(frame, joined, tool, numbers),
        _people(frame, joined, numbers),
        _companies(frame, joined, tool, numbers),
    ]


def _own(frame: Frame, joined: Connection, check: Check) -> Point:
    """What the tool itself looks at."""
    when = ago(check.at, timezone.now()) if check.at else ""
    links = {"connect": frame.link("connection", joined.tool, again=1), "profiles": frame.link("profiles"), "": ""}
    answers = [each.replace("{at}", when) for each in check.answers]
    return Point(check.question, check.mark, answers, links[check.mends], check.how)


def _reached(frame: Frame, joined: Connection, tool: Tool) -> Point:
    """Is it reached at all?"""
    hidden = hidden_attributes(joined, frame.request.user)
    told = words.state(joined, timezone.now(), hidden)
    link = frame.link("connection", joined.tool, again=1) if joined.state == State.NEEDS_RECONNECT else ""
    latest = last_run(joined)
    answers = [f"{told.words}. {told.why}".strip(), f"{words.last_run(latest, timezone.now())}."]
    if latest and latest.problem:
        answers.append(words.reason(latest.problem, hidden))
    mark = "fair" if told.mark == "good" and (latest is None or latest.problem) else told.mark
    return Point(f"Is {tool.name} reached?", mark, answers, link, "Connect it again" if link else "")


def _traits(frame: Frame, joined: Connection, tool: Tool, numbers: Figures) -> Point:
    question = f"Traits missing in {tool.name}?"
    link = frame.link("connection", joined.tool)
    modes = dict(ProfileSync.objects.filter(connection=joined).values_list("profile_id", "mode"))
    profiles = [each for _, some in profiles_of(joined.team, frame.request.user) for each in some]
    off = [each.name for each in profiles if modes.get(each.pk, Mode.OFF) == Mode.OFF]
    names_only = [each.name for each in profiles if modes.get(each.pk) == Mode.SEGMENTS]
    answers = [f"Off, so nothing of it is written: {listed(off)}."] if off else []
    answers += [f"Segment names only: {listed(names_only)}."] if names_only else []
    answers += [f"{each['name']}: {each['problem']}" for each in attribute_problems(joined, frame.request.user)]
    if failed := numbers.failed:
        answers.append(f"{count(failed, 'record')} could not be written; the ledger says why.")
    hints = [tool.hints["attributes"]] if "attributes" in tool.hints else []
    if not off and not names_only and not answers:
        return Point(question, "good", ["All traits of every profile are written.", *hints])
    mark = "bad" if len(off) == len(profiles) or failed else "fair"
    return Point(question, mark, [*answers, *hints], link, "Change what is written")


def _people(frame: Frame, joined: Connection, numbers: Figures) -> Point:
    return _matching(
        frame, joined, numbers, "user", "People missing?", "No user was looked for yet: matching comes first."
    )


def _companies(frame: Frame, joined: Connection, tool: Tool, numbers: Figures) -> Point:
    found = _matching(frame, joined, numbers, "account", "Company data missing?", "No account was looked for yet.")
    rule = [tool.hints["accounts"]] if "accounts" in tool.hints else []
    return found._replace(answers=[*found.answers, *rule])


def _matching(frame: Frame, joined: Connection, numbers: Figures, kind: Kind, question: str, none: str) -> Point:
    link = frame.link("connection-records", joined.tool, kind=kind, match=Record.Is.UNMATCHED)
    all_of, matched = numbers.all(kind), numbers.of(kind, Record.Is.MATCHED)
    if not all_of:
        return Point(question, "fair", [none])
    said = f"{number(matched)} of {count(all_of, kind)} {'is' if matched == 1 else 'are'} matched."
    mark = "good" if matched == all_of else "fair" if matched else "bad"
    return Point(question, mark, [said, *_reasons(joined, kind)], "" if matched == all_of else link, "See who is not")


def _reasons(joined: Connection, kind: Kind) -> list[str]:
    """The commonest reasons, each with how many it keeps out; of those with several found, each has its own."""
    rows = joined.records.filter(kind=kind, match=Record.Is.UNMATCHED).exclude(reason="")
    told = rows.values("reason").annotate(n=Count("id")).order_by("-n", "reason")[:MOST_REASONS]
    reasons = [f"{number(row['n'])}: {row['reason']}" for row in told]
    unclear = joined.records.filter(kind=kind, match=Record.Is.AMBIGUOUS)
    if n := unclear.count():
        example = unclear.exclude(reason="").values_list("reason", flat=True).first() or ""
        reasons.append(f"{number(n)}: several were found, such as: {example}".removesuffix(", such as: "))
    return reasons
