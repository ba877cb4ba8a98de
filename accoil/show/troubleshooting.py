"""What can be wrong between Accoil and a connected tool, each point looked at by itself; and one person followed."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Count
from django.utils import timezone

from accoil.connect.intercom.signed import secrets_of
from accoil.connect.models import Connection, Mode, ProfileSync, Record, State
from accoil.count.ids import Kind
from accoil.count.people import called, names
from accoil.score.access import inbox_profiles
from accoil.score.book import open_book
from accoil.score.found import by_shown
from accoil.score.models import Profile
from accoil.show import connection_words as words
from accoil.show.connection_figures import attribute_problems, figures, last_run
from accoil.show.frame import Frame
from accoil.show.words import ago, count, listed, number

MOST_FOLLOWED = 5
MOST_REASONS = 4


class Point(NamedTuple):
    """`mark`: good, fair or bad; `answers` are sentences, the first is the verdict. `link` mends it."""

    question: str
    mark: str
    answers: list[str]
    link: str = ""
    link_words: str = ""


class Step(NamedTuple):
    mark: str
    said: str


class Followed(NamedTuple):
    name: str
    kind: Kind
    link: str
    steps: list[Step]


def points(frame: Frame, joined: Connection) -> list[Point]:
    return [
        _reached(frame, joined),
        _widget(frame, joined),
        _widget_data(frame, joined),
        _traits(frame, joined),
        _people(frame, joined),
        _companies(frame, joined),
    ]


def _reached(frame: Frame, joined: Connection) -> Point:
    """Is it reached at all?"""
    told = words.state(joined, timezone.now())
    link = frame.link("connection", joined.tool, again=1) if joined.state == State.NEEDS_RECONNECT else ""
    latest = last_run(joined)
    answers = [f"{told.words}. {told.why}".strip(), f"{words.last_run(latest, timezone.now())}."]
    if latest and latest.problem:
        answers.append(latest.problem)
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
        profiles = inbox_profiles(product)
        open_ones = listed([f"“{each.name}”" for each in profiles]) if profiles else "none"
        told.append(f"{product}: teammates who are no members here see {open_ones}.")
    hint = "Somebody may be outside of the profile shown: choose another in the list at the bottom of the widget."
    mark = "good" if told and not any("see none" in each for each in told) else "fair"
    return Point(question, mark, [hint, *told], frame.link("profiles"), "Profiles")


def _traits(frame: Frame, joined: Connection) -> Point:
    question = "Traits missing in Intercom?"
    link = frame.link("connection", joined.tool)
    modes = dict(ProfileSync.objects.filter(connection=joined).values_list("profile_id", "mode"))
    profiles = list(Profile.objects.filter(product__team=joined.team).select_related("product"))
    off = [each.name for each in profiles if modes.get(each.pk, Mode.OFF) == Mode.OFF]
    names_only = [each.name for each in profiles if modes.get(each.pk) == Mode.SEGMENTS]
    answers = [f"Off, so nothing of it is written: {listed(off)}."] if off else []
    answers += [f"Segment names only: {listed(names_only)}."] if names_only else []
    answers += [f"{each['name']}: {each['problem']}" for each in attribute_problems(joined)]
    if failed := figures(joined).failed:
        answers.append(f"{count(failed, 'record')} could not be written; the ledger says why.")
    hint = (
        "A field may only be hidden: in Intercom, add those that begin with Accoil to the view of people and companies."
    )
    if not off and not names_only and not answers:
        return Point(question, "good", ["All traits of every profile are written.", hint])
    mark = "bad" if len(off) == len(profiles) or failed else "fair"
    return Point(question, mark, [*answers, hint], link, "Change what is written")


def _people(frame: Frame, joined: Connection) -> Point:
    return _matching(frame, joined, "user", "People missing?", "No user was looked for yet: matching comes first.")


def _companies(frame: Frame, joined: Connection) -> Point:
    found = _matching(frame, joined, "account", "Company data missing?", "No account was looked for yet.")
    rule = "An account is found through its users: one of them must be matched, and have a company in Intercom."
    return found._replace(answers=[*found.answers, rule])


def _matching(frame: Frame, joined: Connection, kind: Kind, question: str, none: str) -> Point:
    counts = figures(joined)
    link = frame.link("connection-records", joined.tool, kind=kind, match=Record.Is.UNMATCHED)
    all_of, matched = counts.all(kind), counts.of(kind, Record.Is.MATCHED)
    if not all_of:
        return Point(question, "fair", [none])
    said = f"{number(matched)} of {count(all_of, kind)} {'is' if matched == 1 else 'are'} matched."
    mark = "good" if matched == all_of else "fair" if matched else "bad"
    return Point(question, mark, [said, *_reasons(joined, kind)], "" if matched == all_of else link, "See who is not")


def _reasons(joined: Connection, kind: Kind) -> list[str]:
    """The commonest reasons, each with how many it keeps out; of those that are not clear, each has its own."""
    rows = joined.records.filter(kind=kind, match=Record.Is.UNMATCHED).exclude(reason="")
    told = rows.values("reason").annotate(n=Count("id")).order_by("-n", "reason")[:MOST_REASONS]
    reasons = [f"{number(row['n'])}: {row['reason']}" for row in told]
    unclear = joined.records.filter(kind=kind, match=Record.Is.AMBIGUOUS)
    if n := unclear.count():
        example = unclear.exclude(reason="").values_list("reason", flat=True).first() or ""
        reasons.append(f"{number(n)}: not clear which, such as: {example}".removesuffix(", such as: "))
    return reasons


def followed(frame: Frame, joined: Connection, who: str) -> list[Followed]:
    """Users and accounts of the frame's product that are called so, each followed from here to there."""
    product, today = frame.product.pk, frame.today
    kinds: tuple[Kind, ...] = ("account", "user")
    exactly = [(kind, id) for kind in kinds for id in by_shown(product, kind, "name", who, today)]
    exactly += [("user", id) for id in by_shown(product, "user", "email", who, today)]
    about = [(kind, id) for kind in kinds for id in called(product, kind, who, MOST_FOLLOWED)]
    found = list(dict.fromkeys(exactly or about))[:MOST_FOLLOWED]
    return [_followed(frame, joined, kind, id) for kind, id in found]


def _followed(frame: Frame, joined: Connection, kind: Kind, id: int) -> Followed:
    name = names(frame.product.pk, kind, [id]).get(id, str(id))
    return Followed(name, kind, frame.link(kind, id), list(_steps(frame, joined, kind, id)))


def _steps(frame: Frame, joined: Connection, kind: Kind, id: int) -> Iterator[Step]:
    yield Step("good", f"Accoil knows this {kind}.")
    yield from _seen_by(frame, joined, kind, id)
    record = joined.records.filter(product=frame.product, kind=kind, entity=id).first()
    yield _found_there(record, kind)
    if kind == "user":
        yield from _account(frame, joined, id)
    if record and record.match == Record.Is.MATCHED:
        yield _written(record)


def _found_there(record: Record | None, kind: Kind) -> Step:
    if record is None:
        return Step("fair", "It was not looked for in Intercom yet; “Sync now” does it at once.")
    told = words.match(record)
    if record.match == Record.Is.MATCHED:
        at = f", {ago(record.matched_at, timezone.now())}" if record.matched_at else ""
        return Step("good", f"Matched in Intercom {told.why}{at}.")
    return Step("bad", f"{told.words} in Intercom: {told.why or 'nobody there has this e-mail address.'}")


def _seen_by(frame: Frame, joined: Connection, kind: Kind, id: int) -> Iterator[Step]:
    """Which of the profiles that are written have it among theirs."""
    synced = ProfileSync.objects.filter(connection=joined, profile__product=frame.product).exclude(mode=Mode.OFF)
    inside: list[str] = []
    outside: list[str] = []
    for sync in synced.select_related("profile"):
        row = open_book(frame.product.pk, sync.profile.current.parsed, frame.today).page(kind, ids=[id], limit=1).rows
        (inside if row else outside).append(f"“{sync.profile.name}”")
    if not inside and not outside:
        yield Step("bad", f"No profile of {frame.product} is written to Intercom: all are off.")
    if inside:
        yield Step("good", f"In {listed(inside)}, which {'is' if len(inside) == 1 else 'are'} written to Intercom.")
    if outside:
        yield Step("fair", f"Not in {listed(outside)}: left out by its filter, an exclusion or an internal domain.")


def _account(frame: Frame, joined: Connection, user: int) -> Iterator[Step]:
    if frame.profile is None:
        return
    rows = open_book(frame.product.pk, frame.definition, frame.today).page("user", ids=[user], limit=1).rows
    account = rows[0].get("account_id") if rows else None
    if not account:
        yield Step("fair", "Belongs to no account in Accoil, so no company gets anything through this user.")
        return
    name = rows[0].get("account_name") or "its account"
    record = joined.records.filter(product=frame.product, kind="account", entity=account).first()
    if record and record.match == Record.Is.MATCHED:
        yield Step("good", f"Belongs to {name}, which is matched {words.match(record).why}.")
    else:
        why = record.reason if record and record.reason else "it was not found in Intercom yet."
        yield Step("fair", f"Belongs to {name}, which has no company there: {why}")


def _written(record: Record) -> Step:
    if record.problem:
        return Step("bad", f"The last write failed: {record.problem}")
    if not record.confirmed_at:
        return Step("fair", "Nothing was written yet.")
    when = ago(record.confirmed_at, timezone.now())
    n = len(record.confirmed)
    stand = "stands there as Accoil has it" if n == 1 else "stand there as Accoil has them"
    return Step("good", f"{count(n, 'attribute')} {stand}, since {when}.")
