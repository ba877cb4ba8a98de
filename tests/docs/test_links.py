"""Links between the pages of the documentation lead somewhere, and every page can be come to from the README."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([\w-]+))?\)")


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _links(page: Path) -> list[tuple[Path, str]]:
    """The file or folder that each leads to, and the place in it."""
    prose = re.sub(r"^ *```.*?^ *```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return [((page.parent / to).resolve() if to else page, place) for to, place in LINK.findall(prose)]


def _places(page: Path) -> set[str]:
    """What can be linked to in a page: its headings, as they are written in addresses."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    lost = [_name(to) for to, place in _links(page) if not to.exists() or (place and place not in _places(to))]
    assert lost == []


def test_every_page_can_be_come_to_from_the_readme() -> None:
    seen, left = set(), [ROOT / "README.md"]
    while left:
        page = left.pop()
        if page not in seen:
            seen.add(page)
            left += [to for to, _ in _links(page) if to.suffix == ".md" and to.exists()]
    decisions = set((ROOT / "docs" / "decisions").glob("*.md"))  # a folder to be looked through
    assert [_name(page) for page in PAGES if page not in seen | decisions | {ROOT / "CHANGELOG.md"}] == []
