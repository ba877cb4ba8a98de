"""Looks who entered and left the segments of every profile, when facts, the day or a definition changed."""

import time
from collections.abc import Callable

from accoil.count.facts import facts
from accoil.score.models import Profile
from accoil.segment import grounds
from accoil.segment.look import Look

RESTS = 4  # times as long as the last look at a profile took
LONGEST_REST = 3.0  # seconds


class Rounds:
    """`imported`: whether a file is being imported for a product, or was after a moment (seconds since 1970).
    Everything happens in the caller's thread."""

    def __init__(self, imported: Callable[[int, float], bool] = lambda product, since: False) -> None:
        self._imported = imported
        self._began: dict[int, float] = {}  # by profile: when it was last looked at
        self._looks: dict[int, Look] = {}  # by profile
        self._rests: dict[int, float] = {}

    def step(self) -> None:
        """Looks at every profile that is due."""
        profiles = list(Profile.objects.select_related("product"))
        for profile in profiles:
            if self._rests.get(profile.pk, 0) <= time.monotonic():
                began = time.time()
                since = self._began.get(profile.pk) or grounds.last_began(profile)
                self.look(profile, self._imported(profile.product_id, since))
                self._began[profile.pk] = began
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
