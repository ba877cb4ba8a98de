"""`accoil demo --with-fake-intercom`: a stand-in beside the demo, in which a person can see widget and values."""

from __future__ import annotations

import os
import socket
import time
import urllib.request
from collections import Counter
from pathlib import Path

import pytest

from accoil.demo import fake_intercom, stand_in
from accoil.demo.company import Company
from accoil.refused import Refused
from tests import whole
from tests.intercom import Intercom


def test_it_is_connected_and_shows_the_widget_and_the_values_of_a_person(tmp_path: Path) -> None:
    words = ("demo", "--with-fake-intercom", "--users", "40", "--days", "7", "--port", str(whole.free_port()))
    serving = whole.begin(tmp_path, *words)
    try:
        said = whole.said_until_it_serves(serving)
        (inbox,) = (word for word in said.split() if word.endswith("/inbox"))
        until = time.monotonic() + whole.PATIENCE
        while "<wbr>Score</th>" not in (page := _text(inbox)):
            assert time.monotonic() < until, page
            time.sleep(0.2)
        assert 'aria-label="Accoil"' in page and ">Switch" in page
    finally:
        serving.terminate()
        serving.communicate(timeout=whole.PATIENCE)
    assert whole.rows(tmp_path, "select count(*) from connect_connection") == [(0,)], "it forgets at the end"
    assert whole.rows(tmp_path, "select count(*), count(case when enabled then 1 end) from act_automation") == [(6, 3)]


def test_most_people_are_known_there_and_some_things_are_not_in_order(company: Company) -> None:
    workspace = Intercom(checks=False).workspace
    fake_intercom.fill(workspace, company)
    times = Counter(contact.email for contact in workspace.contacts.values())
    addresses = {person.email for person in company.people}
    assert times.keys() < addresses
    assert 0.9 < len(times) / len(addresses) < 0.98
    assert 0 < sum(n == 2 for n in times.values()) < 60
    theirs = {one.company_id for one in workspace.companies.values()}
    ids = {account.id for account in company.accounts}
    assert 0.8 * len(ids) < len(theirs & ids) < len(ids) and theirs - ids


def test_without_a_clone_of_the_source_it_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stand_in, "CLONE", tmp_path)
    with pytest.raises(Refused, match="needs a clone of the source"), fake_intercom.beside(0):
        pass


def test_where_its_port_is_taken_it_listens_at_another(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"ACCOIL_INTERCOM_{name}", "")  # as it was, when this test is over
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with fake_intercom.beside(port) as made:
            assert os.environ["ACCOIL_INTERCOM_URL"] == made.address != f"http://127.0.0.1:{port}"
            assert _text(f"{made.address}/inbox")


def test_without_serving_it_is_refused(tmp_path: Path) -> None:
    refused = whole.accoil(tmp_path, "demo", "--with-fake-intercom", "--no-serve")
    assert (refused.returncode, "leave --no-serve out" in refused.stderr) == (1, True)


def _text(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return str(answer.read().decode())
