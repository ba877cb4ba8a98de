"""How much a call may tell of somebody. Traits are shown, compared and looked for, and those of all teams stand in one
store: none is meant for a document, and whoever sends one costs nobody else anything."""

from itertools import chain, islice

import msgspec

from accoil.receive.identity import cut

LONGEST_KEY = 255  # characters, like all that follows
LONGEST_VALUE = 10_000
MOST_TRAITS = 1_000  # of a call
MOST_TOLD = 100_000  # in all traits of a call

Pairs = list[tuple[str, str]]  # (key, value as JSON)


def bounded(pairs: Pairs) -> Pairs:
    """The first of them, as many as may be, cut where they are too long. Done once more it changes nothing."""
    told = sum(map(len, chain.from_iterable(pairs)))
    if told <= LONGEST_VALUE and len(pairs) <= MOST_TRAITS and all(len(key) <= LONGEST_KEY for key, _ in pairs):
        return pairs
    kept: Pairs = []
    told = 0
    for key, value in islice(pairs, MOST_TRAITS):
        pair = (cut(key, LONGEST_KEY), value if len(value) <= LONGEST_VALUE else _short(value))
        told += len(pair[0]) + len(pair[1])
        if told > MOST_TOLD:
            break
        kept.append(pair)
    return kept


def _short(value: str) -> str:
    """A text is cut; so is the text of anything else, which is one from then on."""
    text = msgspec.json.decode(value, type=str) if value[0] == '"' else value
    return msgspec.json.encode(cut(text, LONGEST_VALUE)).decode()
