"""Views over the population a second time, slow and obvious. Rows have the keys of `accoil.score.views`."""

from collections.abc import Sequence
from datetime import date, timedelta

from tests.reference import Definition, in_window, population, score_accounts, score_users
from tests.reference_facts import Row, World


class Views:
    """Users or accounts who count on `last`, from `first` to it; `only` some of them, by their own ids."""

    def __init__(
        self, world: World, definition: Definition, kind: str, first: date, last: date, only: set[str] | None = None
    ) -> None:
        self.world, self.definition, self.kind, self.first, self.last = world, definition, kind, first, last
        self.days = (last - first).days + 1
        users = population(world, definition, last)
        accounts = {
            account
            for account, of_account in world.users_by_account(last).items()
            if of_account & users and account not in definition.exclude_accounts
        }
        everyone = users if kind == "user" else accounts
        self.heads = everyone if only is None else everyone & only
        # (who, event, day) → how often, of those who are looked at
        self.done: dict[tuple[str, str, date], int] = {}
        for (user, account, event, day), n in world.attributed().items():
            who = user if kind == "user" else account
            if user in users and who in self.heads:
                self.done[who, event, day] = self.done.get((who, event, day), 0) + n

    def who(self, last: date, days: int, events: Sequence[str] | None = None) -> set[str]:
        """Those who did one of these events (None: any at all) in the days up to `last`."""
        return {
            who for who, event, day in self.done if in_window(day, last, days) and (events is None or event in events)
        }

    def times(self, last: date, days: int, events: Sequence[str]) -> int:
        return sum(n for (_, event, day), n in self.done.items() if event in events and in_window(day, last, days))

    def taken_up(self, name: str, events: Sequence[str]) -> Row:
        earlier = self.first - timedelta(days=1)
        did, before = self.who(self.last, self.days, events), self.who(earlier, self.days, events)
        anything, anything_before = self.who(self.last, self.days), self.who(earlier, self.days)
        now, then = share(did, anything), share(before, anything_before)
        times = self.times(self.last, self.days, events)
        return {
            "name": name, "did": len(did), "did_before": len(before),
            "active": len(anything), "active_before": len(anything_before),
            "adoption": now, "adoption_before": then, "change": 100 * (now - then),
            "times": times, "average_events": times / len(self.heads) if self.heads else 0,
            "average_times": times / len(did) if did else 0,
        }  # fmt: skip

    def adoption(self, events: Sequence[str], day: date) -> float:
        return share(self.who(day, 1, events), self.active(day))

    def active(self, day: date) -> set[str]:
        return self.who(day, self.definition.window, list(self.definition.events))

    def week(self, events: Sequence[str], day: date) -> float:
        return sum(self.adoption(events, day - timedelta(days=back)) for back in range(7)) / 7

    def by_day(self, events: Sequence[str]) -> list[Row]:
        days = [self.first + timedelta(days=later) for later in range(self.days)]
        return [
            {
                "day": day, "did": len(self.who(day, 1, events)), "active": len(self.active(day)),
                "adoption": self.adoption(events, day), "week": self.week(events, day),
                "times": self.times(day, 1, events),
            }
            for day in days
        ]  # fmt: skip

    def habits_by_day(self) -> list[Row]:
        """Of everyone who counts on each day itself."""
        rows = []
        for later in range(self.days):
            day = self.first + timedelta(days=later)
            score = score_users if self.kind == "user" else score_accounts
            book = score(self.world, self.definition, day).values()
            adoptions = [row["adoption"] for row in book if row["raw"] > 0]
            then = Views(self.world, self.definition, self.kind, day, day)
            rows.append(
                {
                    "day": day, "active": len(adoptions), "times": then.times(day, 1, list(self.definition.events)),
                    "average_adoption": sum(adoptions) / len(adoptions) if adoptions else None,
                }
            )  # fmt: skip
        return rows

    def feature(self, name: str, events: Sequence[str]) -> Row:
        now, before = self.week(events, self.last), self.week(events, self.first - timedelta(days=1))
        weeks = {"week": now, "week_before": before, "week_change": 100 * (now - before)}
        return {**self.taken_up(name, events), **weeks}


def share(some: set[str], whole: set[str]) -> float:
    return len(some) / len(whole) if whole else 0
