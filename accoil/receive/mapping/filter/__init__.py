"""Filter texts: `type = "track" and event = "Report Created"`. The syntax is in docs/reference/mappings.md."""

from collections.abc import Set

from accoil.receive.mapping.filter import words
from accoil.receive.mapping.filter.meaning import Test, compile_tree
from accoil.receive.mapping.filter.parser import parse
from accoil.receive.mapping.filter.tree import canonical
from accoil.receive.mapping.filter.types import possible_names, possible_types
from accoil.receive.mapping.wrong import FilterError

__all__ = ["Filter", "FilterError"]


class Filter:
    """A filter text, read once. `matches` takes an event as its JSON object and never raises.

    Filter(text) raises FilterError, which says what was expected and where. One that `is_new` keeps to bounds that
    those kept earlier did not know.
    """

    def __init__(self, text: str, is_new: bool = False) -> None:
        self.text = text
        self.tree = parse(text, is_new)
        self.matches: Test = compile_tree(self.tree)

    def possible_types(self, types: Set[str]) -> Set[str]:
        """Those of `types` that an event it matches may have."""
        return possible_types(self.tree, types)

    def possible_names(self) -> frozenset[str] | None:
        """Those that an event named by a text may have for it to match; None: any."""
        return possible_names(self.tree)

    @property
    def canonical(self) -> str:
        """The one spelling of everything that is written differently and reads the same."""
        return canonical(self.tree)

    def to_words(self) -> str:
        return words.to_words(self.tree)
