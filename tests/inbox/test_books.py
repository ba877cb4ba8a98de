"""Books that nobody waits for: when a newer one is made."""

import pytest

from accoil.show.inbox import books as module
from accoil.show.inbox.books import Books
from tests.show.conftest import receive
from tests.small_worlds import at, did


@pytest.mark.parametrize(("new", "made"), [(1e9, 0), (-1.0, 1)])
def test_a_newer_book_is_made_when_the_one_before_is_no_longer_new(busy, engine, monkeypatch, new, made):
    books, asked = Books(), (busy.web.pk, busy.web.profiles.first().current.parsed, busy.web.today())
    first = books.at_once(*asked).newer().result(timeout=30)
    receive(engine, busy.web, [did("ann", "Report_Created", at(31, 9))])
    monkeypatch.setattr(module, "NEW", new)
    making: list[object] = []
    monkeypatch.setattr(module, "open_book", lambda *of: (making.append(of), first)[1])
    monkeypatch.setattr(module, "SETTLES", 0.0)
    assert books.at_once(*asked).book is first
    books._makers.shutdown(wait=True)
    assert len(making) == made


def test_whoever_asks_for_a_newer_book_gets_it_however_new_the_one_before_is(busy, engine, monkeypatch):
    books, asked = Books(), (busy.web.pk, busy.web.profiles.first().current.parsed, busy.web.today())
    books.at_once(*asked).newer().result(timeout=30)
    assert books.at_once(*asked).newer is None
    receive(engine, busy.web, [did("ann", "Report_Created", at(31, 9))])
    monkeypatch.setattr("accoil.score.book.FRESH_FOR", 0.0)
    version = engine.facts.version[busy.web.pk]
    newer = books.at_once(*asked).newer
    assert newer is not None and newer().result(timeout=30).version == version
    books.close()
