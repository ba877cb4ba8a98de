"""Whose numbers are shown: the matched user, else the one with the external id, else one with the e-mail address."""

import pytest

from accoil.connect.models import Record
from accoil.count import addresses, ids
from tests.show.conftest import receive
from tests.small_worlds import alias, at, did, did_anonymously, identified


def match(connection, product, user, remote_id, **more):
    entity = ids.id_of(product.pk, ids.USER, user)
    told = {"product": product, "kind": "user", "match": Record.Is.MATCHED, **more}
    return Record.objects.create(connection=connection, entity=entity, remote_id=remote_id, **told)


def test_an_address_is_found_in_any_case(widget):
    assert "Ann Marlow" in widget().open(id="x", email="ANN@Acme.Example").words


def test_the_external_id_comes_before_the_address(widget):
    assert "bob@acme.example" in widget().open(id="x", email="ann@acme.example", external_id="bob").tab("user").words


def test_the_matched_user_comes_before_both(widget, connection, busy):
    match(connection, busy.web, "gus", "c-9")
    seen = widget().open(id="c-9", email="ann@acme.example", external_id="bob").tab("user")
    assert "gus" in seen.words and seen.table["Account"] == "Globex"


@pytest.mark.parametrize("told", [{"match": Record.Is.UNMATCHED}, {"kind": "account"}])
def test_a_record_that_matched_nobody_says_nothing(widget, connection, busy, told):
    match(connection, busy.web, "gus", "c-9", **told)
    assert "Ann Marlow" in widget().open(id="c-9", email="ann@acme.example").words


def test_a_record_about_a_product_of_another_team_says_nothing(widget, connection, busy, engine):
    receive(engine, busy.evil, [identified("spy", at(1), name="Spy", email="spy@evil.example")])
    match(connection, busy.evil, "spy", "c-9")
    assert "They are no user" in widget().open(id="c-9", email="nobody@acme.example").words


def test_of_several_users_with_one_address_the_one_seen_last_is_shown(widget, busy, engine):
    receive(engine, busy.web, [identified("ann-new", at(2), email="ann@acme.example", name="Ann anew")])
    receive(engine, busy.web, [did("ann-new", "Dashboard_Viewed", at(31, 9))])
    seen = widget().open().tab("user")
    assert "Ann anew" in seen.words and "1 other user has this e-mail address" in seen.words


def test_an_address_that_somebody_gave_up_finds_them_no_more(widget, busy, engine, monkeypatch):
    assert "Ann Marlow" in widget().open().words
    monkeypatch.setattr(addresses, "RESTS", 1e9)  # the table of addresses stays as it is
    monkeypatch.setattr("accoil.score.book.FRESH_FOR", 0.0)
    receive(engine, busy.web, [identified("ann", at(31), email="marlow@acme.example")])
    receive(engine, busy.web, [identified("new", at(31), email="new@acme.example", name="Newton")])
    assert "They are no user" in widget().open(id="x", email="ann@acme.example").words
    assert "Ann Marlow" in widget().open(id="x", email="marlow@acme.example").words
    assert "Newton" in widget().open(id="x", email="new@acme.example").words


def test_who_became_somebody_else_is_shown_as_who_they_are(widget, busy, engine):
    receive(engine, busy.web, [identified("zed-old", at(2), email="zed@acme.example")])
    receive(engine, busy.web, [did_anonymously("zed-old", "Report_Created", at(3)), alias("zed-old", "zed", at(4))])
    receive(engine, busy.web, [identified("zed", at(5), name="Zed")])
    assert "Zed" in widget().open(id="x", external_id="zed-old").words


def test_the_last_five_things_are_told_each_once_the_last_one_first(widget, busy, engine):
    done = [did("ann", f"Thing_{number}", at(31, number), 3) for number in range(1, 8)]
    receive(engine, busy.web, done)
    table = widget().open().tab("user").table
    things = [field for field in table if field.startswith("Thing")]
    assert things == [f"Thing {number}" for number in (7, 6, 5, 4, 3)]
    assert table["Thing 7"] == "today at 07:00"


def test_the_widget_says_nothing_that_was_only_written_to_intercom(widget, connection, busy):
    match(connection, busy.web, "ann", "c-ann", confirmed={"Accoil_Everyday_Score": 1})
    assert widget().open().tab("user").table["Engagement"].startswith("95 (+61)")
