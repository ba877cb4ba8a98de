"""What `/health` tells: always 200 while the server lives, since to restart it would make no room on a disk. And what
commands ask of a server that runs."""

import secrets

import msgspec

from accoil.count import people
from accoil.count.counting import Counting
from accoil.team.models import Product

MOST_BLOCKS_BEHIND = 1_000
SERVER = "x-accoil-server"  # a header of /health: which process answers
ID = secrets.token_hex(8)


def told(sentences: list[str], more: dict[str, object]) -> bytes:
    """`sentences`: what is wrong; `more`: what kind of server this is."""
    if sentences:
        return msgspec.json.encode({"status": "degraded", **more, "wrong": sentences})
    return msgspec.json.encode({"status": "ok", **more})


def progress(counting: Counting, wrong: list[str]) -> dict[str, object]:
    """The last block that is on disk, the last that is in every number, those left out with the reason, and what is
    wrong, as sentences; and which process this is."""
    last, loader = counting.journal.last, counting.loader
    far = {"received": last, "counted": loader.loaded, "left_out": loader.set_aside}
    return {"server": ID, **far, "wrong": wrong}


def known_events(product_id: str) -> list[str]:
    """Every event name that the product ever received."""
    product = Product.objects.get(pk=product_id)
    return [str(event["event"]) for event in people.known_events(product.pk, product.today())]


def wrong(counting: Counting) -> list[str]:
    return [sentence for sentence in (counting.journal.wrong, _behind(counting), counting.sharing.wrong) if sentence]


def _behind(counting: Counting) -> str | None:
    if counting.loader.failing:
        return "What was received is not counted just now; it will be, as soon as that is possible."
    behind = counting.journal.last - counting.loader.loaded
    return f"Numbers are {behind:,} blocks behind what was received." if behind > MOST_BLOCKS_BEHIND else None
