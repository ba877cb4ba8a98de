"""Keeps the process small: what is freed goes back to the system instead of waiting to be used again."""

import ctypes
import sys
from collections.abc import Callable

import pyarrow as pa

M_ARENA_MAX = -8  # of glibc's mallopt
ARENAS = 2


def spare() -> None:
    """Threads share two arenas of memory instead of having up to 8 a core, each as large as its busiest moment was; and
    columns come from there too. To be called before there are threads."""
    pa.set_memory_pool(pa.system_memory_pool())
    if mallopt := _of_glibc("mallopt"):
        mallopt(M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """After something large was let go."""
    if malloc_trim := _of_glibc("malloc_trim"):
        malloc_trim(0)


def _of_glibc(name: str) -> Callable[..., int] | None:
    """None where the C library is another one: those do well without."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
