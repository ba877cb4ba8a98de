"""The one way to say no: a sentence for the person who must act."""

from types import TracebackType


class Refused(Exception):
    """Something was asked for that cannot be done. The text is a whole sentence naming what to change."""


class At:
    """Names the place of what is refused within."""

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, at: TracebackType | None) -> None:
        if isinstance(wrong, Refused):
            raise Refused(f"{self._place}: {wrong}") from wrong
