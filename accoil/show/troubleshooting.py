"""What can be wrong between Accoil and a connected tool, each point looked at by itself."""

from typing import NamedTuple

from django.db.models import Count
from django.utils import timezone

from accoil.connect.intercom.signed import secrets_of
from accoil.connect.models import Connection, Mode, ProfileSync, Record, State
from accoil.count.ids import Kind
from accoil.score.access import inbox_profiles, profiles_for
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
    numbers = figures(joined)
    return [
        _reached(frame, joined),
        _widget(frame, joined),
        _widget_data(frame, joined),
        _traits(frame, joined, numbers),
        _people(frame, joined, numbers),
        _companies(frame, joined, numbers),
    ]


def _reached(frame: Frame, joined: Connection) -> Point:
    """Is it reached at all?"""
    hidden = hidden_attributes(joined, frame.request.user)
    told = words.state(joined, timezone.now(), hidden)
    link = frame.link("connection", joined.tool, again=1) if joined.state == State.NEEDS_RECONNECT else ""
    latest = last_run(joined)
    answers = [f"{told.words}. {told.why}".strip(), f"{words.last_run(latest, timezone.now())}."]
    if latest and latest.problem:
        answers.append(words.reason(latest.problem, hidden))
    mark = "fair" if told.mark == "good" and (latest is None or latest.problem) else told.mark
    return Point("Is Intercom reached?", mark, answers, link, "Connect it again" if link else "")


def _widget(frame: Frame, joined: Connection) -> Point:
    question = "Widget isn't showing?"
    now = timezone.now()
    where = "In a conversation, expand the sidebar on the right; the widget stands among its apps."
    if not secrets_of(joined):
        why = "No client secret is stored, so what the widget asks is refused."
        return Point(question, "bad", [why], frame.link("connection", joined.tool, again=1), "Add the client secret")
    refused, asked = joined.inbox_refused_at, joined.inbox_asked_at
    if refused and (asked is None or refused > asked):
        why = f"It was opened {ago(refused, now)}, but Intercom signed it with another client secret than ours."
        return Point(question, "bad", [why], frame.link("connection", joined.tool, again=1), "Change the client secret")
    if asked is None:
        never = "Nobody has opened it yet: Intercom has never asked Accoil what to show."
        app = "If it is not there: in Intercom's Developer Hub, the app's Canvas Kit addresses must end in "
        return Point(question, "fair", [never, where, f"{app}`/intercom/initialize` and `/intercom/submit`."])
    return Point(question, "good", [f"It was last opened {ago(asked, now)}.", where])


def _widget_data(frame: Frame, joined: Connection) -> Point:
    question = "No data in the widget?"
    told = []
    for product in frame.product.team.products.order_by("id"):
        profiles, seen = inbox_profiles(product), profiles_for(frame.request.user, product)
        open_ones = [f"“{each.name}”" for each in profiles if each in seen]
        if others := len(profiles) - len(open_ones):
            open_ones.append(count(others, "profile that you don't see", "profiles that you don't see"))
        told.append(f"{product}: teammates who are no members here see {listed(open_ones) or 'none'}.")
    hint = "Somebody may be outside of the profile shown: choose another in the list at the bottom of the widget."
    mark = "good" if told and not any("see none" in each for each in told) else "fair"
    return Point(question, mark, [hint, *told], frame.link("profiles"), "Profiles")


def _traits(frame: Frame, joined: Connection, numbers: Figures) -> Point:
    question = "Traits missing in Intercom?"
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
    hint = (
        "A field may only be hidden: in Intercom, add those that begin with Accoil to the view of people and companies."
    )
    if not off and not names_only and not answers:
        return Point(question, "good", ["All traits of every profile are written.", hint])
    mark = "bad" if len(off) == len(profiles) or failed else "fair"
    return Point(question, mark, [*answers, hint], link, "Change what is written")


def _people(frame: Frame, joined: Connection, numbers: Figures) -> Point:
    return _matching(
        frame, joined, numbers, "user", "People missing?", "No user was looked for yet: matching comes first."
    )


def _companies(frame: Frame, joined: Connection, numbers: Figures) -> Point:
    found = _matching(frame, joined, numbers, "account", "Company data missing?", "No account was looked for yet.")
    rule = "An account is found through its users: one of them must be matched, and have a company in Intercom."
    return found._replace(answers=[*found.answers, rule])


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
