"""Looks who entered and left the segments of every profile, when facts, the day or a definition changed."""

import time
from collections.abc import Callable, Collection

from accoil.count.facts import facts
from accoil.score.models import Profile
from accoil.segment.look import Look

RESTS = 4  # times as long as the last look at a profile took
LONGEST_REST = 3.0  # seconds


class Rounds:
    """`importing`: products that a file is being imported for. Everything happens in the caller's thread."""

    def __init__(self, importing: Callable[[], Collection[int]] = tuple) -> None:
        self._importing = importing
        self._imported: set[int] = set()  # an import that just ended may not be counted yet
        self._looks: dict[int, Look] = {}  # by profile
        self._rests: dict[int, float] = {}

    def step(self) -> None:
        """Looks at every profile that is due."""
        importing = set(self._importing())
        profiles = list(Profile.objects.select_related("product"))
        for profile in profiles:
            if self._rests.get(profile.pk, 0) <= time.monotonic():
                self.look(profile, profile.product_id in importing | self._imported)
        self._imported = importing
        for gone in self._looks.keys() - {profile.pk for profile in profiles}:
            self._looks.pop(gone).drop()

    def look(self, profile: Profile, importing: bool = False) -> None:
        """Writes down who moved since the last look at the profile; nothing when nothing changed."""
        look = self._looks.get(profile.pk)
        if look is None or look.facts is not facts():
            look = self._looks[profile.pk] = Look(profile)
        began = time.monotonic()
        if look.look(profile, importing):
            self._rests[profile.pk] = time.monotonic() + min(LONGEST_REST, RESTS * (time.monotonic() - began))
