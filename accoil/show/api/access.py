"""Who may ask, and how often."""

import threading
import time

from django.http import HttpRequest
from ninja.security import HttpBearer

from accoil.team.models import ApiToken, Product

A_MINUTE = 60.0
MOST_A_MINUTE = 600
MOST_TOKENS = 10_000


class TooMany(Exception):
    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds, self.most = seconds, MOST_A_MINUTE


class Token(HttpBearer):
    """`request.auth` becomes the token's product."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: dict[str, tuple[float, int]] = {}  # token → (start of its minute, requests in it)
        self._counting = threading.Lock()

    def authenticate(self, request: HttpRequest, token: str) -> Product | None:
        product = ApiToken.product_of(token)
        if product:
            self._count(token)
        return product

    def _count(self, token: str) -> None:
        now = time.monotonic()
        with self._counting:
            start, asked = self._asked.get(token, (now, 0))
            if now - start >= A_MINUTE:
                start, asked = now, 0
            if asked >= MOST_A_MINUTE:
                raise TooMany(int(A_MINUTE - (now - start)) + 1)
            if len(self._asked) > MOST_TOKENS:
                self._asked.clear()
            self._asked[token] = (start, asked + 1)
