"""`accoil serve --only`: what is missing is said before anything is begun."""

from __future__ import annotations

import pytest

from accoil.refused import Refused
from accoil.roles import Role, role_of

SHARED = {
    "ACCOIL_DATABASE_URL": "postgresql://u@127.0.0.1/x",
    "ACCOIL_CLICKHOUSE_URL": "http://127.0.0.1:1/x",
    "ACCOIL_SECRET_KEY": "0" * 40,
}


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in SHARED.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_each_role_is_known_by_its_word(shared: pytest.MonkeyPatch) -> None:
    assert [role_of(word) for word in (None, "receive", "pages", "work")] == [*Role]


@pytest.mark.parametrize("missing", SHARED)
def test_what_the_parts_share_must_be_set(shared: pytest.MonkeyPatch, missing: str) -> None:
    shared.delenv(missing)
    with pytest.raises(Refused, match=f"--only pages needs {missing}: "):
        role_of("pages")
    assert role_of(None) is Role.EVERYTHING


def test_all_that_is_missing_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SHARED:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(Refused, match="ACCOIL_DATABASE_URL, ACCOIL_CLICKHOUSE_URL and ACCOIL_SECRET_KEY"):
        role_of("receive")


def test_another_word_is_refused_with_those_there_are(shared: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="--only count is not known; write one of: receive, pages, work"):
        role_of("count")
