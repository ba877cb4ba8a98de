"""Whatever happens in whatever order: in the end every value there is what ours are, and nothing stands where it should
not. What should stand there is worked out anew from the book and the stays."""

import random
from datetime import timedelta

import pytest

from accoil.connect.desired import listed
from accoil.connect.models import Mode, Record, Written
from accoil.score.book import open_book
from accoil.segment.built_ins import with_built_ins
from accoil.segment.reading import recorded
from tests.connect.sync.conftest import Synced
from tests.small_worlds import at, did, identified, joins

NAMES = ["ann", "bob", "carla", "dan", "eve"]
FIRMS = ["acme", "beta"]
HOW = [("lose", 500), ("drop", 500), ("refuse", 500), ("refuse", 429), ("refuse", 400), ("refuse after", 502)]


class Chance:
    """One random life. Moments of events go on minute by minute, so that nothing comes twice."""

    def __init__(self, synced: Synced, seed: int) -> None:
        self.synced, self.random = synced, random.Random(seed)
        self.minute = self.days = 0

    def live(self, acts: int) -> None:
        choices = [
            self.work, self.work, self.work, self.mail, self.join, self.contact, self.lose_contact, self.merge,
            self.fault, self.fault, self.switch, self.restart, self.time, self.day, self.some_steps, self.some_steps,
            self.rename,
        ]  # fmt: skip
        for _ in range(acts):
            self.random.choice(choices)()

    def now(self) -> int:
        self.minute += 1
        return at(30) + self.days * 86_400_000 + self.minute * 60_000

    def work(self) -> None:
        name, event = self.random.choice(NAMES), self.random.choice(["Report_Created", "Dashboard_Viewed"])
        self.synced.looked.receive(did(name, event, self.now(), self.random.randint(1, 3)))

    def mail(self) -> None:
        name = self.random.choice(NAMES)
        address = f"{self.random.choice(NAMES)}{self.random.choice(['', '2'])}@acme.example"
        self.synced.looked.receive([identified(name, self.now(), email=address)])

    def join(self) -> None:
        self.synced.looked.receive([joins(self.random.choice(NAMES), self.random.choice(FIRMS), self.now())])

    def contact(self) -> None:
        there = self.synced.workspace
        company = self.random.choice([*there.companies.values()])
        email = f"{self.random.choice(NAMES)}{self.random.choice(['', '2'])}@acme.example"
        there.contact(email, [company], role="user")

    def lose_contact(self) -> None:
        if there := [one for one in self.synced.workspace.contacts.values() if not one.gone]:
            self.synced.workspace.delete(self.random.choice(there))

    def merge(self) -> None:
        there = [one for one in self.synced.workspace.contacts.values() if not one.gone]
        if len(there) > 1:
            old, new = self.random.sample(there, 2)
            self.synced.workspace.merge(old, new)

    def fault(self) -> None:
        how, status = self.random.choice(HOW)
        on = self.random.choice(["PUT", "POST /data_attributes", "GET", "PUT /companies", "POST /contacts/search"])
        self.synced.intercom.faults.plan(how, on, times=self.random.randint(1, 6), status=status)  # type: ignore[arg-type]

    def switch(self) -> None:
        self.synced.switch(self.random.choice([Mode.OFF, Mode.SEGMENTS, Mode.ALL, Mode.ALL]))

    def restart(self) -> None:
        self.synced.syncers[-1:] and self.synced.syncer.close()
        self.synced.restart()

    def time(self) -> None:
        self.synced.clock.advance(self.random.choice([20, 700, 4000, 25_000]))

    def day(self) -> None:
        self.days += 1
        self.synced.looked.today += timedelta(days=1)

    def rename(self) -> None:
        self.synced.profile.rename(f"Everyday {self.random.randint(1, 3)}")

    def some_steps(self) -> None:
        self.synced.looked.look()
        for _ in range(self.random.randint(1, 4)):
            self.synced.clock.advance(self.synced.syncer.step())


def expected(synced: Synced, kind: str) -> dict[int, dict[str, object]]:
    """Entity → what should stand there, without what is empty."""
    version, today = synced.profile.current, synced.looked.today
    name = "".join(c for c in synced.profile.name if c.isalnum())
    book = open_book(synced.looked.product.pk, version.parsed, today)
    rows = book.page(kind, limit=1000).rows  # type: ignore[arg-type]
    start = f"Accoil_{name}_{'Account' if kind == 'account' else ''}"
    told: dict[int, dict[str, object]] = {row["id"]: {} for row in rows}
    sync = synced.profile.syncs.filter(connection=synced.connection).first()
    mode = sync.mode if sync else Mode.OFF
    inside: dict[int, list[str]] = {}
    for segment in with_built_ins(synced.profile):
        if segment.scope == kind and segment.key not in ("all", "active"):
            for entity in recorded(segment, today):
                inside.setdefault(entity, []).append(segment.name)
    for row in rows:
        if mode != Mode.OFF:
            told[row["id"]][f"{start}Segments"] = listed(inside.get(row["id"], []))
        if mode == Mode.ALL:
            told[row["id"]] |= {
                f"{start}Score": row["score"],
                f"{start}Frequency": row["frequency"],
                f"{start}AdoptionRate": int(100 * row["adoption"] + 0.5),
                f"{start}LifetimeAdoptionRate": int(100 * row["lifetime_adoption"] + 0.5),
            }
            if kind == "account":
                told[row["id"]] |= {
                    f"{start}ActiveUsers": row["active_users"],
                    f"{start}TotalUsers": row["total_users"],
                }
    return {id: {key: value for key, value in each.items() if value is not None} for id, each in told.items()}


def check(synced: Synced) -> None:
    workspace = synced.workspace
    records = Record.objects.filter(connection=synced.connection)
    in_use = {(each.kind, each.name) for each in synced.connection.attributes.filter(state=Written.Is.ACTIVE)}
    for record in records.filter(match=Record.Is.MATCHED):
        assert not {(record.kind, name) for name in record.unsure} & in_use
    for kind, what in (("user", "contact"), ("account", "company")):
        there = workspace.contacts if kind == "user" else workspace.companies
        should = expected(synced, kind)
        holds = {each.remote_id: each.entity for each in records.filter(kind=kind, match=Record.Is.MATCHED)}
        for id, one in there.items():
            if getattr(one, "gone", ""):
                continue
            shown = {key: value for key, value in workspace.shown(what, one).items() if value is not None}
            shown = {key: value for key, value in shown.items() if not key.endswith(("LastActive", "Percentage"))}
            assert shown == (should[holds[id]] if id in holds else {}), (kind, id, holds.get(id))


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(4, 60))])
def test_it_converges(synced: Synced, seed: int) -> None:
    chance = Chance(synced, seed)
    synced.workspace.company("beta", "Beta")
    synced.switch(Mode.ALL)
    chance.live(40)
    synced.intercom.faults.clear()
    for _ in range(3):
        synced.clock.advance(25 * 3600)
        synced.settle()
    check(synced)
    before = len(synced.workspace.writes)
    synced.clock.advance(7 * 3600)
    synced.settle()
    assert len(synced.workspace.writes) == before
