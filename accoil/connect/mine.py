"""Whose a connection is, where several processes work with other tools: one at a time syncs it and delivers to it, so
that its pace, its tokens and what it was told last are known in one place."""

from collections.abc import Callable, Collection

Mine = Callable[[Collection[int]], set[int]]  # of these connections those that are ours; others may have the rest


def everything(connections: Collection[int]) -> set[int]:
    """Of the only process there is."""
    return set(connections)
