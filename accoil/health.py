"""What `/health` tells: always 200 while the server lives, since to restart it would make no room on a disk."""

import msgspec

from accoil.count.counting import Counting

MOST_BLOCKS_BEHIND = 1_000


def told(counting: Counting) -> bytes:
    wrong = [sentence for sentence in (counting.journal.wrong, _behind(counting)) if sentence]
    return msgspec.json.encode({"status": "degraded", "wrong": wrong} if wrong else {"status": "ok"})


def _behind(counting: Counting) -> str | None:
    behind = counting.journal.last - counting.loader.loaded
    return f"Numbers are {behind:,} blocks behind what was received." if behind > MOST_BLOCKS_BEHIND else None
