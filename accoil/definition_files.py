"""Definition files with every section there is: what `accoil apply` and `accoil definitions` read and write."""

from collections.abc import Collection

from accoil.score import files
from accoil.score.files import Plan, Section
from accoil.segment.file_section import Segments
from accoil.team.models import Product, User


def sections() -> list[Section]:
    """In the order in which they are applied."""
    *first, mappings = files.all_sections()
    return [*first, Segments(), mappings]


def apply(
    text: str,
    product: Product,
    *,
    dry_run: bool = False,
    prune: bool = False,
    author: User | None = None,
    known_events: Collection[str] | None = None,
) -> Plan:
    """As `accoil.score.files.apply`."""
    how = {"dry_run": dry_run, "prune": prune, "author": author, "known_events": known_events}
    return files.apply(text, product, **how, sections=sections())  # type: ignore[arg-type]


def definitions(product: Product) -> str:
    return files.definitions(product, sections())
