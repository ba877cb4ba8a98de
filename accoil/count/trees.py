"""Whose id is whose, in the end: links from an id to the user it was told to be, followed to where they end.

As though the links had been told in the order of their times (equal times: the larger name first): one of an id that
is somebody's already is ignored, and one that would close a circle."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

Link = tuple[int, int]  # id, the user's id


def ends(parents: Mapping[int, int]) -> dict[int, int] | None:
    """Id → where following `parents` ends, for all ids in it; None when they hold a circle."""
    ids = np.unique(np.fromiter((id for pair in parents.items() for id in pair), np.int64, 2 * len(parents)))
    own = np.arange(len(ids))
    step: npt.NDArray[np.intp] = own.copy()
    step[np.searchsorted(ids, np.fromiter(parents.keys(), np.int64, len(parents)))] = np.searchsorted(
        ids, np.fromiter(parents.values(), np.int64, len(parents))
    )
    end = step
    for _ in range(len(ids).bit_length() + 1):  # each round doubles how far it sees
        further = end[end]
        if (further == end).all():
            break
        end = further
    if (step[end] != end).any():
        return None
    return dict(zip(ids.tolist(), ids[end].tolist(), strict=True))


def in_order(links: Iterable[Link]) -> tuple[dict[int, int], set[int]]:
    """`parents` of links sorted by when they were told, and the ids of which one would have closed a circle."""
    parents: dict[int, int] = {}
    circles: set[int] = set()
    for id, user in links:
        if id in parents:
            continue
        end = user
        while end in parents:
            end = parents[end]
        if end == id:
            circles.add(id)
        else:
            parents[id] = user
    return parents, circles
