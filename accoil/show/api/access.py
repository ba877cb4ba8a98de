"""Who may ask, and how often."""

import threading
import time

from django.http import HttpRequest
from ninja.security import HttpBearer

from accoil.team.models import ApiToken

A_MINUTE = 60.0
MOST_A_MINUTE = 600
MOST_TOKENS = 10_000


class TooMany(Exception):
    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds, self.most = seconds, MOST_A_MINUTE


class Asking:
    """How often each token asked within its minute."""

    def __init__(self) -> None:
        self._asked: dict[str, tuple[float, int]] = {}  # digest of a token → (start of its minute, requests in it)
        self._counting = threading.Lock()

    def count(self, token: str) -> None:
        """Raises TooMany."""
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


_asking = Asking()  # one for all places the API is mounted at


class Token(HttpBearer):
    """`request.auth` becomes the token."""

    openapi_description = "A token of one product: `accoil_…`, made in Settings. It reads, and changes nothing."

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = ApiToken.of(token)
        if found:
            _asking.count(found.digest)
        return found
