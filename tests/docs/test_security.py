"""Each claim of the page about security names tests, and these are there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference" / "security.md").read_text()
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)(?:\[[^]]*\])?`", PAGE)


def test_every_test_that_is_named_is_there() -> None:
    assert len(NAMED) > 50
    lost = [f"{file}::{test}" for file, test in NAMED if not _has(ROOT / file, test)]
    assert lost == []


def _has(file: Path, test: str) -> bool:
    return file.exists() and re.search(rf"^(?:async )?def {test}\(", file.read_text(), re.MULTILINE) is not None


def test_no_claim_is_without_a_test() -> None:
    rows = re.findall(r"^\| (?!against|---)(.+) \|$", PAGE, re.MULTILINE)
    assert len(rows) > 25
    assert [row for row in rows if "`tests/" not in row.rsplit(" | ", 1)[-1]] == []
