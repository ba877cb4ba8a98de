"""The programs in docs/clients do what they say, word for word but for address and key."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from accoil.asgi import Server
from tests.clients.published import HERE, NODE, ON_NODE, PYTHON, RUDDER_PYTHON, SEGMENT_NODE, SEGMENT_PYTHON
from tests.clients.test_jitsu import JITSU
from tests.door import Door

PAGES = Path(__file__).parents[2] / "docs" / "clients"
ADDRESS, KEY = "https://accoil.example.com", "YOUR_API_KEY"

IN_PYTHON = {"segment-python.md": SEGMENT_PYTHON, "rudder.md": RUDDER_PYTHON}
IN_NODE = ("segment-node.md", "rudder.md", "june.md", "jitsu.md")
FOR_CURL = ("accoil.md", "pixels.md")
ELSEWHERE = "@rudderstack/analytics-js"  # in browsers: their own tests run what has this in it


def blocks(language: str, *pages: str) -> list[Any]:
    """The code blocks in that language, each named by its page and place."""
    params = []
    for page in pages:
        found = re.findall(rf"^```{language}\n(.*?)^```", (PAGES / page).read_text(), re.DOTALL | re.MULTILINE)
        here = [text for text in found if ELSEWHERE not in text]
        assert here, f"nothing to run in {page}"
        params += [pytest.param(page, text, id=f"{page} {number}") for number, text in enumerate(here, 1)]
    return params


def filled(text: str, door: Door) -> str:
    return text.replace(ADDRESS, door.address).replace(KEY, door.key)


def check(server: Server, door: Door, run: subprocess.CompletedProcess[str]) -> None:
    assert run.returncode == 0 and not run.stderr, run.stderr
    assert server.wait_counted()
    assert [(user, account, event, n) for (user, account, event, _), n in door.counts().items()] == [
        ("user-1", "acme", "Report_Created", 1)
    ]


@pytest.mark.parametrize(("page", "text"), blocks("python", *IN_PYTHON))
def test_programs_in_python(server: Server, door: Door, page: str, text: str) -> None:
    client = IN_PYTHON[page]
    if client.missing:
        pytest.skip(f"{client}: {client.missing}")
    command = [sys.executable, "-c", filled(text, door)]
    check(server, door, subprocess.run(command, env=client.env(), capture_output=True, text=True, timeout=60))


@pytest.mark.parametrize(("page", "text"), blocks("js", *IN_NODE))
def test_programs_on_node(server: Server, door: Door, tmp_path: Path, page: str, text: str) -> None:
    if SEGMENT_NODE.missing:
        pytest.skip(f"{page}: {SEGMENT_NODE.missing}")
    program = tmp_path / "program.mjs"
    program.write_text(filled(text, door))
    (tmp_path / "node_modules").symlink_to(NODE / "node_modules")
    check(server, door, subprocess.run(["node", str(program)], capture_output=True, text=True, timeout=60))


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is missing")
@pytest.mark.parametrize(("page", "text"), blocks("sh", *FOR_CURL))
def test_lines_for_curl(server: Server, door: Door, page: str, text: str) -> None:
    command = ["sh", "-e", "-c", filled(text, door)]
    check(server, door, subprocess.run(command, capture_output=True, text=True, timeout=60))


def test_the_table_names_the_versions_that_are_tried() -> None:
    told = (PAGES / "README.md").read_text()
    for client in (*PYTHON, *ON_NODE, JITSU):
        assert client.version in told, client
    wanted = json.loads((NODE / "package.json").read_text())["dependencies"].values()
    assert [version for version in wanted if version.rpartition("@")[2] not in told] == []


def test_each_page_is_in_the_table_and_has_the_two_things_to_change() -> None:
    told = (PAGES / "README.md").read_text()
    for page in PAGES.glob("*.md"):
        text = page.read_text()
        assert page.name == "README.md" or f"({page.name})" in told
        assert "accoil.example.com" in text and KEY in text, page.name


def test_no_registry_is_named_in_what_pins_the_clients() -> None:
    files = [NODE / "package-lock.json", *HERE.glob("python/*.txt")]
    named = {host for file in files for host in re.findall(r"https?://[\w.-]+", file.read_text())}
    assert not [host for host in named if "registry" in host or "pypi" in host]
    assert '"resolved"' not in (NODE / "package-lock.json").read_text()
