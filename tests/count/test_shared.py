"""The facts of a process that only asks, where ClickHouse does not answer in the middle."""

from __future__ import annotations

from typing import Any

import pytest

from accoil.count import shared
from accoil.count.shared import SharedFacts
from accoil.store.generations import Generation
from accoil.store.reaching import NoAnswer


class Scripted:
    """ClickHouse, as it is asked here; `hindered` names what it does not answer."""

    def __init__(self) -> None:
        self.hindered = ""
        self.number = 1
        self.opened: list[Any] = []

    def __call__(self, url: str, patience: int) -> Connected:
        self.opened.append(Connected(self))
        return self.opened[-1]

    def answers(self, what: str) -> None:
        if what == self.hindered:
            raise NoAnswer(what)


class Connected:
    def __init__(self, of: Scripted) -> None:
        self.of, self.is_closed = of, False

    def current(self) -> Generation:
        self.of.answers("current")
        return Generation(self.of.number, str(self.of.number), "")

    def began(self) -> int:
        self.of.answers("began")
        return 5

    def shipped_to(self, generation: Generation) -> tuple[int, int]:
        self.of.answers("shipped_to")
        return 1, 1

    def since(self, *_: Any) -> list[Any]:
        return []

    def open(self, generation: Generation) -> Connected:
        return self.of("", 0)

    def rows(self, question: str) -> list[Any]:
        self.of.answers("rows")
        return []

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def clickhouse(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    scripted = Scripted()
    monkeypatch.setattr(shared, "Generations", scripted)
    return scripted


@pytest.mark.parametrize("hindered", ["current", "shipped_to", "rows", "began"])
def test_what_was_opened_is_closed_wherever_it_breaks_off(clickhouse: Scripted, hindered: str) -> None:
    clickhouse.hindered = hindered
    with pytest.raises(NoAnswer):
        SharedFacts("")
    assert clickhouse.opened
    assert all(each.is_closed for each in clickhouse.opened)


def test_facts_that_are_asked_stay_open_when_those_after_them_break_off(
    clickhouse: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "CLOSES_AFTER", 0.0)
    facts = SharedFacts("")
    asked = facts.facts.store
    connected = Connected.began
    calls = iter([5])  # the first time, when it is asked whether the server is the same
    monkeypatch.setattr(Connected, "began", lambda it: next(calls, None) or it.of.answers("began"))
    clickhouse.number, clickhouse.hindered = 2, "began"
    with pytest.raises(NoAnswer):
        facts.look()
    monkeypatch.setattr(Connected, "began", connected)
    clickhouse.number, clickhouse.hindered = 1, ""
    facts.look()
    assert facts.facts.store is asked
    assert not asked.is_closed  # type: ignore[attr-defined]
    facts.stop()
    assert all(each.is_closed for each in clickhouse.opened)
