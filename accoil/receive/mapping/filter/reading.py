"""Where the parser stands in a filter text."""

from collections.abc import Iterator
from contextlib import contextmanager

from accoil.receive.mapping.filter.tokens import Token
from accoil.receive.mapping.wrong import FilterError

DEEPEST = 50  # parentheses, functions and `not` within each other; Python's own stack bears several times that


class Reading:
    def __init__(self, text: str, tokens: list[Token], is_new: bool = False) -> None:
        self.text = text
        self.is_new = is_new
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def next(self) -> Token:
        return self._tokens[self._at]

    @property
    def is_at_end(self) -> bool:
        return self.next.kind == "end"

    @property
    def opens_function(self) -> bool:
        after = self._tokens[self._at + 1] if self.next.kind == "word" else self.next
        return self.next.kind == "word" and after.kind == "sign" and after.raw == "("

    def take(self) -> Token:
        token = self.next
        if token.kind != "end":
            self._at += 1
        return token

    def took(self, *signs: str) -> str | None:
        """The next sign or word if it is one of these, passed over; words in capitals count too."""
        raw = self.next.raw.lower()
        if self.next.kind not in ("sign", "word") or raw not in signs:
            return None
        self._at += 1
        return raw

    def expect(self, closing: str, opened: Token) -> None:
        if not self.took(closing):
            raise self.wrong(f"Expected “{closing}” for the “{opened.raw}” of column {opened.position + 1}")

    @contextmanager
    def deeper(self, token: Token) -> Iterator[None]:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self.wrong(f"This is nested more than {DEEPEST} levels deep", token)
        yield
        self._depth -= 1

    def wrong(self, message: str, token: Token | None = None) -> FilterError:
        return FilterError(message, (token or self.next).position, self.text)
