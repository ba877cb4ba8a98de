"""When whom is looked for in the other tool: everyone every six hours, who is new or was lost at once."""

from collections.abc import Callable, Sequence

from accoil.connect import passes
from accoil.connect.connection import Session
from accoil.connect.matching import Matching, matched
from accoil.connect.models import Connection, Pass, ProfileSync, Record
from accoil.connect.people import News
from accoil.connect.watching import Whose
from accoil.score.access import summary_profile
from accoil.score.models import Profile

Found = dict[Whose, set[int]]


class Finding:
    def __init__(self) -> None:
        self._news: dict[int, News] = {}
        self._known: set[int] = set()  # products of which everyone was looked for
        self._waiting: dict[int, set[int]] = {}  # product → users that are still to be looked for

    def find(
        self, connection: Connection, session: Session, syncs: Sequence[ProfileSync], between: Callable[[], None]
    ) -> Found:
        """Those who were matched just now. Raises TryLater, SignInAgain."""
        found: Found = {}
        profiles = _profiles(connection, syncs)
        new = [product for product in profiles.keys() - self._known if not _entities(connection, product)]
        if profiles and (passes.is_due(connection, Pass.Of.MATCH) or new):
            with passes.passing(connection, Pass.Of.MATCH) as counts:
                for profile in profiles.values():
                    self._of(profile).begin()
                    Matching(connection, session, profile, between, found).everyone()
                counts.update(matched(connection))
        self._known |= profiles.keys()
        for profile in profiles.values():
            self._find_some(connection, profile, Matching(connection, session, profile, between, found))
        return found

    def drop(self) -> None:
        for news in self._news.values():
            news.drop()

    def _find_some(self, connection: Connection, profile: Profile, matching: Matching) -> None:
        """Who is new, has another e-mail address, or is to be looked for again."""
        product = profile.product_id
        again = Record.objects.filter(connection=connection, product=product, rematch=True)
        users = self._waiting.setdefault(product, set())
        users.update(self._of(profile).found(lambda: _entities(connection, product)))
        users.update(again.filter(kind="user").values_list("entity", flat=True))
        if users:
            matching.some(users)
            users.clear()
        if accounts := set(again.filter(kind="account").values_list("entity", flat=True)):
            matching.accounts(accounts)

    def _of(self, profile: Profile) -> News:
        return self._news.setdefault(profile.product_id, News(profile.product))


def _profiles(connection: Connection, syncs: Sequence[ProfileSync]) -> dict[int, Profile]:
    """Product → one of its profiles. Where none is switched on people are looked for as well, so that it can be told
    beforehand how many would change."""
    written = {sync.profile.product_id: sync.profile for sync in reversed(syncs)}
    others = connection.team.products.filter(staging_of=None).exclude(pk__in=written)
    found = {product.pk: summary_profile(product) for product in others}
    return {product: profile for product, profile in found.items() if profile} | written


def _entities(connection: Connection, product: int) -> set[int]:
    users = Record.objects.filter(connection=connection, product=product, kind="user")
    return set(users.values_list("entity", flat=True))
