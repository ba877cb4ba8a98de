"""Counting where no server runs, for commands: by the settings as they are then, as a server would count."""

from pathlib import Path

from accoil.count.counting import Counting
from accoil.erase.suppression import all_suppressed
from accoil.score.configuration import configurations
from accoil.score.summing_up import since
from accoil.team.models import Product


def counting_here(folder: Path) -> Counting:
    """Not started; whoever asks for it stops it. Raises InUse."""
    zones, frozen, deleted = dict(Product.objects.values_list("id", "time_zone")), since(), all_suppressed()
    counting = Counting(folder, lambda: zones, lambda: frozen, lambda: deleted)
    counting.facts.configure(configurations())
    return counting
