"""Advice on event names. They are compared exactly and kept for ever, so a name made by a program, or a second spelling
of one, spoils every list it stands in. Pure functions of the names."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

LONGEST = 60
MOST_WORDS = 7

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.\w+")
_ID = re.compile(
    r"(?<![0-9a-z])(?:[0-9a-f]{8}-[0-9a-f]{4}-|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{12,}(?![0-9a-z]))", re.IGNORECASE
)
_NUMBER = re.compile(r"\d{4,}")
_SENTENCE = re.compile(r"\w[.!?]$|, ")
_VIEWED = "Viewed "  # page and screen calls; what follows is the title of a page

Test = Callable[[str], bool]

ADVICE: tuple[tuple[Test, str], ...] = (
    (lambda name: bool(_EMAIL.search(name)), "It holds an e-mail address: everybody makes an event of his own. "
     "Say who did it in userId."),
    (lambda name: bool(_ID.search(name)), "It holds an id: every id makes an event of its own. "
     "Name only what was done: Report_Created."),
    (lambda name: bool(_NUMBER.search(name)), "It holds a number: every number makes an event of its own. "
     "Name only what was done: Report_Created."),
    (lambda name: name.startswith("$"), "A library sends it by itself. It rarely tells how engaged somebody is; "
     "switch it off there, or leave it out of scores."),
    (lambda name: len(name) > LONGEST, f"It is longer than {LONGEST} letters. Use the Noun_Verb format."),
    (lambda name: _is_sentence(name), "It reads like a sentence. Use the Noun_Verb format: Report_Created."),
)  # fmt: skip


def advice(names: Iterable[str]) -> list[tuple[str, str]]:
    """Odd names, each with what is odd and what to do; those that differ only in spelling come first."""
    given = list(names)
    told = [(name, twin) for group in _spellings(given) for name, twin in group]
    known = {name for name, _ in told}
    for name in given:
        if name not in known and (sentence := _advice(name)):
            told.append((name, sentence))
    return told


def _advice(name: str) -> str:
    return next((sentence for test, sentence in ADVICE if test(name)), "")


def _spellings(names: Iterable[str]) -> list[list[tuple[str, str]]]:
    """Groups of names that only letters' case, spaces or signs tell apart."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in names:
        groups[re.sub(r"[\W_]+", "", name).lower() or name].append(name)
    return [
        [(name, f"It counts apart from {_others(name, group)}. Send one spelling: Report_Created.") for name in group]
        for group in groups.values()
        if len(group) > 1
    ]


def _others(name: str, group: list[str]) -> str:
    others = [f"“{other}”" for other in group if other != name]
    return ", ".join(others[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")


def _is_sentence(name: str) -> bool:
    if name.startswith(_VIEWED):
        return False
    return bool(_SENTENCE.search(name)) or len(re.split(r"[\s_]+", name)) > MOST_WORDS
