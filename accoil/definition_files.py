"""Definition files with every section there is: what `accoil apply` and `accoil definitions` read and write."""

from functools import partial

from accoil.score import files
from accoil.score.files import Section
from accoil.segment.file_section import Segments


def _sections() -> list[Section]:
    """In the order in which they are applied."""
    *first, mappings = files.all_sections()
    return [*first, Segments(), mappings]


# As those of `accoil.score.files`.
apply = partial(files.apply, sections=_sections())
definitions = partial(files.definitions, sections=_sections())
