"""Whole numbers in addresses and forms, where anybody may write anything."""


def whole(text: str | None, usual: int = 0, most: int = 2**53) -> int:
    """`usual` for what is no number of digits alone, or one beyond `most`."""
    if not text or not text.isdecimal() or len(text) > 16:  # Python reads no more than 4,300 digits
        return usual
    return number if (number := int(text)) <= most else usual
