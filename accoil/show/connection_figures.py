"""What is known of a connection, counted in the application database: matches, writes that fail, runs."""

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from accoil.connect.models import Connection, Pass, ProfileSync, Record, Written
from accoil.score.access import profiles_for
from accoil.score.models import Profile
from accoil.team.models import Product, Team, User
from accoil.team.roles import leads

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

KINDS = ("user", "account")
FAILED = ~Q(problem="")
RECENT_RUNS = 8


class Figures(NamedTuple):
    """`matches` is kind → match → how many; `failed` are records whose last write failed."""

    matches: dict[str, Counter[str]]
    failed: int
    attributes: int

    def of(self, kind: str, match: str) -> int:
        return self.matches[kind][match]

    def all(self, kind: str) -> int:
        return sum(self.matches[kind].values())

    @property
    def matched_users(self) -> int:
        return self.of("user", Record.Is.MATCHED)

    @property
    def matched_accounts(self) -> int:
        return self.of("account", Record.Is.MATCHED)


def figures(connection: Connection) -> Figures:
    """Over all products of the team."""
    matches: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    failed = 0
    rows = connection.records.values("kind", "match").annotate(n=Count("id"), failed=Count("id", filter=FAILED))
    for row in rows.order_by():
        matches[row["kind"]][row["match"]] += row["n"]
        failed += row["failed"]
    in_use = connection.attributes.filter(state=Written.Is.ACTIVE).exclude(remote_id="").count()
    return Figures(matches, failed, in_use)


def failed_records(connection: Connection) -> QuerySet[Record]:
    return connection.records.filter(FAILED)


def recent_runs(connection: Connection) -> list[Pass]:
    """The newest first; runs of changes that found nothing are left out."""
    return list(connection.passes.exclude(of=Pass.Of.DRIFT, problem="")[:RECENT_RUNS])


def last_run(connection: Connection) -> Pass | None:
    return next(iter(recent_runs(connection)), None)


def modes(connection: Connection) -> dict[int, str]:
    """Profile id → its mode, of those that have one."""
    return dict(ProfileSync.objects.filter(connection=connection).values_list("profile_id", "mode"))


def profiles_of(team: Team, viewer: "User | AnonymousUser") -> list[tuple[Product, list[Profile]]]:
    """The team's products, each with the profiles that the viewer may see; those without one are left out."""
    seen = [(product, profiles_for(viewer, product)) for product in team.products.order_by("id")]
    return [(product, profiles) for product, profiles in seen if profiles]


def hidden_attributes(connection: Connection, viewer: "User | AnonymousUser") -> frozenset[str]:
    """Names of attributes whose profile the viewer may not see. Of a deleted one nobody knows any more who might, so
    only owners and managers do."""
    if leads(viewer, connection.team):
        return frozenset()
    seen = [profile.pk for _, profiles in profiles_of(connection.team, viewer) for profile in profiles]
    written = connection.attributes.filter(Q(profile=None) | ~Q(profile__in=seen))
    return frozenset(written.values_list("name", flat=True))


def attribute_problems(connection: Connection, viewer: "User | AnonymousUser") -> list[dict[str, Any]]:
    """Attributes that could not be made or archived, with the tool's reason."""
    hidden = hidden_attributes(connection, viewer)
    rows = connection.attributes.exclude(problem="").order_by("name")
    return [{"name": each.name, "problem": each.problem} for each in rows if each.name not in hidden]
