"""Which function answers which address."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.intercom.calls import Answer, Refusal

Handler = Callable[..., Answer]


class Routes:
    """A decorator that remembers; fixed addresses come before ones with {parts}, in the order given."""

    def __init__(self) -> None:
        self._known: list[tuple[str, re.Pattern[str], Handler]] = []

    def __call__(self, method: str, path: str) -> Callable[[Handler], Handler]:
        pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))

        def remember(handler: Handler) -> Handler:
            self._known.append((method, pattern, handler))
            return handler

        return remember

    def add(self, *others: Routes) -> Routes:
        for other in others:
            self._known += other._known
        return self

    def find(self, method: str, path: str) -> tuple[Handler, dict[str, Any]] | None:
        """None when no address fits. Raises Refusal when one does, but not for this method."""
        fits = [(how, handler, match) for how, pattern, handler in self._known if (match := pattern.fullmatch(path))]
        for how, handler, match in fits:
            if how == method:
                return handler, match.groupdict()
        if fits:
            raise Refusal(405, "method_not_allowed", f"{method} is not allowed here")
        return None
