"""What the users of a product do in some months, as calls on the wire, and an independent count of it."""

from __future__ import annotations

import bisect
import random
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Item = dict[str, Any]
Count = tuple[str, str | None, str, date]  # user, account, event, day

FIRST = datetime(2026, 8, 1, tzinfo=UTC)
DAYS = 110
EVENTS = ("Report_Created", "Report_Shared", "Dashboard_Viewed", "Login", "Éxport \U0001f4c8", "a'b\"c;--")


def traffic(seed: int, n: int, users: int = 200, accounts: int = 30) -> list[Item]:
    """n calls, each with an id: mostly track, some page, group and identify; in no order of time."""
    dice = random.Random(seed)
    return [_item(dice, f"{seed}.{number}", users, accounts) for number in range(n)]


def _item(dice: random.Random, id: str, users: int, accounts: int) -> Item:
    at = FIRST + timedelta(milliseconds=dice.randrange(DAYS * 86_400_000))
    user, account = f"user {dice.randrange(users)}", f"account {dice.randrange(accounts)}"
    item: Item = {"messageId": id, "timestamp": at.isoformat(timespec="milliseconds"), "userId": user}
    kind = dice.choices(("track", "page", "group", "identify"), (80, 10, 5, 5))[0]
    item["type"] = kind
    if kind == "track":
        item |= {"event": dice.choice(EVENTS), "properties": {"n": dice.random()}}
        if dice.random() < 0.05:
            item["context"] = {"groupId": account}
    elif kind == "page":
        item["name"] = dice.choice(("Pricing", "Home"))
    elif kind == "group":
        item |= {"groupId": account, "traits": {"name": account.title(), "mrr": dice.randrange(100_000)}}
    else:
        item["traits"] = {"email": f"{user.replace(' ', '.')}@example.com", "role": dice.choice(("admin", "reader"))}
    return item


def expected(items: Iterable[Item], zone: str = "UTC") -> Counter[Count]:
    """Each id once, on its local day, for the account it names or else its user's then."""
    once = {item["messageId"]: item for item in reversed(list(items))}.values()
    local = ZoneInfo(zone)
    joined: dict[str, list[tuple[datetime, str]]] = {}
    for item in once:
        if item["type"] == "group":
            joined.setdefault(item["userId"], []).append((_at(item), item["groupId"]))
    for moves in joined.values():
        moves.sort()
    counted: Counter[Count] = Counter()
    for item in once:
        if item["type"] in ("track", "page"):
            day = _at(item).astimezone(local).date()
            event = item["event"] if item["type"] == "track" else f"Viewed {item['name']}"
            own = item.get("context", {}).get("groupId")
            counted[item["userId"], own or _account(joined.get(item["userId"], []), day, local), event, day] += 1
    return counted


def _account(moves: list[tuple[datetime, str]], day: date, local: ZoneInfo) -> str | None:
    """The one joined last by the end of that day, else the first ever."""
    if not moves:
        return None
    by_then = bisect.bisect_right(moves, day, key=lambda move: move[0].astimezone(local).date())
    return moves[max(by_then - 1, 0)][1]


def _at(item: Item) -> datetime:
    return datetime.fromisoformat(item["timestamp"])
