"""Keeps the process small: what is freed goes back to the system instead of waiting to be used again."""

import ctypes
import sys

import pyarrow as pa

M_ARENA_MAX = -8  # of glibc's mallopt
ARENAS = 2


def spare() -> None:
    """Threads share two arenas of memory instead of having up to 8 a core, each as large as its busiest moment was; and
    columns come from there too. To be called before there are threads."""
    pa.set_memory_pool(pa.system_memory_pool())
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # glibc has it, others do well without
        if mallopt:
            mallopt(M_ARENA_MAX, ARENAS)
