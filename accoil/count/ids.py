"""Ids of users, accounts and events: hashes, so that they need no coordination, join fast, and come out the same
after a rebuild. 53 bits, so that JavaScript and JSON carry them exactly."""

from typing import Literal

from xxhash import xxh3_64_intdigest

Kind = Literal["account", "user"]  # whom pages and questions are about

USER, ACCOUNT, EVENT = 1, 2, 3
NOBODY, LARGEST = 0, 2**53 - 1


def id_of(product: int, kind: int, name: str) -> int:
    return xxh3_64_intdigest(name.encode(), seed=product * 4 + kind) >> 11 or 1


def message_hash(product: int, message: str) -> int:
    return xxh3_64_intdigest(message.encode(), seed=product)
