"""How a text that can't be read says so."""

from accoil.refused import Refused


class FilterError(Refused):
    """`message` says what was expected, `position` is the index of the character where; the text names both."""

    def __init__(self, message: str, position: int, text: str = "") -> None:
        self.message = message
        self.position = position
        above, _, line = text[:position].rpartition("\n")
        if "\n" in text[:position]:
            place = f"line {above.count(chr(10)) + 2}, column {len(line) + 1}"
        else:
            place = f"column {position + 1}"
        super().__init__(f"{message} ({place}).")
