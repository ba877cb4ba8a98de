"""Words for whoever waits; the report alone goes to standard output."""

import sys


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
