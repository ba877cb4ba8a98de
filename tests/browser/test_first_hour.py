"""An engineer's first hour: from an empty folder to a score that a program reads, with what the pages say and nothing
else."""

import json
import re
import shlex
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import EMAIL, PASSWORD
from tests.whole import PATIENCE, accoil, begin, free_port


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Of a server that somebody has just set up, as its own words lead to it."""
    monkeypatch.setenv("OWNER_PASSWORD", PASSWORD)
    begun = accoil(tmp_path, "init", "--team", "Acme", "--product", "Acme app", "--email", EMAIL,
                   "--password-env", "OWNER_PASSWORD")  # fmt: skip
    assert begun.returncode == 0, begun.stderr
    assert "Next: accoil serve" in begun.stderr
    server = begin(tmp_path, "serve", "--port", str(free_port()))
    try:
        assert server.stdout is not None
        said = re.search(r"Accoil is at (http://\S+)", server.stdout.readline())
        assert said is not None
        yield said[1]
    finally:
        server.terminate()
        server.communicate(timeout=PATIENCE)


def test_an_engineer_comes_from_nothing_to_a_score_that_a_program_reads(page: Page, address: str, tmp_path: Path):
    main = page.get_by_role("main")
    page.goto(address)
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("First steps")

    # Somebody who is curious first is told why there is nothing to see.
    page.get_by_role("complementary").get_by_role("link", name="Accounts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("First steps")
    expect(main).to_contain_text("Accounts fills with the third step")

    # A call that is refused is told on the page, which keeps open what is being read.
    main.get_by_text(re.compile("^Python")).click()
    snippet = main.get_by_label("Python", exact=True)
    code = snippet.locator("code").inner_text()
    key = re.search(r'write_key = "(\w+)"', code)
    assert key is not None
    assert asked(f"{address}/v1/track", "not json", {"Authorization": f"Bearer {key[1]}"}) == (400, None)
    expect(main.get_by_role("status")).to_contain_text("The last call was refused: its body is not JSON")
    expect(snippet).to_be_visible()

    # What the page shows is run as it is, and the page turns green.
    (tmp_path / "snippet.py").write_text(code)
    run = subprocess.run([sys.executable, tmp_path / "snippet.py"], capture_output=True, text=True, timeout=PATIENCE)
    assert run.returncode == 0, run.stderr
    expect(main).to_contain_text("1 event from 1 user")
    expect(main).to_contain_text("By Ada")
    expect(main).to_contain_text("1 account: Acme Ltd.")

    # The first profile, the first score, and why it is what it is.
    main.get_by_role("link", name="See the proposal").click()
    expect(main).to_contain_text("1 event, the only one so far")
    page.get_by_role("button", name="Make this profile").click()
    expect(main).to_contain_text("1 of 1 account was active this week")
    main.get_by_role("link", name="Acme Ltd").first.click()
    expect(main.get_by_text(re.compile(r"Acme Ltd is at 90"))).to_be_visible()
    expect(main.get_by_role("heading", name="Why 90")).to_be_visible()

    # A token, shown where the person looks, with a line that works.
    page.go_back()
    main.get_by_role("link", name="read scores from a program").click()
    main.get_by_label("What is it for?").fill("Notebook")
    main.get_by_role("button", name="Make a token").click()
    expect(main.get_by_label("New API token")).to_be_in_viewport()
    line = main.get_by_label("Read with curl").locator("code").inner_text()
    curl, url, flag, header = shlex.split(line)
    assert (curl, flag) == ("curl", "-H")
    status, told = asked(url, headers=dict([header.split(": ", 1)]))
    assert status == 200
    assert [(each["name"], each["metrics"]["score"]) for each in told["data"]] == [("Acme Ltd", 90)]

    # And taken away again.
    main.get_by_role("button", name="Revoke Notebook").click()
    expect(page.get_by_role("status")).to_contain_text("“Notebook” is revoked")
    assert asked(url, headers=dict([header.split(": ", 1)]))[0] == 401


def asked(url: str, body: str | None = None, headers: dict[str, str] | None = None) -> tuple[int, dict | None]:
    """Status, and the JSON of an answer that is no error."""
    sent = None if body is None else body.encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, sent, headers or {}), timeout=PATIENCE) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, None
