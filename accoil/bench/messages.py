"""Requests as an SDK sends them, every message id unique, and so cheap to make that the server is what is measured.

A request is prebuilt and split where its message ids end. One text, new for each request, is joined between the
pieces: the end of each id (the beginnings differ within a batch), and the day and hour of the events."""

import base64
import json
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

USERS = 20_000
ACCOUNTS = 1_000
DAYS = 13  # events lie in the days before today
HOURS = 11  # DAYS and HOURS are odd primes, so that prepared requests of a round number meet each day and hour
EVENTS = [
    f"{noun} {verb}"
    for noun in ("Report", "Dashboard", "Invoice", "Project", "Comment")
    for verb in ("Created", "Viewed", "Shared", "Exported")
]
LIBRARY = {"library": {"name": "analytics-python", "version": "2.4.0"}}
MARK = "\x00"  # stands where the changing text goes, and before that once where the moment of sending goes
MOMENT = len("2026-01-01T00:00:00.000Z")


class Recipe(msgspec.Struct, frozen=True):
    """Which requests: of `per` events (1: to /v1/track), for an ingest `key`; no two `run`s share an id.

    So many are `prepared` and come round again, with other ids and times."""

    key: str
    run: int
    per: int
    prepared: int


def requests(recipe: Recipe) -> Iterator[bytes]:
    """Whole HTTP requests, without end. Preparing them takes seconds, and is done when this returns."""
    chance = random.Random(recipe.run)
    hours = _hours(datetime.now(UTC))
    changing = len(_changing(recipe, 0, hours[0]))
    return _endless(recipe, hours, [_prepare(recipe, changing, chance) for _ in range(recipe.prepared)])


def _endless(recipe: Recipe, hours: list[bytes], prepared: list[list[bytes]]) -> Iterator[bytes]:
    number = 0
    while True:
        sent_at, refresh_at = _moment(datetime.now(UTC)).encode(), time.monotonic() + 1
        while time.monotonic() < refresh_at:
            start, first, *others = prepared[number % len(prepared)]
            changing = _changing(recipe, number, hours[number % len(hours)])
            number += 1
            yield changing.join((start + sent_at + first, *others))


def introductions() -> Iterator[bytes]:
    """Bodies of batches in which every user is told of (identify) and joins an account (group)."""
    calls = [call for user in range(USERS) for call in _introduction(user)]
    for start in range(0, len(calls), 500):
        yield json.dumps({"batch": calls[start : start + 500]}).encode()


def authorization(key: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


def _prepare(recipe: Recipe, changing: int, chance: random.Random) -> list[bytes]:
    """The pieces of a request: up to the moment of sending, then what stands between the texts that change, each as
    long as `changing`."""
    events = [_event(chance) for _ in range(recipe.per)]
    calls = f'"batch":[{",".join(events)}]}}' if recipe.per > 1 else events[0][1:]
    body = f'{{"sentAt":"{MARK}",{calls}'
    length = len(body) + MOMENT - 1 + recipe.per * (changing - 1)
    path = "/v1/batch" if recipe.per > 1 else "/v1/track"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: analytics-python/2.4.0\r\n"
        f"Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\n"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\n"
        f"Authorization: {authorization(recipe.key)}\r\n\r\n"
    )
    return [piece.encode() for piece in (head + body).split(MARK)]


def _event(chance: random.Random) -> str:
    user = _any_user(chance)
    own_account = f'"groupId":"{_account_of(user)}",' if chance.random() < 0.3 else ""
    second, ms = divmod(chance.randrange(3_600_000), 1000)
    properties = {"source": chance.choice(("web", "mobile", "api")), "items": chance.randrange(10_000), "trial": False}
    return (
        f'{{"type":"track","messageId":"{chance.randrange(16**8):08x}-{chance.randrange(16**4):04x}-{MARK}'
        f':{second // 60:02}:{second % 60:02}.{ms:03}Z","userId":"{_user(user)}","event":"{chance.choice(EVENTS)}",'
        f'"properties":{_json(properties)},"context":{{{own_account}{_json(LIBRARY)[1:]}}}'
    )


def _introduction(user: int) -> Iterator[dict[str, Any]]:
    began = "2025-03-01T00:00:00Z"
    person = {"name": f"User {user}", "email": f"{_user(user)}@example.com", "role": "editor", "createdAt": began}
    yield {"type": "identify", "messageId": f"i{user}", "userId": _user(user), "traits": person, "timestamp": began}
    account = _account_of(user)
    company = {"name": f"Company {account}", "plan": "pro", "mrr": 9900}
    yield {
        "type": "group", "messageId": f"g{user}", "userId": _user(user), "groupId": account, "traits": company,
        "timestamp": began,
    }  # fmt: skip


def _any_user(chance: random.Random) -> int:
    return int(USERS * chance.random() ** 2)  # a few do much, most do little


def _user(user: int) -> str:
    return f"user-{user:06}"


def _account_of(user: int) -> str:
    return f"account-{user % ACCOUNTS:05}"


def _hours(now: datetime) -> list[bytes]:
    """The changing text from the end of the id to the hour, for every hour that events lie in."""
    moments = [now - timedelta(days=1 + day) for day in range(DAYS)]
    return [f'","timestamp":"{day:%Y-%m-%d}T{8 + hour:02}'.encode() for day in moments for hour in range(HOURS)]


def _changing(recipe: Recipe, number: int, hour: bytes) -> bytes:
    return b"%04x%04x-%012x%s" % (recipe.run, recipe.per, number, hour)


def _moment(now: datetime) -> str:
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
