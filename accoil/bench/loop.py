"""The fast event loop where there is one."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

try:
    import uvloop
except ImportError:  # there is none for Windows
    uvloop = None  # type: ignore[assignment]


def run(work: Coroutine[Any, Any, T]) -> T:
    return uvloop.run(work) if uvloop else asyncio.run(work)
