"""One server at a time works with a database, unless it was told to do a part: two would do the same work twice."""

from accoil.postgresql import home
from accoil.postgresql.leases import COUNTS, Leases
from accoil.refused import Refused


class Alone:
    def __init__(self, leases: Leases) -> None:
        self._leases = leases

    def hold(self) -> None:
        """Takes it, or looks whether it still has it: again after PostgreSQL was started anew. Raises Refused."""
        if not self._leases.has(COUNTS):
            raise Refused(f"Another Accoil server works with {home.named()}; stop that one first.")
