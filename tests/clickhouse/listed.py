"""The questions of the product, and what docs/reference/engines.md says of each."""

import re
from pathlib import Path

from accoil.store import questions

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "engines.md"
# Files that ask no facts: the first two are of the application database, the others of `accoil bench`.
ELSEWHERE = {"segment/passage.sql", "segment/stays.sql", "bench/book.sql", "bench/score.sql"}
# What only a load asks, of its own DuckDB, and what puts it into a book there: never of ClickHouse. Whatever else of
# these files is asked is compared.
OF_LOADS = {
    "count.adoption", "count.load", "count.merging", "count.seal", "count.shown", "count.late", "score.adding",
}  # fmt: skip
ROW = re.compile(r"^\| `([\w/.]+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)
NAME = re.compile(r"`(\w+)`")


def of_product() -> set[str]:
    """As `package.file.name`."""
    found = set()
    for path in sorted((ROOT / "accoil").rglob("*.sql")):
        file = path.relative_to(ROOT / "accoil").as_posix()
        if file not in ELSEWHERE and not file.startswith("store/"):
            found |= {f"{_dotted(file)}.{name}" for name in questions.read(path)}
    return found


def on_page() -> tuple[list[str], list[str]]:
    """Those that answer alike, and those of loads."""
    alike, others = list[str](), list[str]()
    for file, first, second in ROW.findall(PAGE.read_text()):
        alike += [f"{_dotted(file)}.{name}" for name in NAME.findall(first)]
        others += [f"{_dotted(file)}.{name}" for name in NAME.findall(second)]
    return alike, others


def table(alike: set[str]) -> str:
    """The page's rows, where these answer alike."""
    rows = dict[str, tuple[list[str], list[str]]]()
    for each in sorted(of_product()):
        file, name = each.rsplit(".", 1)
        rows.setdefault(file, ([], []))[each not in alike].append(f"`{name}`")
    return "\n".join(
        f"| `{file.replace('.', '/')}.sql` | {', '.join(first) or '–'} | {', '.join(others) or '–'} |"
        for file, (first, others) in rows.items()
    )


def _dotted(file: str) -> str:
    return file.removesuffix(".sql").replace("/", ".")
