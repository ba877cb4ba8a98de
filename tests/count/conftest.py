import pytest


@pytest.fixture(autouse=True)
def books_are_made_anew_whenever_facts_came(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not once a second only: here the numbers are looked at right after every change."""
    monkeypatch.setattr("accoil.score.book.FRESH_FOR", 0.0)
    monkeypatch.setattr("accoil.count.people.FRESH_FOR", 0.0)
