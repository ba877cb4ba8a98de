"""Where questions are answered: by the server that runs, or, when none does, here out of the same files."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import msgspec
from django.db import connections

from accoil import control
from accoil.count.counting import Counting, InUse
from accoil.counting_here import counting_here

IDLE = 20.0  # seconds after which the files are let go, so that a server can start
CAUGHT_UP = 60.0  # seconds to count what the server that ran last had not counted

Row = dict[str, Any]


def answers() -> dict[str, Callable[..., Row]]:
    """What a server answers on its control socket."""
    return {"question": _answered}


def _answered(product: str, name: str, parameters: str) -> Row:
    return _ask(int(product), name, msgspec.json.decode(unquote(parameters)))


def _ask(product: int, name: str, parameters: Row) -> Row:
    from accoil.show.mcp.questions import ask  # a server that nobody asks starts without it

    try:
        return ask(product, name, parameters)
    finally:
        connections.close_all()  # its thread ends with the answer


class Reach:
    """The ways to the numbers of one product. `__call__` may be asked by several threads."""

    def __init__(self, folder: Path, product_id: int) -> None:
        self._folder, self._product_id = folder, product_id
        self._counting: Counting | None = None
        self._closing: threading.Timer | None = None
        self._asking = threading.Lock()

    def __call__(self, name: str, parameters: Row) -> Row:
        """`{"answer": …}`, or `{"wrong": a sentence}`."""
        with self._asking:
            if self._counting is None:
                words = quote(msgspec.json.encode(parameters), safe="")
                try:
                    told: Row = control.ask(self._folder, f"question {self._product_id} {name} {words}")
                    return told
                except control.Failed as failed:
                    return {"wrong": str(failed)}
                except ConnectionError:
                    pass  # no server runs
            return self._here(name, parameters)

    def close(self) -> None:
        with self._asking:
            self._let_go()

    def _here(self, name: str, parameters: Row) -> Row:
        try:
            self._open()
        except InUse as in_use:
            return {"wrong": f"{in_use} Ask again when it is done, or start the server."}
        return _ask(self._product_id, name, parameters)

    def _open(self) -> None:
        if self._counting is None:
            self._counting = counting_here(self._folder)
            self._counting.start()
            self._counting.wait_counted(CAUGHT_UP)
        if self._closing:
            self._closing.cancel()
        self._closing = threading.Timer(IDLE, self.close)
        self._closing.daemon = True
        self._closing.start()

    def _let_go(self) -> None:
        if self._closing:
            self._closing.cancel()
        counting, self._counting = self._counting, None
        if counting:
            counting.stop()
