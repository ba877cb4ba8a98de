"""Definition files with every section there is: what `accoil apply` and `accoil definitions` read and write."""

from collections.abc import Sequence
from functools import partial

from accoil.act.feed_section import Feeds
from accoil.act.file_section import Automations, Leaving
from accoil.act.sync_section import SyncedProfiles
from accoil.score import files
from accoil.score.files import Section
from accoil.score.profile_section import Profiles
from accoil.segment.file_section import Segments


def _sections() -> list[Section]:
    """In the order in which they are applied."""
    *first, mappings = files.all_sections()
    return [*_with_sync(first), Leaving(), Segments(), Automations(), Feeds(), mappings]


def _with_sync(sections: Sequence[Section]) -> list[Section]:
    return [SyncedProfiles() if isinstance(section, Profiles) else section for section in sections]


# As those of `accoil.score.files`.
apply = partial(files.apply, sections=_sections())
definitions = partial(files.definitions, sections=_sections())
