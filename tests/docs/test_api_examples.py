"""The examples of docs/reference/api.md, run as they stand against a server of their own."""

import base64
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.door import Answer, ask
from tests.whole import accoil, begun, serving

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANYTHING = "…"


def curled(command: str) -> Answer:
    """What curl would be answered; its few options that the page uses."""
    words = shlex.split(command.replace("\\\n", " "))
    assert words.pop(0) == "curl"
    headers, body, url = {}, None, ""
    while words:
        word = words.pop(0)
        if word == "-H":
            name, value = words.pop(0).split(": ", 1)
            headers[name] = value
        elif word == "-u":
            headers["Authorization"] = f"Basic {base64.b64encode(words.pop(0).encode()).decode()}"
        elif word == "-d":
            body = words.pop(0).encode()
        else:
            url = word
    host, path = re.fullmatch(r"(https?://[^/]+)(/.*)", url).groups()
    return ask(host, "POST" if body else "GET", path, body, headers)


def differs(told: Any, said: Any, where: str = "") -> str:
    """Where an answer is not what the page says; … stands for anything, as a key for other keys."""
    if said == ANYTHING:
        return ""
    if isinstance(said, dict) and isinstance(told, dict):
        more = set(told) - set(said) if ANYTHING not in said else set()
        lacking = set(said) - {ANYTHING} - set(told)
        if more or lacking:
            return f"{where}: the answer has also {more}, and lacks {lacking}"
        found = (differs(told[key], said[key], f"{where}.{key}") for key in said if key != ANYTHING)
        return next(filter(None, found), "")
    if isinstance(said, list) and isinstance(told, list) and len(said) == len(told):
        found = (differs(*pair, f"{where}[{place}]") for place, pair in enumerate(zip(told, said, strict=True)))
        return next(filter(None, found), "")
    return "" if told == said else f"{where}: {told!r} instead of {said!r}"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1, "b": 1}, {"a": 1}),
        ({}, {"a": "…"}),
        ([1], []),
        ({"a": {"b": 1}}, {"a": {"b": 2}}),
    ],
)
def test_a_wrong_example_would_be_noticed(told: Any, said: Any) -> None:
    assert differs(told, said)


def test_every_example_answers_as_the_page_says(tmp_path: Path) -> None:
    given = begun(tmp_path)
    answer, checked = None, 0
    with serving(tmp_path) as (host, _):
        known = {"HOST": host, "KEY": given["ingest_key"], "TOKEN": given["api_token"]}
        for kind, text in BLOCK.findall(PAGE.read_text()):
            if kind == "yaml":
                (tmp_path / "page.yaml").write_text(text)
                assert accoil(tmp_path, "apply", str(tmp_path / "page.yaml")).returncode == 0
            elif kind == "sh":
                answer = curled(re.sub(r"\$(HOST|KEY|TOKEN)", lambda name: known[name[1]], text))
                assert answer.status < 500, text
                if "/v1/batch" in text:  # counted before anything is asked
                    assert answer.status == 200
                    assert accoil(tmp_path, "rebuild").returncode == 0
            elif kind == "json":
                assert not differs(answer.json(), json.loads(text)), text
                checked += 1
            elif kind == "csv":
                assert answer.body.decode().replace("\r\n", "\n") == text
                checked += 1
    assert checked >= 10
