"""Who is who in the other tool: users by what the tool finds, accounts through their matched users.

One record there belongs to one user, or account, of a product: of several the best is chosen, the others are listed."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, F, QuerySet

from accoil.connect import people
from accoil.connect.batches import batches
from accoil.connect.connection import Match, Session
from accoil.connect.held import held
from accoil.connect.leaving import EMPTIED, LEFT, leave
from accoil.connect.ledger import entry
from accoil.connect.models import Connection, Entry, Record
from accoil.connect.now import moment
from accoil.connect.people import User
from accoil.connect.settling import settle
from accoil.connect.tools import TOOLS
from accoil.count.ids import Kind
from accoil.score.models import Profile

AT_ONCE = 500  # answers that are written down together
NO_EMAIL = "It has no e-mail address to be looked for by."
NO_USERS = "None of its users was found there."
LATER, LATER_AGAIN = timedelta(minutes=10), 3  # a new user who was not found is looked for again, so often
SAYS = ("match", "remote_id", "matched_by", "reason", "rematch")
Said = tuple[str, str, str, str, bool]


class Matching:
    """Of the product of a profile. `between` is called now and then: matching everyone may take minutes. `found` takes
    those whose match is new."""

    def __init__(
        self, connection: Connection, session: Session, profile: Profile, between: Callable[[], None],
        found: dict[tuple[int, Kind], set[int]],
    ) -> None:  # fmt: skip
        self._connection, self._session, self._between, self._found = connection, session, between, found
        self._product, self._profile = profile.product, profile

    def everyone(self) -> None:
        """Raises TryLater, SignInAgain; what was found until then is kept."""
        known = people.users(self._product)
        self._forget("user", {user.entity for user in known})
        self._users(known)
        self._accounts(known, None)

    def some(self, ids: Iterable[int]) -> None:
        """These users, and the accounts they belong to."""
        known = people.users(self._product, ids=ids)
        self._users(known)
        self._look_later([user.entity for user in known if user.email])
        accounts = {user.account for user in known} - {0}
        self._accounts(people.users(self._product, accounts=accounts), accounts)

    def _look_later(self, ids: Sequence[int]) -> None:
        """Who is new here is often new there too, and not found yet."""
        for some in batches(ids, AT_ONCE):
            own = self._own("user").filter(entity__in=some, match=Record.Is.UNMATCHED, attempts__lt=LATER_AGAIN)
            own.update(next_at=moment() + LATER, attempts=F("attempts") + 1)

    def accounts(self, ids: Iterable[int]) -> None:
        """These accounts alone."""
        some = set(ids)
        self._accounts(people.users(self._product, accounts=some), some)

    def _users(self, known: Sequence[User]) -> None:
        needs = TOOLS[self._connection.tool].by_email
        asked = [user for user in known if user.email or not needs]
        nobody = [user.entity for user in known if not user.email] if needs else []
        self._put("user", (Match(entity=entity, remote_id=None, reason=NO_EMAIL) for entity in nobody))
        self._put("user", self._session.match_users(asked) if asked else ())
        settle(self._connection, self._product, "user", self._last_active)

    def _accounts(self, members: Sequence[User], ids: Iterable[int] | None) -> None:
        found = self._records("user", [user.entity for user in members if user.account], match=Record.Is.MATCHED)
        firms = people.firms(self._product, self._profile, members, ids, people.remote_ids(found))
        if ids is None:
            self._forget("account", {firm.entity for firm in firms})
        asked = [firm for firm in firms if firm.users or TOOLS[self._connection.tool].lone_accounts]
        nobody = {firm.entity for firm in firms} - {firm.entity for firm in asked}
        self._put("account", (Match(entity=entity, remote_id=None, reason=NO_USERS) for entity in nobody))
        self._put("account", self._session.match_accounts(asked) if asked else ())
        settle(self._connection, self._product, "account", self._active)

    def _last_active(self, ids: list[int]) -> dict[int, int]:
        return {user.entity: user.last_at for user in people.users(self._product, ids=ids)}

    def _active(self, ids: list[int]) -> dict[int, int]:
        return people.active(self._product, self._profile, ids)

    def _put(self, kind: Kind, matches: Iterable[Match]) -> None:
        for some in batches(matches, AT_ONCE):
            taken = self._taken([match.remote_id for match in some if match.remote_id], kind)
            said = self._said(kind, [match.entity for match in some])
            news = [
                match for match in some if said.get(match.entity) != _will_say(match, said.get(match.entity), taken)
            ]
            new: list[Record] = []
            changed: list[Record] = []
            entries: list[Entry] = []
            with transaction.atomic():
                there = self._own(kind).filter(entity__in=[match.entity for match in news])
                have = {record.entity: record for record in there.order_by("pk").select_for_update()}
                for match in news:
                    record = have.get(match.entity) or Record(
                        connection=self._connection, product=self._product, kind=kind, entity=match.entity
                    )
                    (changed if record.pk else new).append(record)
                    entries += self._follow(record, match, taken)
                Record.objects.bulk_create(new)
                Record.objects.bulk_update(changed, FOLLOWED)
                Entry.objects.bulk_create(entries)
            self._between()

    def _follow(self, record: Record, match: Match, taken: dict[str, int]) -> list[Entry]:
        entries: list[Entry] = []
        if record.remote_id and record.remote_id != (match.remote_id or "") and leave(record):
            entries.append(entry(record, Entry.What.SKIPPED, LEFT))
        was = record.match if record.pk else Record.Is.UNMATCHED
        state, remote_id, by, reason, _ = _will_say(match, _says(record), taken)
        if remote_id:
            taken.setdefault(remote_id, record.entity)
        record.match, record.remote_id, record.matched_by, record.reason = state, remote_id, by, reason
        if state == Record.Is.MATCHED and record.matched_at is None:  # it was only looked for: nothing failed yet
            record.attempts = 0
        record.matched_at = moment() if state == Record.Is.MATCHED else None
        record.rematch, record.next_at = False, None
        if state == Record.Is.MATCHED:
            self._found.setdefault((self._product.pk, record.kind), set()).add(record.entity)  # type: ignore[arg-type]
            return [*entries, entry(record, Entry.What.MATCHED, f"Found by {by}.")]
        skipped = state == Record.Is.AMBIGUOUS or was == Record.Is.MATCHED
        return [*entries, entry(record, Entry.What.SKIPPED, reason)] if skipped and reason else entries

    def _own(self, kind: Kind) -> QuerySet[Record]:
        return Record.objects.filter(connection=self._connection, product=self._product, kind=kind)

    def _records(self, kind: Kind, ids: Sequence[int], **only: object) -> list[Record]:
        own = self._own(kind).filter(**only)
        found: list[Record] = []
        for some in batches(ids, AT_ONCE):
            found += own.filter(entity__in=some)
        return found

    def _said(self, kind: Kind, ids: Sequence[int]) -> dict[int, Said]:
        rows = self._own(kind).filter(entity__in=ids)
        return {entity: tuple(said) for entity, *said in rows.values_list("entity", *SAYS)}

    def _taken(self, remote_ids: Iterable[str], kind: Kind) -> dict[str, int]:
        """Remote id → whose it is."""
        found = self._own(kind).filter(remote_id__in=list(remote_ids), match=Record.Is.MATCHED)
        return dict(found.values_list("remote_id", "entity"))

    def _forget(self, kind: Kind, there: set[int]) -> None:
        """Those that we do not know any more: deleted, or found out to be somebody else."""
        for pk, entity in list(self._own(kind).values_list("pk", "entity")):
            if entity not in there:
                with transaction.atomic():
                    for record in held([pk]).values():
                        leave(record)
                        record.delete()


FOLLOWED = [*SAYS, "matched_at", *EMPTIED]


def matched(connection: Connection) -> Counter[str]:
    """How many users and accounts are matched, unmatched and ambiguous: "user matched" → n."""
    rows = Record.objects.filter(connection=connection).values_list("kind", "match").annotate(n=Count("pk"))
    return Counter({f"{kind} {match}": n for kind, match, n in rows.order_by()})


def _says(record: Record) -> Said:
    return str(record.match), record.remote_id, record.matched_by, record.reason, record.rematch


def _will_say(match: Match, said: Said | None, taken: Mapping[str, int]) -> Said:
    """Who is second at a record there waits for `settle` to choose."""
    if match.remote_id is None:
        return str(Record.Is.AMBIGUOUS if match.ambiguous else Record.Is.UNMATCHED), "", "", match.reason, False
    if taken.get(match.remote_id, match.entity) != match.entity:
        reason = said[3] if said and said[1] == match.remote_id else ""
        return str(Record.Is.AMBIGUOUS), match.remote_id, match.matched_by, reason, False
    return str(Record.Is.MATCHED), match.remote_id, match.matched_by, "", False
