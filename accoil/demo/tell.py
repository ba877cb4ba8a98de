"""The company's life as the messages that a Segment source would have sent, in time order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from accoil import __version__
from accoil.demo.behaviour import EVENTS, Crowd, Day, draw, gather
from accoil.demo.company import ZONE, Account, Company, Person
from accoil.demo.founding import found

Message = dict[str, Any]

CONTEXT = {"library": {"name": "accoil-demo", "version": __version__}}
BILLING = 6 * 3600  # second of the day on which changed terms are told


def messages(users: int = 2000, days: int = 90, now: datetime | None = None, seed: int = 7) -> Iterator[Message]:
    """Everything that happened in the `days` days up to `now` (aware; the last day is today, so far)."""
    now = now or datetime.now(UTC)
    return told(found(users, days, first_day(days, now), seed), until=now)


def first_day(days: int, now: datetime) -> date:
    return now.astimezone(ZONE).date() - timedelta(days - 1)


def told(company: Company, until: datetime, since: datetime | None = None) -> Iterator[Message]:
    """The messages after `since` (from the beginning if none) and not after `until`, which may lie beyond the
    company's days: its accounts then go on as they ended."""
    span = _days(company, until, since)
    crowd = gather(company, span.stop)
    for day in span:
        yield from _within(_day(company, crowd, day), until, since)


def how_many(company: Company, until: datetime, since: datetime | None = None) -> int:
    """How many messages `told` will tell, without making them (but those of the first and the last day)."""
    span = _days(company, until, since)
    crowd = gather(company, span.stop)
    cut = {span.start, span.stop - 1}
    whole = sum(_size(company, crowd, day) for day in span if day not in cut)
    return whole + sum(len(_within(_day(company, crowd, day), until, since)) for day in cut)


def _days(company: Company, until: datetime, since: datetime | None) -> range:
    first = (since.astimezone(ZONE).date() - company.first).days if since else 0
    return range(first, (until.astimezone(ZONE).date() - company.first).days + 1)


def _within(day: list[Message], until: datetime, since: datetime | None) -> list[Message]:
    after, last = _moment(since) if since else "", _moment(until)
    return [message for message in day if after < message["timestamp"] <= last]


def _size(company: Company, crowd: Crowd, day: int) -> int:
    heads = sum(1 for _ in _arrivals(company, day)) + sum(1 for _ in _changes(company, crowd, day))
    return heads + len(draw(company, crowd, day).at)


def _day(company: Company, crowd: Crowd, day: int) -> list[Message]:
    """One whole day. The ids number the day's messages before sorting, so they never depend on the hour."""
    told = [*_arrivals(company, day), *_changes(company, crowd, day), *_done(company, draw(company, crowd, day), day)]
    for number, message in enumerate(told):
        message["messageId"] = f"{company.key}-{day}-{number}"
    told.sort(key=lambda message: message["timestamp"])  # stable: identify, group, then what was done
    return told


def _arrivals(company: Company, day: int) -> Iterator[Message]:
    """Who is new. On the first day: everybody who was there before, as a source tells when it is connected."""
    place = 0
    for person in company.people:
        if person.joins != day:
            continue
        after = timedelta(seconds=person.joins_at) if day else timedelta(milliseconds=5 * place)
        at = company.midnight(day) + after
        place += 1
        yield _identify(company, person, day, at)
        for account in person.accounts:
            at += timedelta(milliseconds=1)  # the later membership is the one in force
            yield _group(company.accounts[account], person, day, at)


def _changes(company: Company, crowd: Crowd, day: int) -> Iterator[Message]:
    """New terms: the account's status, plan and seats, and the status that each of its people carries."""
    changed = {n for n, account in enumerate(company.accounts) if any(t.day == day for t in account.terms[1:])}
    at, grouped = company.midnight(day) + timedelta(seconds=BILLING), set[int]()
    for position in np.flatnonzero(np.isin(crowd.home, [*changed]) & (crowd.joins < max(day, 1))):
        person, home = company.people[position], int(crowd.home[position])
        if home not in grouped:
            grouped.add(home)
            yield _group(company.accounts[home], person, day, at)
        yield _identify(company, person, day, at)
        at += timedelta(milliseconds=20)


def _done(company: Company, day: Day, number: int) -> Iterator[Message]:
    midnight = np.datetime64(company.midnight(number).replace(tzinfo=None), "ms")
    moments = np.datetime_as_string(midnight + day.at.astype("timedelta64[ms]"))
    here: dict[int, Message] = {}
    rows = zip(day.person.tolist(), day.event.tolist(), day.account.tolist(), moments.tolist(), strict=True)
    for who, what, account, moment in rows:
        person, event = company.people[who], EVENTS[what]
        context: Message = CONTEXT
        if len(person.accounts) > 1:  # only who works for two must say for which
            context = here.setdefault(account, {**CONTEXT, "groupId": company.accounts[account].id})
        call: Message = {"userId": person.id, "timestamp": f"{moment}Z", "context": context}
        if event.startswith("Viewed "):
            yield {"type": "page", "name": event.removeprefix("Viewed "), **call}
        else:
            yield {"type": "track", "event": event, **call}


def _identify(company: Company, person: Person, day: int, at: datetime) -> Message:
    traits = {"email": person.email, "name": person.name, "role": person.role, "createdAt": _second(person.created)}
    if person.accounts:
        traits["accountStatus"] = company.accounts[person.accounts[-1]].on(day).status
    return {"type": "identify", "userId": person.id, "traits": traits, "timestamp": _moment(at), "context": CONTEXT}


def _group(account: Account, person: Person, day: int, at: datetime) -> Message:
    terms = account.on(day)
    traits: Message = {"name": account.name} if account.name else {}
    traits |= {"createdAt": _second(account.created), "status": terms.status, "plan": terms.plan, "mrr": terms.mrr}
    traits |= {"seats": terms.seats, "industry": account.industry, "country": account.country}
    return {
        "type": "group",
        "userId": person.id,
        "groupId": account.id,
        "traits": traits,
        "timestamp": _moment(at),
        "context": CONTEXT,
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _second(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
